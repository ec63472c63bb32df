import { join } from 'node:path';
import type { CandleRecord } from '../../server/engines/candle-store.ts';
import { SqliteCandles } from '../../server/engines/embedded/sqlite-candles.ts';

/** What a download may have at most; of five minutes each, that is not yet a year, for which they are kept. */
const COUNT = 100_000;
const STEP = 300_000;

/** Lays a long past of one symbol into the folder of a server that does not run yet. */
export function layCandles(folder: string, now: number): void {
  const store = new SqliteCandles({ path: join(folder, 'candles.sqlite'), busyTimeout: 1_000 });
  const newest = now - (now % STEP) - STEP;
  store.put(Array.from({ length: COUNT }, (_, number) => candleAt(newest - number * STEP)));
  store.close();
}

function candleAt(time: number): CandleRecord {
  const prices = { open: 60_000.25, high: 60_100.5, low: 59_900.75, close: 60_010.01 };
  return { symbol: 'BTC-USD', interval: '5m', time, ...prices, volume: 12.345_678, ticks: 100 };
}
