import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  amountText,
  changeText,
  decimalsOf,
  direction,
  momentText,
  priceDecimals,
  priceText,
  sizeText,
} from '../../web/src/market/format.ts';

test('prices have the decimals of their size', () => {
  assert.equal(priceText(67_234.5), '67,234.50');
  assert.equal(priceText(12.3), '12.300');
  assert.equal(priceText(2.5), '2.5000');
  assert.equal(priceText(0.158), '0.15800');
  assert.equal(priceText(0.000012), '0.00001200');
  assert.equal(priceText(9.5, 2), '9.50');
});

test('a symbol has no more decimals than it was seen to trade in, and never fewer than two', () => {
  assert.equal(priceText(0.7368, priceDecimals(0.7368, 4)), '0.7368');
  assert.equal(priceText(22.3, priceDecimals(22.3, 2)), '22.30');
  assert.equal(priceText(2.5, priceDecimals(2.5, 0)), '2.50');
  assert.equal(priceText(67_234.567, priceDecimals(67_234.567, 3)), '67,234.57');
});

test('decimals are counted as a price is written, also where that is by powers of ten', () => {
  assert.deepEqual([87_235, 22.31, 0.7368, 0.00001234, 1e-7, 1.5e-7].map(decimalsOf), [0, 2, 4, 8, 7, 8]);
});

test('a time of another day is said with its date', () => {
  const at = new Date(2026, 10, 25, 14, 32, 11).getTime();
  assert.equal(momentText(at, at + 60_000), '14:32:11');
  assert.equal(momentText(at, at + 86_400_000), '25 Nov, 14:32:11');
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
