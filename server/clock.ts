/** A pending call that can be taken back. */
export interface Timer {
  cancel(): void;
}

/** Time as everything below the composition root sees it: handed in, so that tests can turn it by hand. */
export interface Clock {
  /** Milliseconds since 1970-01-01 UTC, an integer. */
  now(): number;
  /** Milliseconds on a clock that never goes back, with a fraction. Only differences mean anything. */
  monotonic(): number;
  /** Calls `task` once, about `ms` milliseconds from now. */
  after(ms: number, task: () => void): Timer;
  /** Calls `task` about every `ms` milliseconds until cancelled. */
  every(ms: number, task: () => void): Timer;
  /** Calls `task` once, as soon as what waits on the sockets has been looked at. */
  soon(task: () => void): void;
}

/** The machine's own clock. Its timers keep the process alive until cancelled. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(ms, task) {
    const timer = setTimeout(task, ms);
    return { cancel: () => clearTimeout(timer) };
  },
  every(ms, task) {
    const timer = setInterval(task, ms);
    return { cancel: () => clearInterval(timer) };
  },
  soon: (task) => void setImmediate(task),
};
