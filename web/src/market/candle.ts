import type { Tick } from './tick.ts';

/** Prices within one interval of time. */
export interface Candle {
  /** When it opens, in milliseconds since 1970. */
  readonly time: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

/** The intervals that there are candles for, in milliseconds. */
export const intervals = { '1s': 1_000, '1m': 60_000, '5m': 300_000, '1h': 3_600_000 } as const;

export type Interval = keyof typeof intervals;

/** Whether a text names one of them. */
export function isInterval(text: string | undefined): text is Interval {
  return text !== undefined && Object.hasOwn(intervals, text);
}

/** A candle of the first tick in its interval. */
export function openedBy(tick: Tick, milliseconds: number): Candle {
  const { price, size, time } = tick;
  return { time: time - (time % milliseconds), open: price, high: price, low: price, close: price, volume: size };
}

/** The candle with one tick more. */
export function withTick(candle: Candle, { price, size }: Tick): Candle {
  return {
    ...candle,
    high: Math.max(candle.high, price),
    low: Math.min(candle.low, price),
    close: price,
    volume: candle.volume + size,
  };
}
