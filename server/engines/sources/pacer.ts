import type { Clock, Timer } from '../../clock.ts';
import type { Trade } from '../market-source.ts';

/** An endless list of trades, each with the moment at which it is due. */
export interface Schedule {
  /** When the next trade is due, in milliseconds after the start; never falls. */
  readonly due: number;
  /** Makes the next trade, which happens at `time` (integer milliseconds since 1970), and moves on. */
  next(time: number): Trade;
}

/** The shortest time between two batches, in milliseconds. */
const BATCH_TIME = 10;
const BATCH_TRADES = 5_000;
/** After a standstill (a sleeping machine) trades of at most so many milliseconds are made up for. */
const MOST_BEHIND = 1_000;

/**
 * Hands over the trades of a schedule when they are due, in batches. What is due is always counted from the start, so
 * late timers delay trades but never thin them out.
 */
export class Pacer {
  readonly #clock: Clock;
  readonly #schedule: Schedule;
  readonly #take: (trades: readonly Trade[]) => void;
  #start: number;
  #lastTime = 0;
  #timer: Timer | undefined;
  #stopped = false;

  constructor(clock: Clock, schedule: Schedule, take: (trades: readonly Trade[]) => void) {
    this.#clock = clock;
    this.#schedule = schedule;
    this.#take = take;
    this.#start = clock.monotonic();
    this.#wait();
  }

  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
  }

  #wait(): void {
    if (this.#stopped) return;
    const wait = this.#start + this.#schedule.due - this.#clock.monotonic();
    this.#timer = this.#clock.after(Math.max(BATCH_TIME, wait), () => this.#run());
  }

  #run(): void {
    const now = this.#clock.monotonic();
    this.#start = Math.max(this.#start, now - this.#schedule.due - MOST_BEHIND);
    while (!this.#stopped && this.#start + this.#schedule.due <= now) this.#take(this.#batch(now));
    this.#wait();
  }

  #batch(now: number): Trade[] {
    const trades: Trade[] = [];
    const wall = this.#clock.now();
    while (trades.length < BATCH_TRADES && this.#start + this.#schedule.due <= now) {
      const late = now - this.#start - this.#schedule.due;
      // The machine's clock may be set back: times of trades do not follow it there.
      this.#lastTime = Math.max(this.#lastTime, Math.round(wall - late));
      trades.push(this.#schedule.next(this.#lastTime));
    }
    return trades;
  }
}
