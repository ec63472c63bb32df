import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { type Watched, Wheel } from '../../server/session/wheel.ts';
import { ManualClock } from '../support/manual-clock.ts';

class Looked implements Watched {
  slot = -1;
  readonly times: number[] = [];
  readonly #delays: number[];

  constructor(...delays: number[]) {
    this.#delays = delays;
  }

  look(now: number): number {
    this.times.push(now - 1);
    return this.#delays.shift() ?? Number.POSITIVE_INFINITY;
  }
}

test('what is watched is looked at when due, again when it says so, and never after Infinity', () => {
  const clock = new ManualClock();
  const wheel = new Wheel(clock);
  const one = new Looked(500, 20_000);
  wheel.add(one, 1_000);
  clock.advance(200_000);
  assert.deepEqual(one.times, [1_000, 1_500, 21_500]);
  assert.equal(one.slot, -1);
});

test('what is removed is not looked at, and what is added again is looked at once', () => {
  const clock = new ManualClock();
  const wheel = new Wheel(clock);
  const gone = new Looked();
  const moved = new Looked();
  wheel.add(gone, 1_000);
  wheel.add(moved, 1_000);
  wheel.add(moved, 3_000);
  wheel.remove(gone);
  wheel.remove(gone);
  clock.advance(10_000);
  assert.deepEqual([gone.times, moved.times], [[], [3_000]]);
});

test('one that is looked at may remove another that is due at the same time', () => {
  const clock = new ManualClock();
  const wheel = new Wheel(clock);
  const second = new Looked();
  const look = (): number => {
    wheel.remove(second);
    return Number.POSITIVE_INFINITY;
  };
  wheel.add({ slot: -1, look }, 1_000);
  wheel.add(second, 1_000);
  clock.advance(10_000);
  assert.deepEqual(second.times, []);
});

test('a timer that is late looks at everything that was due meanwhile', () => {
  let now = 0;
  let tick: () => void = () => {};
  const clock = new ManualClock();
  const stalled = {
    now: () => clock.now(),
    monotonic: () => now,
    after: clock.after.bind(clock),
    soon: clock.soon.bind(clock),
    every: (_ms: number, task: () => void) => {
      tick = task;
      return { cancel: () => {} };
    },
  };
  const wheel = new Wheel(stalled);
  const ones = [200, 5_000, 90_000].map((delay) => {
    const one = new Looked();
    wheel.add(one, delay);
    return one;
  });
  now = 1_000_000;
  tick();
  assert.deepEqual(
    ones.map((one) => one.times.length),
    [1, 1, 1],
  );
});

test('whatever the delay, nobody is looked at early by more than a turn allows, or late by more than a tick', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(100_000), { minLength: 1, maxLength: 20 }), fc.nat(5_000), (delays, start) => {
      const clock = new ManualClock();
      const wheel = new Wheel(clock);
      clock.advance(start);
      const from = clock.monotonic() - 1;
      const ones = delays.map((delay) => {
        const one = new Looked();
        wheel.add(one, delay);
        return { one, delay };
      });
      clock.advance(110_000);
      for (const { one, delay } of ones) {
        assert.equal(one.times.length, 1);
        const late = (one.times[0] ?? 0) - from - delay;
        assert.ok(late > -100 && late <= 100, `${late} ms late`);
      }
    }),
    { numRuns: 50 },
  );
});

test('a closed wheel has no timer', () => {
  const clock = new ManualClock();
  const wheel = new Wheel(clock);
  assert.equal(clock.pending, 1);
  wheel.close();
  assert.equal(clock.pending, 0);
});
