import { type Clock, systemClock } from '../../server/clock.ts';

/** How often the clock moves, in real milliseconds. */
const STEP = 5;
/** It moves by no more at once, in real milliseconds. */
const LEAP = 20;

/**
 * The machine's clock so many times faster, but for the time of day: for tests of what takes seconds over real sockets. Where the
 * process stood still for a while, its time did too: else a busy machine would make seconds of silence of what is none.
 */
export function fastClock(factor: number): Clock {
  let now = systemClock.monotonic() * factor;
  let moved = systemClock.monotonic();
  setInterval(() => {
    const real = systemClock.monotonic();
    now += Math.min(real - moved, LEAP) * factor;
    moved = real;
  }, STEP).unref();
  return {
    now: () => systemClock.now(),
    monotonic: () => now,
    after: (ms, task) => systemClock.after(ms / factor, task),
    every: (ms, task) => systemClock.every(ms / factor, task),
    soon: (task) => systemClock.soon(task),
  };
}
