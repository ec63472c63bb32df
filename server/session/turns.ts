import type { Clock } from '../clock.ts';

/** All of them together have so much of a turn of the event loop, in milliseconds; then everybody else is served. */
const TURN_TIME = 4;
/** So much of a turn of the event loop may be spent on sessions that are read at once, in milliseconds; then the dear ones of them wait. */
const READ_TIME = 8;
/** Who had a turn less than so many milliseconds ago waits behind those who had none. */
const LATELY = 200;

/** What waits: a session, by its identity alone, and how it goes on. */
interface Waiting {
  readonly who: object;
  goOn(): void;
}

/**
 * Sessions that have cost much and have more to be read: they go on one after the other, a few in each turn. Who comes back at
 * once waits behind who comes now and then: else a session that costs little would wait as long as those who cost the most.
 */
export class Turns {
  readonly #clock: Clock;
  /** Those without a turn lately, and those who come back. */
  readonly #seldom: Waiting[] = [];
  readonly #often: Waiting[] = [];
  readonly #had = new WeakMap<object, number>();
  #scheduled = false;
  /** Milliseconds that reading has cost in this turn of the event loop. */
  #spent = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Whether sessions have been read for long enough in this turn of the event loop. */
  get crowded(): boolean {
    return this.#spent >= READ_TIME;
  }

  /** A session was read for so many milliseconds. */
  spend(ms: number): void {
    this.#spent += ms;
    if (!this.#scheduled) this.#schedule();
  }

  /** Calls `goOn` when it is the turn of this session. */
  wait(who: object, goOn: () => void): void {
    const had = this.#had.get(who) ?? Number.NEGATIVE_INFINITY;
    const line = this.#clock.monotonic() - had < LATELY ? this.#often : this.#seldom;
    line.push({ who, goOn });
    if (!this.#scheduled) this.#schedule();
  }

  #schedule(): void {
    this.#scheduled = true;
    this.#clock.soon(() => this.#turn());
  }

  #turn(): void {
    this.#scheduled = false;
    this.#spent = 0;
    const end = this.#clock.monotonic() + TURN_TIME;
    // Those who come back meanwhile are not served again in this turn.
    const often = this.#often.length;
    this.#serve(this.#seldom, this.#seldom.length, end);
    this.#serve(this.#often, often, end);
    if (this.#seldom.length + this.#often.length > 0 && !this.#scheduled) this.#schedule();
  }

  /** So many of a line at most, in the order in which they came. */
  #serve(line: Waiting[], most: number, end: number): void {
    for (let served = 0; served < most && this.#clock.monotonic() < end; served++) {
      const next = line.shift();
      if (next === undefined) return;
      this.#had.set(next.who, this.#clock.monotonic());
      next.goOn();
    }
  }
}
