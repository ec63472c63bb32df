/** The bounds of the wait between two tries, in milliseconds. */
export interface BackoffOptions {
  readonly first: number;
  readonly most: number;
}

/**
 * How long to wait before the next try: doubling from `first` to `most`, and from each a random part of the upper half, so
 * that the clients of a server that went away do not come back at one instant.
 */
export class Backoff {
  readonly #options: BackoffOptions;
  readonly #random: () => number;
  #tries = 0;

  constructor(random: () => number, options: BackoffOptions = { first: 500, most: 15_000 }) {
    this.#random = random;
    this.#options = options;
  }

  next(): number {
    const whole = Math.min(this.#options.most, this.#options.first * 2 ** Math.min(this.#tries++, 30));
    return whole / 2 + (whole / 2) * this.#random();
  }

  reset(): void {
    this.#tries = 0;
  }
}
