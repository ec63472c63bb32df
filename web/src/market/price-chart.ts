import {
  CandlestickSeries,
  CrosshairMode,
  createChart,
  HistogramSeries,
  type IChartApi,
  type ISeriesApi,
  type MouseEventParams,
  type Time,
  type UTCTimestamp,
} from 'lightweight-charts';
import type { Candle } from './candle.ts';
import type { ChartView } from './chart-feed.ts';
import { decimalsOf, priceDecimals, priceText } from './format.ts';

/** The colours of the chart, as `rgb(…)`. */
export interface ChartColours {
  readonly background: string;
  readonly text: string;
  readonly grid: string;
  readonly up: string;
  readonly down: string;
  readonly upSoft: string;
  readonly downSoft: string;
  readonly crosshair: string;
}

export interface PriceChartOptions {
  readonly colours: ChartColours;
  /** The candle under the cross-hair, by its opening time in milliseconds; undefined when there is none. */
  readonly hovered: (time: number | undefined) => void;
  /** The oldest candles are in sight, or nearly. */
  readonly atOldest: () => void;
}

const BAR_SPACING = 9;
const RIGHT_OFFSET = 5;
/** So many candles before the oldest one comes into sight, those before it are asked for. */
const OLDER_FROM = 40;
/** So many candles are enough to see in which decimals a symbol trades. */
const LOOKED_AT = 100;

/** Candles and volume, drawn by lightweight-charts. It knows times only as UTC, so it is given local times as if they were. */
export class PriceChart implements ChartView {
  readonly #chart: IChartApi;
  readonly #prices: ISeriesApi<'Candlestick'>;
  readonly #volumes: ISeriesApi<'Histogram'>;
  #colours: ChartColours;
  #candles: readonly Candle[] = [];
  /** The time of the newest candle that is drawn. */
  #newest = 0;
  /** The candles were seen with so many decimals at most. */
  #finest = -1;
  /** Minutes from UTC to local time; fixed for all that is drawn, so that times never go back at a change of the clocks. */
  readonly #offset = -new Date().getTimezoneOffset() * 60_000;

  constructor(container: HTMLElement, options: PriceChartOptions) {
    this.#colours = options.colours;
    this.#chart = createChart(container, {
      autoSize: true,
      layout: { fontFamily: getComputedStyle(container).fontFamily, fontSize: 11, attributionLogo: false },
      crosshair: { mode: CrosshairMode.Normal },
      rightPriceScale: { borderVisible: false, minimumWidth: 72, scaleMargins: { top: 0.14, bottom: 0.24 } },
      timeScale: { borderVisible: false, barSpacing: BAR_SPACING, rightOffset: RIGHT_OFFSET, timeVisible: true },
    });
    this.#prices = this.#chart.addSeries(CandlestickSeries, { borderVisible: false, priceLineStyle: 2 });
    this.#volumes = this.#chart.addSeries(HistogramSeries, {
      priceScaleId: 'volume',
      priceFormat: { type: 'volume' },
      lastValueVisible: false,
      priceLineVisible: false,
    });
    this.#volumes.priceScale().applyOptions({ scaleMargins: { top: 0.84, bottom: 0 } });
    this.#chart.subscribeCrosshairMove((event) => options.hovered(this.#hoveredTime(event)));
    this.#chart.timeScale().subscribeVisibleLogicalRangeChange((range) => {
      // Only where the user has moved it: a chart that is not full needs no more.
      if (range !== null && range.from < OLDER_FROM && this.#isMoved(range.to)) options.atOldest();
    });
    this.recolour(options.colours);
  }

  #isMoved(to: number): boolean {
    return to < this.#candles.length;
  }

  recolour(colours: ChartColours): void {
    this.#colours = colours;
    this.#chart.applyOptions({
      layout: { background: { color: colours.background }, textColor: colours.text },
      grid: { vertLines: { color: colours.grid }, horzLines: { color: colours.grid } },
      crosshair: {
        vertLine: { color: colours.crosshair, labelBackgroundColor: colours.crosshair },
        horzLine: { color: colours.crosshair, labelBackgroundColor: colours.crosshair },
      },
    });
    this.#prices.applyOptions({
      upColor: colours.up,
      downColor: colours.down,
      wickUpColor: colours.up,
      wickDownColor: colours.down,
    });
    // The list grows by itself; candles that are in it and not drawn yet come by `update`.
    const drawn = this.#candles.filter(({ time }) => time <= this.#newest);
    this.#volumes.setData(drawn.map((candle) => this.#volume(candle)));
  }

  /** Seconds are shown on the time axis where candles are shorter than a minute. */
  showSeconds(show: boolean): void {
    this.#chart.applyOptions({ timeScale: { secondsVisible: show } });
  }

  replace(candles: readonly Candle[], fresh: boolean): void {
    this.#candles = candles;
    const last = candles.at(-1);
    this.#newest = last?.time ?? 0;
    this.#finest = -1;
    this.#look(candles.slice(-LOOKED_AT));
    this.#prices.setData(candles.map((candle) => this.#price(candle)));
    this.#volumes.setData(candles.map((candle) => this.#volume(candle)));
    if (!fresh) return;
    this.#chart.priceScale('right').applyOptions({ autoScale: true });
    this.#chart.timeScale().applyOptions({ barSpacing: BAR_SPACING, rightOffset: RIGHT_OFFSET });
    this.#chart.timeScale().scrollToPosition(RIGHT_OFFSET, false);
  }

  update(candles: readonly Candle[]): void {
    for (const candle of candles) {
      this.#prices.update(this.#price(candle));
      this.#volumes.update(this.#volume(candle));
      this.#newest = candle.time;
    }
    this.#look(candles);
  }

  remove(): void {
    this.#chart.remove();
  }

  /** Prices on the axis have the decimals in which they were seen. */
  #look(candles: readonly Candle[]): void {
    const last = candles.at(-1);
    const finest = candles.reduce((most, { close }) => Math.max(most, decimalsOf(close)), this.#finest);
    if (last === undefined || finest === this.#finest) return;
    this.#finest = finest;
    this.#setDecimals(priceDecimals(last.close, finest));
  }

  #setDecimals(decimals: number): void {
    const formatter = (price: number): string => priceText(price, decimals);
    this.#prices.applyOptions({ priceFormat: { type: 'custom', minMove: 10 ** -decimals, formatter } });
  }

  #hoveredTime({ time }: MouseEventParams): number | undefined {
    return typeof time === 'number' ? time * 1_000 - this.#offset : undefined;
  }

  #time(candle: Candle): Time {
    // UTCTimestamp is a number with a brand that only a cast gives.
    return ((candle.time + this.#offset) / 1_000) as UTCTimestamp;
  }

  #price(candle: Candle) {
    const { open, high, low, close } = candle;
    return { time: this.#time(candle), open, high, low, close };
  }

  #volume(candle: Candle) {
    const color = candle.close >= candle.open ? this.#colours.upSoft : this.#colours.downSoft;
    return { time: this.#time(candle), value: candle.volume, color };
  }
}
