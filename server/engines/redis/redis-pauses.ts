import type { Clock, Timer } from '../../clock.ts';

/** The first pause and the longest one, in milliseconds, before jitter. */
const FIRST = 50;
const LONGEST = 1_000;

/** Pauses between tries: each twice as long as the last, up to a second, and from half to one and a half times that. */
export class Pauses {
  readonly #clock: Clock;
  readonly #random: () => number;
  #length = FIRST;
  #timer: Timer | undefined;
  #wake: (() => void) | undefined;

  constructor(clock: Clock, random: () => number) {
    this.#clock = clock;
    this.#random = random;
  }

  /** Resolves after the next pause, or at once when the pauses end. Rejects with the reason of `signal`. */
  async next(signal?: AbortSignal): Promise<void> {
    const over = Promise.withResolvers<void>();
    const length = this.#length * (0.5 + this.#random());
    this.#length = Math.min(this.#length * 2, LONGEST);
    this.#wake = over.resolve;
    this.#timer = this.#clock.after(length, over.resolve);
    signal?.addEventListener('abort', this.end);
    await over.promise;
    signal?.removeEventListener('abort', this.end);
    signal?.throwIfAborted();
  }

  /** The next pause is the first again: a try has worked. */
  reset(): void {
    this.#length = FIRST;
  }

  /** Ends the pause that is under way. */
  readonly end = (): void => {
    this.#timer?.cancel();
    this.#wake?.();
  };
}
