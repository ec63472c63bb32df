import type { Clock, Timer } from '../clock.ts';

const REPEAT_MS = 1_000;
const IDLE_MS = 1_000;

/** Says that the user types: at the first key, at most once a second while it goes on, and that it is over. */
export class Typist {
  readonly #clock: Clock;
  readonly #say: (typing: boolean) => void;
  #saidAt = Number.NEGATIVE_INFINITY;
  #idle: Timer | undefined;

  constructor(clock: Clock, say: (typing: boolean) => void) {
    this.#clock = clock;
    this.#say = say;
  }

  key(): void {
    const now = this.#clock.now();
    if (this.#idle === undefined || now - this.#saidAt >= REPEAT_MS) {
      this.#saidAt = now;
      this.#say(true);
    }
    this.#idle?.cancel();
    this.#idle = this.#clock.after(IDLE_MS, () => this.stop());
  }

  /** No key for a second, the message is sent, or the field is left. */
  stop(): void {
    if (this.#idle === undefined) return;
    this.#idle.cancel();
    this.#idle = undefined;
    this.#say(false);
  }
}
