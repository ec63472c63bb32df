import { effect, signal } from '@preact/signals';
import type { Api } from '../connection/api.ts';
import { type Candle, type Interval, intervals } from './candle.ts';
import { CandleSeries } from './candle-series.ts';
import type { MarketState } from './market-state.ts';
import type { Tick } from './tick.ts';

/** How the candles of the chart are coming along. */
export type ChartStatus = 'loading' | 'ready' | 'failed';

/** What draws the candles. */
export interface ChartView {
  /** All candles anew. `fresh`: of another symbol or interval, so that what the user had moved to means nothing. */
  replace(candles: readonly Candle[], fresh: boolean): void;
  /** The newest candles have changed or are new. */
  update(candles: readonly Candle[]): void;
}

/** So many candles are read at once. */
const CANDLES_READ = 500;
/** Ticks that wait for the candles they belong to; more mean that they are read again. */
const WAITING_TICKS = 20_000;

/**
 * The candles of the chosen symbol and interval: read once, then grown by the ticks. Ticks that come in while candles are
 * read are added to what is read; of a tick that is in both, price and range stay exact, and its size counts twice until
 * the candles are read again.
 */
export class ChartFeed {
  readonly status = signal<ChartStatus>('loading');
  /** The newest candle. */
  readonly newest = signal<Candle | undefined>(undefined);
  readonly #market: MarketState;
  readonly #api: Pick<Api, 'candles'>;
  #symbol = '';
  /** Symbol and interval of the candles that are drawn. */
  #drawn = '';
  #series = new CandleSeries(intervals['1m']);
  /** Ticks that came in while candles are read; undefined while none are. */
  #waiting: Tick[] | undefined;
  #reads = 0;
  #view: ChartView | undefined;

  constructor(market: MarketState, api: Pick<Api, 'candles'>) {
    this.#market = market;
    this.#api = api;
    effect(() => {
      void this.#read(market.selected.value, market.interval.value);
    });
  }

  /** Draws into this view from now on. */
  show(view: ChartView | undefined): void {
    this.#view = view;
    if (this.status.peek() === 'ready') view?.replace(this.#series.candles, true);
  }

  /** The candle that opened at this time, in milliseconds since 1970. */
  candleAt(time: number | undefined): Candle | undefined {
    return time === undefined ? undefined : this.#series.candles.find((candle) => candle.time === time);
  }

  tick(tick: Tick): void {
    if (tick.symbol !== this.#symbol) return;
    if (this.#waiting === undefined) this.#series.add(tick);
    else if (this.#waiting.length < WAITING_TICKS) this.#waiting.push(tick);
  }

  /** Reads the candles again: ticks were missed, or another symbol or interval is wanted. */
  reload(): Promise<void> {
    return this.#read(this.#market.selected.peek(), this.#market.interval.peek());
  }

  async #read(symbol: string, interval: Interval): Promise<void> {
    const read = ++this.#reads;
    const waiting: Tick[] = [];
    this.#symbol = symbol;
    this.#waiting = waiting;
    this.status.value = 'loading';
    try {
      const candles = await this.#api.candles(symbol, interval, CANDLES_READ);
      if (read !== this.#reads) return;
      this.#series = new CandleSeries(intervals[interval]);
      this.#series.load(candles);
      for (const tick of waiting) this.#series.add(tick);
      this.#waiting = undefined;
      this.#series.takeChanged();
      this.status.value = 'ready';
      this.newest.value = this.#series.last;
      const drawn = `${symbol} ${interval}`;
      this.#view?.replace(this.#series.candles, drawn !== this.#drawn);
      this.#drawn = drawn;
    } catch {
      if (read === this.#reads) this.status.value = 'failed';
    }
  }

  /** Brings what has come in onto the chart. */
  publish(): void {
    if (this.#waiting !== undefined) return;
    const changed = this.#series.takeChanged();
    if (changed.length === 0) return;
    this.newest.value = this.#series.last;
    if (changed.length === this.#series.candles.length) this.#view?.replace(changed, false);
    else this.#view?.update(changed);
  }
}
