import type { Clock } from '../clock.ts';
import { type Watched, Wheel } from '../session/wheel.ts';

/** Ends streams when their tokens end, with one timer for all of them. */
export class Expiries<T extends { finish(): void }> {
  readonly #clock: Clock;
  readonly #wheel: Wheel;
  readonly #waiting = new Map<T, Watched>();

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#wheel = new Wheel(clock);
  }

  /** @param expiresAt - milliseconds since 1970 UTC; `Infinity` for never */
  add(stream: T, expiresAt: number): void {
    if (expiresAt === Number.POSITIVE_INFINITY) return;
    const left = (): number => expiresAt - this.#clock.now();
    const watched: Watched = {
      slot: -1,
      look() {
        if (left() > 0) return left();
        stream.finish();
        return Number.POSITIVE_INFINITY;
      },
    };
    this.#waiting.set(stream, watched);
    this.#wheel.add(watched, left());
  }

  remove(stream: T): void {
    const watched = this.#waiting.get(stream);
    if (watched === undefined) return;
    this.#wheel.remove(watched);
    this.#waiting.delete(stream);
  }

  stop(): void {
    this.#wheel.close();
  }
}
