/** So many trades in a row that rise, and are all told as new below the newest: the exchange counts anew. */
const ANEW = 20;

interface Counted {
  newest: number;
  /** Of trades below the newest, told as new: the last one, and how many have risen in a row. */
  lower: number;
  rising: number;
}

/**
 * Knows by the numbers of trades which of them were told before, and how many were not told at all. One wrong number that is
 * far too large, or an exchange that counts from the beginning again, does not silence a name for ever.
 */
export class TradeIds {
  readonly #names = new Map<string, Counted>();

  /**
   * How many trades lie between this one and the newest before it; -1 where it was told already. `past`: it is one of those
   * that an exchange repeats on purpose.
   */
  missedBefore(name: string, id: number, past = false): number {
    const counted = this.#names.get(name);
    if (counted === undefined) {
      this.#names.set(name, { newest: id, lower: -1, rising: 0 });
      return 0;
    }
    if (id <= counted.newest) return !past && this.#countsAnew(counted, id) ? 0 : -1;
    const missed = id - counted.newest - 1;
    counted.newest = id;
    counted.rising = 0;
    return missed;
  }

  #countsAnew(counted: Counted, id: number): boolean {
    counted.rising = counted.rising > 0 && id > counted.lower ? counted.rising + 1 : 1;
    counted.lower = id;
    if (counted.rising < ANEW) return false;
    counted.newest = id;
    counted.rising = 0;
    return true;
  }
}
