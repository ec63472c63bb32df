import type { Tick } from '../engines/tick-log.ts';

/** What happened to one symbol in one interval. */
export interface Candle {
  /** When the interval began: integer milliseconds since 1970, a multiple of the interval. */
  readonly time: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  /** The sum of the sizes. */
  readonly volume: number;
}

export type CandleInterval = '1s' | '1m' | '5m' | '1h';

/** Length of each interval in milliseconds, and how many candles of it are kept: an hour, a day, a week, a month. */
export const candleIntervals: { readonly [I in CandleInterval]: { readonly length: number; readonly kept: number } } = {
  '1s': { length: 1_000, kept: 3_600 },
  '1m': { length: 60_000, kept: 1_440 },
  '5m': { length: 300_000, kept: 2_016 },
  '1h': { length: 3_600_000, kept: 720 },
};

/** Numbers a candle takes in a series: time, open, high, low, close, volume. */
const FIELDS = 6;
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
  }

  /** The newest candles, oldest first. */
  last(limit: number): Candle[] {
    const first = this.#count - Math.min(limit, this.#count, this.#kept);
    return Array.from({ length: this.#count - first }, (_, i) => this.#candle(first + i));
  }

  #index(number: number): number {
    return (Math.max(0, number) % this.#kept) * FIELDS;
  }

  #open(start: number, price: number, size: number): void {
    const at = this.#index(this.#count++);
    if (at >= this.#numbers.length) this.#grow();
    this.#numbers.set([start, price, price, price, price, size], at);
  }

  #grow(): void {
    const larger = new Float64Array(Math.min(this.#kept * FIELDS, this.#numbers.length * 2));
    larger.set(this.#numbers);
    this.#numbers = larger;
  }

  #candle(number: number): Candle {
    const at = this.#index(number);
    const [time = 0, open = 0, high = 0, low = 0, close = 0, volume = 0] = this.#numbers.subarray(at, at + FIELDS);
    // A sum of decimal fractions ends in digits that are the sum's error, not the market's.
    return { time, open, high, low, close, volume: Number(volume.toPrecision(12)) };
  }
}

type SymbolCandles = { readonly [I in CandleInterval]: Series };

/** Candles of every symbol, made of the ticks as they come. */
export class Candles {
  readonly #symbols = new Map<string, SymbolCandles>();

  add(tick: Tick): void {
    let series = this.#symbols.get(tick.symbol);
    if (series === undefined) {
      series = emptySeries();
      this.#symbols.set(tick.symbol, series);
    }
    series['1s'].add(tick);
    series['1m'].add(tick);
    series['5m'].add(tick);
    series['1h'].add(tick);
  }

  /** The newest candles, oldest first, at most `limit`; the last one still grows. */
  last(symbol: string, interval: CandleInterval, limit: number): Candle[] {
    return this.#symbols.get(symbol)?.[interval].last(limit) ?? [];
  }
}

function emptySeries(): SymbolCandles {
  const series = (interval: CandleInterval): Series => new Series(candleIntervals[interval]);
  return { '1s': series('1s'), '1m': series('1m'), '5m': series('5m'), '1h': series('1h') };
}
