import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { CandleRange, CandleRecord, CandleStore } from '../../server/engines/candle-store.ts';

/** One set of data, empty at first, that may be opened several times. */
export interface CandleStorePlace {
  /** Whether members may be open at one time. */
  readonly isShared: boolean;
  open(): Promise<CandleStore>;
  remove(): Promise<void>;
}

const MINUTE = 60_000;
const START = 1_700_000_040_000;

function candle(minute: number, fields: Partial<CandleRecord> = {}): CandleRecord {
  const time = START + minute * MINUTE;
  return {
    symbol: 'BTC-USD',
    interval: '1m',
    time,
    open: 1,
    high: 4,
    low: 0.5,
    close: 2,
    volume: 3.25,
    ticks: 7,
    ...fields,
  };
}

const stored = ({ symbol: _, interval: __, ...rest }: CandleRecord) => rest;
const EVER = Number.MAX_SAFE_INTEGER;
const all: CandleRange = { symbol: 'BTC-USD', interval: '1m', from: 0, before: EVER, limit: 2_000, end: 'oldest' };

/** What the port `CandleStore` promises, as tests of whatever implements it. */
export function candleStoreConformance(name: string, place: () => Promise<CandleStorePlace>): void {
  const conforms = (sentence: string, run: (store: CandleStore, place: CandleStorePlace) => Promise<void>): void => {
    test(`${name}: ${sentence}`, async () => {
      const here = await place();
      const store = await here.open();
      try {
        await run(store, here);
      } finally {
        await store.close();
        await here.remove();
      }
    });
  };

  conforms('an empty store has empty ranges', async (store) => {
    assert.deepEqual(await store.read(all), []);
    assert.deepEqual(await store.newest(), []);
    assert.equal(await store.forget('1m', EVER, 10), 0);
    await store.put([]);
  });

  conforms('a candle is stored as it is, each number to its last digit', async (store) => {
    const exact = { open: 0.1 + 0.2, high: 64_250.123456789, low: 1e-9, close: 123_456_789.12345678, volume: 5e-324 };
    const odd = candle(0, { ...exact, ticks: 2 ** 40, symbol: "é'\\😀 x" });
    await store.put([odd]);
    assert.deepEqual(await store.read({ ...all, symbol: odd.symbol }), [stored(odd)]);
  });

  conforms('symbols and intervals are apart, and letters count as they are', async (store) => {
    const candles = [candle(0), candle(0, { interval: '5m' }), candle(0, { symbol: 'btc-usd' })];
    await store.put(candles);
    assert.deepEqual(await store.read(all), [stored(candle(0))]);
    assert.deepEqual(await store.read({ ...all, symbol: 'btc-usd ' }), []);
    assert.equal((await store.newest()).length, 3);
  });

  conforms('of two candles of one key the one of more ticks is kept, whoever comes first', async (store) => {
    const [fewer, more] = [candle(0, { ticks: 3, close: 30 }), candle(0, { ticks: 5, close: 50, high: 60, open: 9 })];
    await store.put([fewer]);
    await store.put([more]);
    assert.deepEqual(await store.read(all), [stored(more)]);
    await store.put([fewer]);
    assert.deepEqual(await store.read(all), [stored(more)]);
    await store.put([candle(1, { ticks: 5 }), candle(1, { ticks: 6, close: 66 }), candle(1, { ticks: 2 })]);
    assert.equal((await store.read(all))[1]?.close, 66);
  });

  conforms('a range is what lies between two times, oldest first, from either end', async (store) => {
    await store.put(Array.from({ length: 10 }, (_, minute) => candle(9 - minute)));
    const minutes = async (range: Partial<CandleRange>) =>
      (await store.read({ ...all, ...range })).map(({ time }) => (time - START) / MINUTE);
    const [from, before] = [START + 2 * MINUTE, START + 8 * MINUTE];
    assert.deepEqual(await minutes({ from, before }), [2, 3, 4, 5, 6, 7]);
    assert.deepEqual(await minutes({ from, before, limit: 2 }), [2, 3]);
    assert.deepEqual(await minutes({ from, before, limit: 2, end: 'newest' }), [6, 7]);
    assert.deepEqual(await minutes({ from: before, before: from }), []);
  });

  conforms('the newest of each is told', async (store) => {
    await store.put([candle(3), candle(1), candle(2, { interval: '1h' }), candle(9, { symbol: 'ETH-USD' })]);
    const newest = (await store.newest()).map(({ symbol, interval, time }) => `${symbol} ${interval} ${time}`).sort();
    const at = (minute: number): number => START + minute * MINUTE;
    assert.deepEqual(newest, [`BTC-USD 1h ${at(2)}`, `BTC-USD 1m ${at(3)}`, `ETH-USD 1m ${at(9)}`]);
  });

  conforms('old candles of one interval are forgotten in steps, the oldest first', async (store) => {
    await store.put(Array.from({ length: 10 }, (_, minute) => candle(minute)));
    await store.put([candle(0, { interval: '5m' })]);
    const before = START + 5 * MINUTE;
    assert.equal(await store.forget('1m', before, 3), 3);
    assert.equal((await store.read(all))[0]?.time, START + 3 * MINUTE);
    assert.equal(await store.forget('1m', before, 3), 2);
    assert.equal(await store.forget('1m', before, 3), 0);
    assert.equal((await store.read(all)).length, 5);
    assert.equal((await store.read({ ...all, interval: '5m' })).length, 1);
  });

  conforms('500 candles are put at once, and what was put is there after it was opened again', async (store, here) => {
    const candles = Array.from({ length: 500 }, (_, minute) => candle(minute));
    await store.put(candles);
    await store.close();
    const again = await here.open();
    try {
      assert.deepEqual(await again.read(all), candles.map(stored));
    } finally {
      await again.close();
    }
  });

  conforms('many at once read and write as one after the other would', async (store) => {
    const puts = Array.from({ length: 20 }, (_, i) =>
      store.put([candle(0, { ticks: i + 1, close: i }), candle(i + 1)]),
    );
    await Promise.all([...puts, store.read(all), store.newest()]);
    const candles = await store.read(all);
    assert.deepEqual([candles.length, candles[0]?.close], [21, 19]);
  });

  conforms('one member is told to write, and goes on being told so', async (store, here) => {
    assert.equal(await store.claim(), true);
    assert.equal(await store.claim(), true);
    if (!here.isShared) return;
    const other = await here.open();
    try {
      assert.equal(await other.claim(), false);
      assert.equal(await store.claim(), true);
    } finally {
      await other.close();
    }
  });

  conforms('after close every call rejects', async (store) => {
    await store.close();
    await store.close();
    for (const call of [
      store.claim(),
      store.put([candle(0)]),
      store.newest(),
      store.read(all),
      store.forget('1m', 1, 1),
    ])
      await assert.rejects(call);
  });

  conforms('any order of candles of any number of ticks ends in the same', async (store) => {
    const puts = fc.array(fc.record({ minute: fc.nat(3), ticks: fc.integer({ min: 1, max: 9 }) }), {
      minLength: 1,
      maxLength: 12,
    });
    let run = 0;
    await fc.assert(
      fc.asyncProperty(puts, async (each) => {
        const symbol = `S${run++}`;
        for (const { minute, ticks } of each) await store.put([candle(minute, { symbol, ticks, close: ticks })]);
        const best = Map.groupBy(each, ({ minute }) => minute);
        const expected = [...best]
          .sort(([a], [b]) => a - b)
          .map(([, same]) => Math.max(...same.map(({ ticks }) => ticks)));
        assert.deepEqual(
          (await store.read({ ...all, symbol })).map(({ close }) => close),
          expected,
        );
      }),
      { numRuns: 20 },
    );
  });
}
