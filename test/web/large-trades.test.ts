import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LargeTrades } from '../../web/src/market/large-trades.ts';

test('a trade of several times the usual size is large, once it is known what is usual', () => {
  const large = new LargeTrades();
  assert.deepEqual(
    [100, 1].map((size) => large.add(size)),
    [false, false],
  );
  for (let i = 0; i < 500; i++) assert.equal(large.add(1), false);
  assert.equal(large.add(10), true);
  assert.equal(large.add(2), false);
});

test('what is usual grows with the trades', () => {
  const large = new LargeTrades();
  for (let i = 0; i < 100; i++) large.add(1);
  for (let i = 0; i < 500; i++) large.add(10);
  assert.equal(large.add(10), false);
  assert.equal(large.add(60), true);
});
