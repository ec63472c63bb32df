import type { Clock, Timer } from '../clock.ts';

/** Something that is looked at now and then. */
export interface Watched {
  /** For the wheel alone: the slot it waits in, -1 while it waits in none. */
  slot: number;
  /** Does what is due at `now` (the monotonic clock); returns in how many milliseconds to look again, `Infinity` for never. */
  look(now: number): number;
}

/** How exact a look is, in milliseconds. */
const TICK = 100;
/** A turn is 102 s; what is due later is looked at once on the way. */
const SLOTS = 1_024;

/** One timer for all sessions: each waits in the slot of the tick at which it is looked at next. */
export class Wheel {
  readonly #clock: Clock;
  readonly #timer: Timer;
  readonly #slots: (Set<Watched> | undefined)[] = new Array(SLOTS).fill(undefined);
  readonly #start: number;
  /** Ticks so far; the slot at `#ticks % SLOTS` was emptied last. */
  #ticks = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#start = clock.monotonic();
    this.#timer = clock.every(TICK, () => this.#turn());
  }

  /** Has `watched` looked at in about `delay` milliseconds, instead of when it was to be looked at before. */
  add(watched: Watched, delay: number): void {
    this.remove(watched);
    if (delay === Number.POSITIVE_INFINITY) return;
    const ticks = Math.min(SLOTS - 1, Math.max(1, Math.ceil(delay / TICK)));
    watched.slot = (this.#ticks + ticks) % SLOTS;
    const slot = this.#slots[watched.slot] ?? new Set();
    this.#slots[watched.slot] = slot.add(watched);
  }

  remove(watched: Watched): void {
    if (watched.slot < 0) return;
    this.#slots[watched.slot]?.delete(watched);
    watched.slot = -1;
  }

  close(): void {
    this.#timer.cancel();
  }

  /** A late timer makes up for the ticks it missed, at most one turn of them. */
  #turn(): void {
    const now = this.#clock.monotonic();
    const due = Math.floor((now - this.#start) / TICK);
    this.#ticks = Math.max(this.#ticks, due - SLOTS);
    while (this.#ticks < due) {
      this.#ticks++;
      this.#lookAt(this.#ticks % SLOTS, now);
    }
  }

  #lookAt(index: number, now: number): void {
    const slot = this.#slots[index];
    if (slot === undefined) return;
    // Nobody is added to this slot meanwhile: a delay is at least one tick and less than a turn.
    for (const watched of slot) {
      this.remove(watched);
      this.add(watched, watched.look(now));
    }
    this.#slots[index] = undefined;
  }
}
