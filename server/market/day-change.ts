const MINUTE = 60_000;
const MINUTES_A_DAY = 1_440;

interface Opening {
  /** Minutes since 1970. */
  readonly minute: number;
  /** The symbol's first price in that minute. */
  readonly price: number;
}

/**
 * The change of one symbol since its first price of the last 24 hours, in per cent. It keeps one price a minute, so "24
 * hours" begin at the first full minute in them, and what it holds is bounded by the minutes of a day.
 */
export class DayChange {
  /** In the order of the minutes; those before `#start` are gone and wait to be cut off. */
  #openings: Opening[] = [];
  #start = 0;

  /** Takes a price; returns the change in per cent, to two decimal places. `time` in milliseconds since 1970. */
  add(price: number, time: number): number {
    const minute = Math.floor(time / MINUTE);
    if (minute > (this.#openings.at(-1)?.minute ?? -1)) this.#openings.push({ minute, price });
    this.#forget(minute - MINUTES_A_DAY);
    const reference = this.#openings[this.#start]?.price ?? price;
    // Without the zero a tiny fall would be -0.
    return Math.round((price / reference - 1) * 10_000) / 100 + 0;
  }

  /** Forgets the minutes up to this one, but never the newest. */
  #forget(last: number): void {
    while (this.#start < this.#openings.length - 1 && (this.#openings[this.#start]?.minute ?? 0) <= last) this.#start++;
    if (this.#start <= MINUTES_A_DAY) return;
    this.#openings = this.#openings.slice(this.#start);
    this.#start = 0;
  }
}
