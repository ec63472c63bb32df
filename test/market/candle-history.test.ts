import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Candle, CandleInterval } from '../../server/engines/candle-store.ts';
import type { Tick } from '../../server/engines/tick-log.ts';
import { Refusal } from '../../server/errors.ts';
import { CandleHistory } from '../../server/market/candle-history.ts';
import { CandleRecorder } from '../../server/market/candle-recorder.ts';
import { Candles } from '../../server/market/candles.ts';
import { recordingLog } from '../chat/recording-log.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { MemoryCandleStore } from './memory-candle-store.ts';

const days = { '1s': 1, '1m': 1, '5m': 1, '1h': 1 };
const tick = (time: number, price: number): Tick => ({ symbol: 'A', price, size: 1, change: 0, time });
const everySecond = (count: number): Tick[] => Array.from({ length: count }, (_, i) => tick(i * 1_000, i + 1));

function candlesOf(ticks: readonly Tick[]): Candles {
  const candles = new Candles();
  for (const each of ticks) candles.add(each);
  return candles;
}

/** An instance that read these ticks, stored what it knows, and is gone. */
async function store(store: MemoryCandleStore, ticks: readonly Tick[]): Promise<void> {
  const { log } = recordingLog();
  await new CandleRecorder({ recent: candlesOf(ticks), store, clock: new ManualClock(), log, days }).close();
}

function historyOf(stored: MemoryCandleStore, ticks: readonly Tick[]): CandleHistory {
  return new CandleHistory({ recent: candlesOf(ticks), store: stored, has: (symbol) => symbol === 'A' });
}

const key = (interval: CandleInterval) => ({ symbol: 'A', interval });
const times = (candles: readonly Candle[]) => candles.map(({ time }) => time / 1_000);

async function all(
  history: CandleHistory,
  interval: CandleInterval,
  from = 0,
  before = 1e15,
  limit = 1e6,
): Promise<Candle[]> {
  const pieces: Candle[] = [];
  for await (const piece of history.all(key(interval), from, before, limit)) pieces.push(...piece);
  return pieces;
}

test('what memory has whole is not asked of the store', async () => {
  const stored = new MemoryCandleStore();
  const { candles } = await historyOf(stored, everySecond(10)).page(key('1s'), undefined, 9);
  assert.deepEqual(times(candles), [1, 2, 3, 4, 5, 6, 7, 8, 9]);
  assert.deepEqual(Object.keys(candles[0] ?? {}), ['time', 'open', 'high', 'low', 'close', 'volume']);
  assert.equal(stored.reads, 0);
});

test('pages back through memory into the store, without a gap or a repetition', async () => {
  const stored = new MemoryCandleStore();
  const ticks = everySecond(100);
  await store(stored, ticks.slice(0, 60));
  const history = historyOf(stored, ticks.slice(50));
  const seen: number[] = [];
  for (let before: number | undefined; ; before = (seen[0] ?? 0) * 1_000) {
    const { candles } = await history.page(key('1s'), before, 7);
    seen.unshift(...times(candles));
    if (candles.length < 7) break;
  }
  assert.deepEqual(seen, times(await all(history, '1s')));
  assert.deepEqual(
    seen,
    Array.from({ length: 100 }, (_, i) => i),
  );
});

test('the candle with whose middle this instance began comes from the store', async () => {
  const stored = new MemoryCandleStore();
  const ticks = everySecond(200);
  await store(stored, ticks.slice(0, 130));
  const { candles } = await historyOf(stored, ticks.slice(90)).page(key('1m'), undefined, 10);
  assert.deepEqual(
    candles.map(({ time, open, volume }) => [time / 60_000, open, volume]),
    [
      [0, 1, 60],
      [1, 61, 60],
      [2, 121, 60],
      [3, 181, 20],
    ],
  );
});

test('whatever part of the ticks was stored and whatever part is read again, all is as of all ticks, wherever one pages', async () => {
  const scenario = fc.record({
    gaps: fc.array(fc.nat(40_000), { minLength: 1, maxLength: 60 }),
    stored: fc.nat(60),
    read: fc.nat(60),
    interval: fc.constantFrom<CandleInterval>('1s', '1m', '5m'),
    limit: fc.integer({ min: 1, max: 20 }),
  });
  await fc.assert(
    fc.asyncProperty(scenario, async ({ gaps, stored, read, interval, limit }) => {
      let time = 0;
      const ticks = gaps.map((gap, i) => {
        time += gap;
        return tick(time, i);
      });
      const memory = new MemoryCandleStore();
      // The log still has all ticks that were not stored: else nobody could know them.
      await store(memory, ticks.slice(0, stored));
      const history = historyOf(memory, ticks.slice(Math.min(read, stored)));
      const expected = candlesOf(ticks).last('A', interval, 1_000);
      // An interval that ends among the ticks that were stored and begins among those that are gone is the only one that nobody knows.
      const firstRead = ticks[Math.min(read, stored)]?.time ?? Number.POSITIVE_INFINITY;
      const cut = ticks[stored - 1] ?? tick(-1, 0);
      const length = { '1s': 1_000, '1m': 60_000, '5m': 300_000, '1h': 3_600_000 }[interval];
      const unknown = stored < ticks.length && Math.floor(cut.time / length) === Math.floor(firstRead / length);
      if (unknown) return;
      assert.deepEqual(await all(history, interval), expected);
      const pages: Candle[] = [];
      for (let before: number | undefined; ; before = pages[0]?.time ?? 0) {
        const { candles } = await history.page(key(interval), before, limit);
        pages.unshift(...candles);
        if (candles.length < limit) break;
      }
      assert.deepEqual(pages, expected);
    }),
    { numRuns: 300 },
  );
});

test('a download is bounded by its times and its limit, the oldest first', async () => {
  const stored = new MemoryCandleStore();
  const ticks = everySecond(4_000);
  await store(stored, ticks.slice(0, 3_000));
  const history = historyOf(stored, ticks.slice(2_500));
  assert.deepEqual(
    times(await all(history, '1s', 10_000, 3_500_000)),
    Array.from({ length: 3_490 }, (_, i) => i + 10),
  );
  assert.deepEqual(
    times(await all(history, '1s', 10_000, 1e12, 2_600)),
    Array.from({ length: 2_600 }, (_, i) => i + 10),
  );
  assert.deepEqual(times(await all(history, '1s', 3_990_000, 3_993_000)), [3_990, 3_991, 3_992]);
  assert.deepEqual(await all(history, '1s', 5_000_000), []);
});

test('while the store is away the newest candles are those of memory, and say that they are not all', async () => {
  const stored = new MemoryCandleStore();
  stored.broken = true;
  const history = historyOf(stored, everySecond(3));
  const page = await history.page(key('1s'), undefined, 10);
  assert.deepEqual([times(page.candles), page.partial], [[0, 1, 2], true]);
  const down = (error: unknown) => error instanceof Refusal && error.code === 'store-down';
  await assert.rejects(history.page(key('1s'), 2_000, 10), down);
  await assert.rejects(all(history, '1s'), down);
});

test('a symbol that nobody knows and that has no candles is refused; one that only the store knows is not', async () => {
  const stored = new MemoryCandleStore();
  const history = historyOf(stored, []);
  const unknown = new Refusal('unknown-symbol', 'There is no symbol B.');
  await assert.rejects(history.page({ symbol: 'B', interval: '1m' }, undefined, 10), unknown);
  assert.deepEqual((await history.page(key('1m'), undefined, 10)).candles, []);
  await stored.put([{ symbol: 'B', interval: '1m', time: 0, open: 1, high: 1, low: 1, close: 1, volume: 1, ticks: 1 }]);
  assert.equal((await history.page({ symbol: 'B', interval: '1m' }, undefined, 10)).candles.length, 1);
});
