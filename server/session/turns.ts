import type { Clock } from '../clock.ts';

/** All of them together have so much of a turn of the event loop, in milliseconds; then everybody else is served. */
const TURN_TIME = 4;

/** Sessions that have cost much and have more to be read: they go on one after the other, a few in each turn. */
export class Turns {
  readonly #clock: Clock;
  readonly #waiting: (() => void)[] = [];
  #first = 0;
  #scheduled = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Calls `goOn` when it is its turn, in the order in which they came. */
  wait(goOn: () => void): void {
    this.#waiting.push(goOn);
    if (!this.#scheduled) this.#schedule();
  }

  #schedule(): void {
    this.#scheduled = true;
    this.#clock.soon(() => this.#turn());
  }

  #turn(): void {
    this.#scheduled = false;
    const start = this.#clock.monotonic();
    // Those who come back meanwhile wait behind all others.
    const end = this.#waiting.length;
    while (this.#first < end && this.#clock.monotonic() - start < TURN_TIME) this.#waiting[this.#first++]?.();
    this.#waiting.splice(0, this.#first);
    this.#first = 0;
    if (this.#waiting.length > 0 && !this.#scheduled) this.#schedule();
  }
}
