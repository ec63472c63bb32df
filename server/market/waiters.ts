import type { Clock, Timer } from '../clock.ts';

interface Waiter {
  readonly arrived: () => boolean;
  readonly deadline: number;
  readonly done: (arrived: boolean) => void;
}

/** How often it is looked whether something arrived, in milliseconds. */
const LOOK = 20;

/** Those who wait for the market to reach their position, with one timer for all, which runs only while someone waits. */
export class Waiters {
  readonly #clock: Clock;
  #waiting: Waiter[] = [];
  #timer: Timer | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Resolves to true once `arrived` says so, and to false after `ms` milliseconds. */
  wait(arrived: () => boolean, ms: number): Promise<boolean> {
    this.#timer ??= this.#clock.every(LOOK, () => this.#look());
    return new Promise((done) => this.#waiting.push({ arrived, deadline: this.#clock.monotonic() + ms, done }));
  }

  /** Nobody waits any longer: all have not arrived. */
  close(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const { done } of waiting) done(false);
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #look(): void {
    const now = this.#clock.monotonic();
    this.#waiting = this.#waiting.filter(({ arrived, deadline, done }) => {
      const here = arrived();
      if (!here && now < deadline) return true;
      done(here);
      return false;
    });
    if (this.#waiting.length === 0) this.close();
  }
}
