import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Clock } from '../../../server/clock.ts';
import type { Trade } from '../../../server/engines/market-source.ts';
import { Pacer, type Schedule } from '../../../server/engines/sources/pacer.ts';
import { ManualClock } from '../../support/manual-clock.ts';

/** A trade each `gap` milliseconds, numbered by its price. */
class Steady implements Schedule {
  due = 0;
  readonly #gap: number;
  #count = 0;

  constructor(gap: number) {
    this.#gap = gap;
  }

  next(time: number): Trade {
    this.due = ++this.#count * this.#gap;
    return { symbol: 'A', price: this.#count, size: 1, time };
  }
}

test('after a standstill at most a second is made up for', () => {
  const clock = new ManualClock();
  let asleep = 0;
  const sleepy: Clock = {
    now: () => clock.now() + asleep,
    monotonic: () => clock.monotonic() + asleep,
    after: (ms, task) => clock.after(ms, task),
    every: (ms, task) => clock.every(ms, task),
    soon: (task) => clock.soon(task),
  };
  let count = 0;
  const pacer = new Pacer(sleepy, new Steady(10), (trades) => {
    count += trades.length;
  });
  clock.advance(1_000);
  const before = count;
  asleep = 3_600_000;
  clock.advance(1_000);
  pacer.stop();
  assert.ok(count - before <= 202, `${count - before}`);
  assert.ok(count - before >= 198, `${count - before}`);
});

test('when the machine sets its clock back, times of trades stand still instead', () => {
  const clock = new ManualClock();
  let setBack = 0;
  const changed: Clock = {
    now: () => clock.now() - setBack,
    monotonic: () => clock.monotonic(),
    after: (ms, task) => clock.after(ms, task),
    every: (ms, task) => clock.every(ms, task),
    soon: (task) => clock.soon(task),
  };
  const times: number[] = [];
  const pacer = new Pacer(changed, new Steady(10), (trades) => times.push(...trades.map(({ time }) => time)));
  clock.advance(100);
  setBack = 50;
  clock.advance(100);
  pacer.stop();
  assert.deepEqual(
    times,
    times.toSorted((one, other) => one - other),
  );
  assert.equal(times.at(-1), 1_700_000_000_150);
});

test('a batch is bounded', () => {
  const clock = new ManualClock();
  const batches: number[] = [];
  const pacer = new Pacer(clock, new Steady(0.001), (trades) => batches.push(trades.length));
  clock.advance(10);
  pacer.stop();
  assert.equal(Math.max(...batches), 5_000);
  assert.equal(
    batches.reduce((sum, length) => sum + length),
    10_001,
  );
});
