/** A pending call that can be taken back. */
export interface Timer {
  cancel(): void;
}

/** Time as the page's modules see it: handed in, so that tests can turn it by hand. */
export interface Clock {
  /** Milliseconds since 1970-01-01 UTC. */
  now(): number;
  /** Calls `task` once, about `ms` milliseconds from now. */
  after(ms: number, task: () => void): Timer;
}

/** The browser's own clock. */
export const browserClock: Clock = {
  now: () => Date.now(),
  after(ms, task) {
    const timer = setTimeout(task, ms);
    return { cancel: () => clearTimeout(timer) };
  },
};
