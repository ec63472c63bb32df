import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Histogram } from '../server/histogram.ts';

test('a value is in the first bucket whose bound it does not pass, or in the last one', () => {
  const histogram = new Histogram([1, 10]);
  for (const value of [0, 1, 1.5, 10, 11, 1_000]) histogram.observe(value);
  assert.deepEqual(histogram.counts, [2, 2, 2]);
  assert.equal(histogram.count, 6);
  assert.equal(histogram.sum, 1_023.5);
});
