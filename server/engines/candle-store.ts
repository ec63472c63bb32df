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

/** A candle, and of how many ticks it is made. */
export interface CountedCandle extends Candle {
  readonly ticks: number;
}

/** A candle with what it is of: (symbol, interval, time) is its key. */
export interface CandleRecord extends CountedCandle {
  readonly symbol: string;
  readonly interval: CandleInterval;
}

/** The newest candle of a symbol and interval that a store has. */
export type NewestCandle = Pick<CandleRecord, 'symbol' | 'interval' | 'time'>;

/** Which candles of one symbol and interval. */
export interface CandleRange {
  readonly symbol: string;
  readonly interval: CandleInterval;
  /** The first time that counts. */
  readonly from: number;
  /** The first time that counts no more. */
  readonly before: number;
  /** At most so many; the caller keeps it to 2,000. */
  readonly limit: number;
  /** Of more than `limit` candles the oldest ones are given, or the newest. */
  readonly end: 'oldest' | 'newest';
}

/**
 * Where candles outlive the tick log. They are made of the log and never the truth: what is missing here can be made again
 * as long as the log keeps its ticks.
 *
 * Duplicates: of two candles of one key the one made of more ticks is kept, whoever comes first. So it harms nobody when two
 * members write the same, or when one that read only the end of an interval writes after one that read all of it.
 * Atomicity: a `put` is stored as a whole or not at all; the caller keeps it to 500 candles.
 * Order: ranges come oldest first, whichever end of them is given.
 * Writing: `claim` says for the next 30 s to one of all members that it is the one to write, and it goes on saying so to it
 * while it asks again in that time. It saves work; nothing depends on it.
 * Empty: any symbol may be asked for; one without candles has empty ranges.
 * Errors: calls reject with any error; nothing is retried inside.
 * After close: every call rejects.
 */
export interface CandleStore {
  claim(): Promise<boolean>;
  put(candles: readonly CandleRecord[]): Promise<void>;
  /** The newest candle of each symbol and interval. */
  newest(): Promise<NewestCandle[]>;
  read(range: CandleRange): Promise<CountedCandle[]>;
  /** Deletes candles of an interval that began before this time, at most `limit`; resolves to how many. */
  forget(interval: CandleInterval, before: number, limit: number): Promise<number>;
  close(): Promise<void>;
}
