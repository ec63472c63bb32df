import assert from 'node:assert/strict';
import { test } from 'node:test';
import { amountText, changeText, direction, priceText, sizeText } from '../../web/src/market/format.ts';

test('prices have the decimals of their size', () => {
  assert.equal(priceText(67_234.5), '67,234.50');
  assert.equal(priceText(12.3), '12.300');
  assert.equal(priceText(2.5), '2.5000');
  assert.equal(priceText(0.158), '0.15800');
  assert.equal(priceText(0.000012), '0.00001200');
  assert.equal(priceText(9.5, 2), '9.50');
});

test('a change always has its sign, and one that rounds to nothing has none', () => {
  assert.equal(changeText(1.234), '+1.23%');
  assert.equal(changeText(-0.5), '−0.50%');
  assert.equal(changeText(-0.001), '0.00%');
  assert.deepEqual([1, -1, -0.001].map(direction), ['up', 'down', 'flat']);
});

test('amounts are short and have four digits', () => {
  assert.equal(amountText(0.01234), '0.01234');
  assert.equal(amountText(1_234_567), '1.235M');
  assert.equal(amountText(5), '5.000');
});

test('sizes of one price have the same decimals, and none is shown as nothing', () => {
  assert.deepEqual(
    [0.00315, 0.001, 1.5].map((size) => sizeText(size, 87_235)),
    ['0.00315', '0.00100', '1.50000'],
  );
  assert.equal(sizeText(1_234.4, 0.19), '1,234');
  assert.equal(sizeText(0.000001, 87_235), '0.000001');
});
