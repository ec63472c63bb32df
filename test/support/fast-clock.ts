import { type Clock, systemClock } from '../../server/clock.ts';

/** The machine's clock so many times faster, but for the time of day: for tests of what takes seconds over real sockets. */
export function fastClock(factor: number): Clock {
  return {
    now: () => systemClock.now(),
    monotonic: () => systemClock.monotonic() * factor,
    after: (ms, task) => systemClock.after(ms / factor, task),
    every: (ms, task) => systemClock.every(ms / factor, task),
    soon: (task) => systemClock.soon(task),
  };
}
