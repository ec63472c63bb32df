import { type Candle, openedBy, withTick } from './candle.ts';
import type { Tick } from './tick.ts';

/** More candles are not kept; then a tenth of them, the oldest, goes at once. */
export const MOST_CANDLES = 20_000;

/** The candles of one symbol and interval, that grow with each tick. */
export class CandleSeries {
  readonly #milliseconds: number;
  #candles: Candle[] = [];
  /** Index of the first candle that changed since `takeChanged`. */
  #changedFrom = 0;

  constructor(milliseconds: number) {
    this.#milliseconds = milliseconds;
  }

  get candles(): readonly Candle[] {
    return this.#candles;
  }

  get last(): Candle | undefined {
    return this.#candles.at(-1);
  }

  /** Begins with what the server knows. */
  load(candles: readonly Candle[]): void {
    this.#candles = [...candles];
    this.#changedFrom = this.#candles.length;
  }

  /** Puts those candles before the oldest one that are older; returns how many they were. */
  prepend(candles: readonly Candle[]): number {
    const oldest = this.#candles[0]?.time ?? Number.POSITIVE_INFINITY;
    const room = MOST_CANDLES - this.#candles.length;
    const older = candles.filter(({ time }) => time < oldest).slice(room > 0 ? -room : candles.length);
    this.#candles = [...older, ...this.#candles];
    this.#changedFrom += older.length;
    return older.length;
  }

  /** The candle that opened at this time. */
  at(time: number): Candle | undefined {
    let low = 0;
    let high = this.#candles.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const candle = this.#candles[middle];
      if (candle === undefined || candle.time === time) return candle;
      if (candle.time < time) low = middle + 1;
      else high = middle - 1;
    }
    return undefined;
  }

  /** A tick of before the newest candle counts into the newest, as it does in the server. */
  add(tick: Tick): void {
    const last = this.last;
    if (last !== undefined && tick.time < last.time + this.#milliseconds) {
      this.#candles[this.#candles.length - 1] = withTick(last, tick);
      this.#changedFrom = Math.min(this.#changedFrom, this.#candles.length - 1);
      return;
    }
    this.#candles.push(openedBy(tick, this.#milliseconds));
    this.#changedFrom = Math.min(this.#changedFrom, this.#candles.length - 1);
    if (this.#candles.length <= MOST_CANDLES) return;
    this.#candles = this.#candles.slice(-MOST_CANDLES * 0.9);
    this.#changedFrom = 0;
  }

  /** The candles that changed since the last call, oldest first; all that are kept, after some went. */
  takeChanged(): readonly Candle[] {
    const changed = this.#candles.slice(this.#changedFrom);
    this.#changedFrom = this.#candles.length;
    return changed;
  }
}
