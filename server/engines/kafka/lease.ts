import type { Clock } from '../../clock.ts';

/** How long a group's word is good: it was asked for at some moment, and holds for so long from that moment on. */
export class Lease {
  readonly #clock: Clock;
  readonly #length: number;
  #asked: Moment;
  #granted: Moment | undefined;

  constructor(clock: Clock, length: number) {
    this.#clock = clock;
    this.#length = length;
    this.#asked = momentOf(clock);
  }

  /** The group is asked now: to be called before the request leaves. */
  ask(): void {
    this.#asked = momentOf(this.#clock);
  }

  /** The group said yes. It counts from the question on: who was frozen in between does not know when the answer came. */
  grant(): void {
    this.#granted = this.#asked;
  }

  end(): void {
    this.#granted = undefined;
  }

  /**
   * By both clocks: the monotonic one stands still while a machine sleeps, and the wall clock may be set. Whichever has
   * gone further counts, because stopping too early is the harmless mistake.
   */
  get holds(): boolean {
    if (this.#granted === undefined) return false;
    const now = momentOf(this.#clock);
    const passed = Math.max(now.wall - this.#granted.wall, now.monotonic - this.#granted.monotonic);
    return passed < this.#length;
  }
}

interface Moment {
  readonly wall: number;
  readonly monotonic: number;
}

function momentOf(clock: Clock): Moment {
  return { wall: clock.now(), monotonic: clock.monotonic() };
}
