import type { CandleInterval, CandleRecord, CandleStore } from '../engines/candle-store.ts';

/** With so many symbols at most an empty log goes on from what is stored. */
const MOST_SYMBOLS = 500;
/** A day of minutes, for the change of 24 hours; of the other intervals only the newest candle, which may still grow. */
const KEPT: { readonly [I in CandleInterval]: number } = { '1s': 1, '1m': 1_440, '5m': 1, '1h': 1 };

/** The candles with which an empty log goes on, oldest first. */
export async function readSeeds(store: Pick<CandleStore, 'newest' | 'read'>): Promise<CandleRecord[]> {
  const newest = await store.newest();
  const symbols = new Set([...new Set(newest.map(({ symbol }) => symbol))].slice(0, MOST_SYMBOLS));
  const seeds: CandleRecord[] = [];
  for (const { symbol, interval, time } of newest.filter((each) => symbols.has(each.symbol))) {
    const range = { symbol, interval, from: 0, before: time + 1, limit: KEPT[interval], end: 'newest' } as const;
    for (const candle of await store.read(range)) seeds.push({ symbol, interval, ...candle });
  }
  return seeds;
}
