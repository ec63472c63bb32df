import type { Clock } from '../clock.ts';

/** A token bucket: so many a second on average, so many at once. */
export class Allowance {
  readonly #clock: Clock;
  readonly #perSecond: number;
  readonly #burst: number;
  #left: number;
  #filledAt: number;

  constructor(clock: Clock, perSecond: number, burst: number) {
    this.#clock = clock;
    this.#perSecond = perSecond;
    this.#burst = burst;
    this.#left = burst;
    this.#filledAt = clock.monotonic();
  }

  /** Takes `amount` where it is there; else takes nothing and says false. */
  take(amount: number): boolean {
    const now = this.#clock.monotonic();
    this.#left = Math.min(this.#burst, this.#left + ((now - this.#filledAt) / 1_000) * this.#perSecond);
    this.#filledAt = now;
    if (amount > this.#left) return false;
    this.#left -= amount;
    return true;
  }
}
