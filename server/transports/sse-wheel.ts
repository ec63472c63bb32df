import type { Clock, Timer } from '../clock.ts';

/** Every connection gets a heart-beat so often, in milliseconds. */
export const BEAT = 15_000;
/** How many groups of connections there are, each with heart-beats at its own time. */
export const SLOTS = 150;

/** What the wheel turns. */
interface Beating {
  beat(): void;
}

/**
 * Heart-beats of all connections with one timer: they are spread evenly over slots of a tenth of a second, and each turn
 * beats those of one slot.
 */
export class Wheel<T extends Beating> {
  readonly #slots: readonly Set<T>[] = Array.from({ length: SLOTS }, () => new Set<T>());
  readonly #timer: Timer;
  #at = 0;
  #last = 0;

  constructor(clock: Clock) {
    this.#timer = clock.every(BEAT / SLOTS, () => this.#turn());
  }

  /** The slot of the next member, from 0 to below `SLOTS`. */
  slot(): number {
    // Steps of a size that has no divisor in common with the number of slots visit all of them, neighbours far apart.
    this.#last = (this.#last + 61) % SLOTS;
    return this.#last;
  }

  add(member: T, slot: number): void {
    this.#slots[slot]?.add(member);
  }

  remove(member: T, slot: number): void {
    this.#slots[slot]?.delete(member);
  }

  stop(): void {
    this.#timer.cancel();
  }

  #turn(): void {
    this.#at = (this.#at + 1) % SLOTS;
    for (const member of this.#slots[this.#at] ?? []) member.beat();
  }
}
