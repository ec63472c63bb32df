import { type Clock, systemClock } from '../../server/clock.ts';

/** In milliseconds. */
const STEP = 10;

/**
 * The machine's clock, but for timers: each waits in steps, so that while the process stands still its time does too. For limits
 * that others of the same process have to keep: else they would be over before those had a turn.
 */
export const steadyClock: Clock = {
  ...systemClock,
  after(ms, task) {
    let left = Math.ceil(ms / STEP);
    const steps = setInterval(() => {
      if (--left > 0) return;
      clearInterval(steps);
      task();
    }, STEP);
    return { cancel: () => clearInterval(steps) };
  },
};
