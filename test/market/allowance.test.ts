import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Allowance } from '../../server/market/allowance.ts';
import { ManualClock } from '../support/manual-clock.ts';

test('a burst is there at once, and then so much a second', () => {
  const clock = new ManualClock();
  const allowance = new Allowance(clock, 10, 30);
  assert.ok(allowance.take(30));
  assert.ok(!allowance.take(1));
  clock.advance(500);
  assert.ok(allowance.take(5));
  assert.ok(!allowance.take(1));
});

test('over a minute it gives no more than its rate and the burst', () => {
  const clock = new ManualClock();
  const allowance = new Allowance(clock, 10, 30);
  let taken = 0;
  for (let ms = 0; ms < 60_000; ms += 10) {
    if (allowance.take(3)) taken += 3;
    clock.advance(10);
  }
  assert.ok(taken > 620 && taken <= 630, `${taken}`);
});

test('who asks for too much gets nothing and costs nothing', () => {
  const allowance = new Allowance(new ManualClock(), 10, 30);
  assert.ok(!allowance.take(31));
  assert.ok(allowance.take(30));
});
