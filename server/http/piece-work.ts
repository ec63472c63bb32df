import type { Clock } from '../clock.ts';

/**
 * Work that is done in pieces for whoever asks, one piece at a time: after each there is a rest as long as it took, so that all
 * of it together has half of a core, however many ask. Who does not take what was made for it keeps nobody waiting.
 */
export class PieceWork {
  readonly #clock: Clock;
  #last: Promise<void> = Promise.resolve();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Does a piece when it is its turn. Resolves, or rejects, as the piece does. */
  async do<T>(piece: () => Promise<T>): Promise<T> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const before = this.#last;
    this.#last = promise;
    await before;
    const start = this.#clock.monotonic();
    try {
      return await piece();
    } finally {
      this.#clock.after(this.#clock.monotonic() - start, resolve);
    }
  }
}
