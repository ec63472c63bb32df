import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Backoff } from '../../web/src/connection/backoff.ts';

test('waits double from half a second up to fifteen seconds', () => {
  const backoff = new Backoff(() => 1);
  const waits = Array.from({ length: 8 }, () => backoff.next());
  assert.deepEqual(waits, [500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000]);
});

test('chance takes up to half of a wait, so that clients do not come back at one instant', () => {
  assert.equal(new Backoff(() => 0).next(), 250);
  assert.equal(new Backoff(() => 0.5).next(), 375);
});

test('a reset begins with the shortest wait again', () => {
  const backoff = new Backoff(() => 1);
  backoff.next();
  backoff.next();
  backoff.reset();
  assert.equal(backoff.next(), 500);
});
