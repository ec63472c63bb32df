import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Lease } from '../../../server/engines/kafka/lease.ts';
import { ManualClock } from '../../support/manual-clock.ts';

test('a lease counts from the question and not from the answer', () => {
  const clock = new ManualClock();
  const lease = new Lease(clock, 4_000);
  assert.equal(lease.holds, false);
  lease.ask();
  clock.advance(3_000);
  lease.grant();
  assert.equal(lease.holds, true);
  clock.advance(999);
  assert.equal(lease.holds, true);
  clock.advance(1);
  assert.equal(lease.holds, false);
});

test('an answer that was read after a freeze grants nothing', () => {
  const clock = new ManualClock();
  const lease = new Lease(clock, 4_000);
  lease.ask();
  clock.advance(10_000);
  lease.grant();
  assert.equal(lease.holds, false);
});

test('it ends by whichever clock has gone further', () => {
  let [wall, monotonic] = [0, 0];
  const clock = Object.assign(new ManualClock(), { now: () => wall, monotonic: () => monotonic });
  const lease = new Lease(clock, 4_000);
  lease.ask();
  lease.grant();
  wall = 4_000;
  assert.equal(lease.holds, false);
  [wall, monotonic] = [-9_000, 4_000];
  assert.equal(lease.holds, false);
  [wall, monotonic] = [-9_000, 3_000];
  assert.equal(lease.holds, true);
});

test('it can be ended', () => {
  const lease = new Lease(new ManualClock(), 4_000);
  lease.ask();
  lease.grant();
  lease.end();
  assert.equal(lease.holds, false);
});
