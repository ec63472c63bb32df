/** Knows by the numbers of trades which of them were told before, and how many were not told at all. */
export class TradeIds {
  readonly #newest = new Map<string, number>();

  /** How many trades lie between this one and the newest before it; -1 where it was told already. */
  missedBefore(name: string, id: number): number {
    const newest = this.#newest.get(name);
    if (newest !== undefined && id <= newest) return -1;
    this.#newest.set(name, id);
    return newest === undefined ? 0 : id - newest - 1;
  }
}
