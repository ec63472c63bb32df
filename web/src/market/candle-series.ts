import { type Candle, openedBy, withTick } from './candle.ts';
import type { Tick } from './tick.ts';

/** Above twice as many candles the older half goes. */
export const CANDLES_KEPT = 2_000;

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
    if (this.#candles.length <= CANDLES_KEPT * 2) return;
    this.#candles = this.#candles.slice(-CANDLES_KEPT);
    this.#changedFrom = 0;
  }

  /** The candles that changed since the last call, oldest first; all that are kept, after some went. */
  takeChanged(): readonly Candle[] {
    const changed = this.#candles.slice(this.#changedFrom);
    this.#changedFrom = this.#candles.length;
    return changed;
  }
}
