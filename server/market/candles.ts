import type { Candle, CandleInterval, CandleRecord, CountedCandle } from '../engines/candle-store.ts';
import type { Tick } from '../engines/tick-log.ts';

/** Length of each interval in milliseconds, and how many candles of it are kept: an hour, a day, a week, a month. */
export const candleIntervals: { readonly [I in CandleInterval]: { readonly length: number; readonly kept: number } } = {
  '1s': { length: 1_000, kept: 3_600 },
  '1m': { length: 60_000, kept: 1_440 },
  '5m': { length: 300_000, kept: 2_016 },
  '1h': { length: 3_600_000, kept: 720 },
};

/** Numbers a candle takes in a series: time, open, high, low, close, volume, ticks. */
const FIELDS = 7;
const FIRST_CANDLES = 64;

/**
 * The newest candles of one symbol and interval, in a ring of plain numbers. An interval without a tick has no candle. A
 * tick that is older than the newest candle (clocks of two feeds differ) counts into the newest: candles never change
 * once the next one stands.
 */
class Series {
  readonly #length: number;
  readonly #kept: number;
  #numbers = new Float64Array(FIRST_CANDLES * FIELDS);
  /** How many candles there have been. */
  #count = 0;
  /** The number of the candle that may lack ticks: the first, as who reads a log begins in the middle of an interval. */
  #partial = 0;

  constructor({ length, kept }: { readonly length: number; readonly kept: number }) {
    this.#length = length;
    this.#kept = kept;
  }

  add({ price, size, time }: Tick): void {
    const start = time - (time % this.#length);
    const at = this.#index(this.#count - 1);
    const numbers = this.#numbers;
    if (this.#count === 0 || start > (numbers[at] ?? 0)) {
      this.#open(start, price, size);
      return;
    }
    numbers[at + 2] = Math.max(numbers[at + 2] ?? price, price);
    numbers[at + 3] = Math.min(numbers[at + 3] ?? price, price);
    numbers[at + 4] = price;
    numbers[at + 5] = (numbers[at + 5] ?? 0) + size;
    numbers[at + 6] = (numbers[at + 6] ?? 0) + 1;
  }

  /** A candle as it was stored, behind all that are here; ticks of its interval go on with it. */
  seed({ time, open, high, low, close, volume, ticks }: CountedCandle): void {
    if (this.#count > 0 && time <= this.#time(this.#count - 1)) return;
    this.#append([time, open, high, low, close, volume, ticks]);
    this.#partial = -1;
  }

  /** The newest candles that began before a time, oldest first, at most `limit`. */
  before(before: number, limit: number): CountedCandle[] {
    const end = this.#place(before);
    return this.#slice(Math.max(this.#first, end - limit), end);
  }

  /** The candles that began at or after a time, oldest first. */
  since(from: number): CountedCandle[] {
    return this.#slice(this.#place(from), this.#count);
  }

  /** When the oldest candle began of which all ticks were seen; none is older. */
  get wholeFrom(): number {
    const first = Math.max(this.#first, this.#partial + 1);
    return first < this.#count ? this.#time(first) : Number.POSITIVE_INFINITY;
  }

  get #first(): number {
    return Math.max(0, this.#count - this.#kept);
  }

  #slice(first: number, end: number): CountedCandle[] {
    return Array.from({ length: Math.max(0, end - first) }, (_, i) => this.#candle(first + i));
  }

  /** The number of the first candle that began at or after a time: their times rise. */
  #place(time: number): number {
    let low = this.#first;
    let high = this.#count;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#time(middle) < time) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #time(number: number): number {
    return this.#numbers[this.#index(number)] ?? 0;
  }

  #index(number: number): number {
    return (Math.max(0, number) % this.#kept) * FIELDS;
  }

  #open(start: number, price: number, size: number): void {
    this.#append([start, price, price, price, price, size, 1]);
  }

  #append(numbers: readonly number[]): void {
    const at = this.#index(this.#count++);
    if (at >= this.#numbers.length) this.#grow();
    this.#numbers.set(numbers, at);
  }

  #grow(): void {
    const larger = new Float64Array(Math.min(this.#kept * FIELDS, this.#numbers.length * 2));
    larger.set(this.#numbers);
    this.#numbers = larger;
  }

  #candle(number: number): CountedCandle {
    const at = this.#index(number);
    const [time = 0, open = 0, high = 0, low = 0, close = 0, volume = 0, ticks = 0] = this.#numbers.subarray(
      at,
      at + FIELDS,
    );
    // A sum of decimal fractions ends in digits that are the sum's error, not the market's.
    return { time, open, high, low, close, volume: Number(volume.toPrecision(12)), ticks };
  }
}

type SymbolCandles = { readonly [I in CandleInterval]: Series };

/** Candles of every symbol, made of the ticks as they come. */
export class Candles {
  readonly #symbols = new Map<string, SymbolCandles>();

  add(tick: Tick): void {
    const series = this.#of(tick.symbol);
    series['1s'].add(tick);
    series['1m'].add(tick);
    series['5m'].add(tick);
    series['1h'].add(tick);
  }

  /** The newest candles that began before a time, oldest first, at most `limit`; the newest of all still grows. */
  before(symbol: string, interval: CandleInterval, before: number, limit: number): CountedCandle[] {
    return this.#symbols.get(symbol)?.[interval].before(before, limit) ?? [];
  }

  /** The newest candles, oldest first, at most `limit`. */
  last(symbol: string, interval: CandleInterval, limit: number): Candle[] {
    return this.before(symbol, interval, Number.POSITIVE_INFINITY, limit).map(({ ticks: _, ...candle }) => candle);
  }

  /** All that began at or after a time, oldest first. */
  since(symbol: string, interval: CandleInterval, from: number): CountedCandle[] {
    return this.#symbols.get(symbol)?.[interval].since(from) ?? [];
  }

  /** When the oldest candle began of which all ticks were seen. */
  wholeFrom(symbol: string, interval: CandleInterval): number {
    return this.#symbols.get(symbol)?.[interval].wholeFrom ?? Number.POSITIVE_INFINITY;
  }

  /** Candles that an earlier log made, oldest first: ticks go on with the newest. Before the first tick only. */
  seed(candles: readonly CandleRecord[]): void {
    for (const candle of candles) this.#of(candle.symbol)[candle.interval].seed(candle);
  }

  symbols(): string[] {
    return [...this.#symbols.keys()];
  }

  #of(symbol: string): SymbolCandles {
    let series = this.#symbols.get(symbol);
    if (series === undefined) {
      series = emptySeries();
      this.#symbols.set(symbol, series);
    }
    return series;
  }
}

function emptySeries(): SymbolCandles {
  const series = (interval: CandleInterval): Series => new Series(candleIntervals[interval]);
  return { '1s': series('1s'), '1m': series('1m'), '5m': series('5m'), '1h': series('1h') };
}
