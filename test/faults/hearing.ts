/** When a client last heard something, and its longest silence: how long a fault kept it unserved. */
export class Hearing {
  #lastAt = 0;
  #longest = 0;

  /** Of `performance.now`; 0 before the first. */
  get lastAt(): number {
    return this.#lastAt;
  }

  /** In milliseconds, since `begin`: one that lasts counts too. */
  get longestSilence(): number {
    return Math.max(this.#longest, performance.now() - this.#lastAt);
  }

  heard(): void {
    this.#longest = this.longestSilence;
    this.#lastAt = performance.now();
  }

  /** Forgets the silences so far. */
  begin(): void {
    this.#longest = 0;
  }
}
