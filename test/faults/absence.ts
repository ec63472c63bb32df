/** How long a client was away, each time: from the end of one connection until the next one is served. */
export class Absence {
  /** The longest, in milliseconds. */
  longest = 0;
  /** When it came back, each time. */
  readonly returns: number[] = [];
  #since: number | undefined;

  begins(): void {
    this.#since ??= performance.now();
  }

  ends(): void {
    if (this.#since === undefined) return;
    const now = performance.now();
    this.longest = Math.max(this.longest, now - this.#since);
    this.#since = undefined;
    this.returns.push(now);
  }
}
