import { effect, signal } from '@preact/signals';
import type { Clock } from '../clock.ts';
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
/** Before a failed read of older candles is tried again. */
const OLDER_AGAIN_MS = 5_000;
/** Ticks that wait for the candles they belong to; more mean that they are read again. */
const WAITING_TICKS = 20_000;

/**
 * The candles of the chosen symbol and interval: read once, then grown by the ticks. Ticks that come in while candles are
 * read are added to what is read; of a tick that is in both, price and range stay exact, and its size counts twice until
 * the candles are read again.
 */
export class ChartFeed {
  readonly status = signal<ChartStatus>('loading');
  /** Candles of before the oldest one are on their way. */
  readonly loadingOlder = signal(false);
  /** The newest candle. */
  readonly newest = signal<Candle | undefined>(undefined);
  readonly #market: MarketState;
  readonly #api: Pick<Api, 'candles'>;
  readonly #clock: Clock;
  #symbol = '';
  /** Symbol and interval of the candles that are drawn. */
  #drawn = '';
  #series = new CandleSeries(intervals['1m']);
  /** Ticks that came in while candles are read; undefined while none are. */
  #waiting: Tick[] | undefined;
  #reads = 0;
  /** The server has no older candles than those that are here, or cannot tell. */
  #isOldest = false;
  #view: ChartView | undefined;

  constructor(market: MarketState, api: Pick<Api, 'candles'>, clock: Clock) {
    this.#market = market;
    this.#api = api;
    this.#clock = clock;
    effect(() => {
      void this.#read(market.selected.value, market.interval.value);
    });
  }

  /** Draws into this view from now on. */
  show(view: ChartView | undefined): void {
    this.#view = view;
    if (this.status.peek() === 'ready') this.#replace(true);
  }

  /** The candle that opened at this time, in milliseconds since 1970. */
  candleAt(time: number | undefined): Candle | undefined {
    return time === undefined ? undefined : this.#series.at(time);
  }

  tick(tick: Tick): void {
    if (tick.symbol !== this.#symbol) return;
    if (this.#waiting === undefined) this.#series.add(tick);
    else if (this.#waiting.length < WAITING_TICKS) this.#waiting.push(tick);
  }

  /** The user looks at the oldest candles that are here: reads those before them. */
  async older(): Promise<void> {
    const oldest = this.#series.candles[0];
    if (oldest === undefined || this.#waiting !== undefined || this.#isOldest || this.loadingOlder.peek()) return;
    const read = this.#reads;
    const series = this.#series;
    this.loadingOlder.value = true;
    try {
      const { selected, interval } = this.#market;
      const candles = await this.#api.candles(selected.peek(), interval.peek(), CANDLES_READ, oldest.time);
      if (read === this.#reads) {
        // A server that knows no pages answers with the newest ones, none of which is older.
        this.#isOldest = series.prepend(candles) === 0;
        if (!this.#isOldest) this.#replace(false);
      }
    } catch {
      // What is there can be looked at all the same; moving the chart later asks again.
      await new Promise<void>((resolve) => this.#clock.after(OLDER_AGAIN_MS, resolve));
    }
    this.loadingOlder.value = false;
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
    // The chart of before would be taken for the new one's.
    if (`${symbol} ${interval}` !== this.#drawn) this.newest.value = undefined;
    try {
      const candles = await this.#api.candles(symbol, interval, CANDLES_READ);
      if (read !== this.#reads) return;
      this.#series = new CandleSeries(intervals[interval]);
      this.#series.load(candles);
      for (const tick of waiting) this.#series.add(tick);
      this.#waiting = undefined;
      this.#isOldest = false;
      this.status.value = 'ready';
      this.newest.value = this.#series.last;
      const drawn = `${symbol} ${interval}`;
      this.#replace(drawn !== this.#drawn);
      this.#drawn = drawn;
    } catch {
      if (read === this.#reads) this.status.value = 'failed';
    }
  }

  /** What is drawn now has all changes: an update of a candle before the newest one would be refused. */
  #replace(fresh: boolean): void {
    this.#series.takeChanged();
    this.#view?.replace(this.#series.candles, fresh);
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
