import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Tick } from '../../server/engines/tick-log.ts';
import { CandleRecorder } from '../../server/market/candle-recorder.ts';
import { readSeeds } from '../../server/market/candle-seeds.ts';
import { Candles } from '../../server/market/candles.ts';
import { recordingLog } from '../chat/recording-log.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { MemoryCandleStore } from './memory-candle-store.ts';

const START = 1_700_000_000_000;
const MINUTE = 60_000;
const tick = (time: number, price = 1, symbol = 'A'): Tick => ({
  symbol,
  price,
  size: 1,
  change: 0,
  time: START + time,
});

function setting(store = new MemoryCandleStore(), days: CandleRecorderDays = { '1s': 1, '1m': 1, '5m': 1, '1h': 1 }) {
  const clock = new ManualClock(START);
  const recent = new Candles();
  const { log, lines } = recordingLog();
  const recorder = new CandleRecorder({ recent, store, clock, log, days });
  const of = (interval: string) => [...store.candles.values()].filter((each) => each.interval === interval);
  return { clock, recent, store, recorder, lines, of };
}
type CandleRecorderDays = ConstructorParameters<typeof CandleRecorder>[0]['days'];

test('every ten seconds it writes what is new: seconds that are over, and of the others also the one that still grows', async () => {
  const { clock, recent, store, recorder, of } = setting();
  for (let second = 0; second < 5; second++) recent.add(tick(second * 1_000, second));
  clock.advance(10_000);
  await recorder.record();
  assert.equal(of('1s').length, 4);
  assert.deepEqual(
    of('1m').map(({ ticks, close }) => [ticks, close]),
    [[5, 4]],
  );
  recent.add(tick(5_000, 9));
  clock.advance(10_000);
  await recorder.record();
  assert.equal(of('1s').length, 5);
  assert.deepEqual(
    of('1h').map(({ ticks, close }) => [ticks, close]),
    [[6, 9]],
  );
  assert.equal(recorder.active, true);
  assert.ok(recorder.stats.written >= 11);
  assert.ok(store.puts >= 2);
});

test('what has not changed is not written again', async () => {
  const { recent, store, recorder } = setting();
  recent.add(tick(0));
  await recorder.record();
  const { written } = recorder.stats;
  await recorder.record();
  assert.equal(recorder.stats.written, written);
  assert.equal(store.puts, 1);
});

test('at its close it writes all that it knows', async () => {
  const { clock, recent, recorder, of } = setting();
  recent.add(tick(0));
  await recorder.close();
  assert.equal(of('1s').length, 1);
  recent.add(tick(1_000));
  clock.advance(60_000);
  assert.deepEqual([of('1s').length, clock.pending], [1, 0]);
});

test('who is not the writer writes nothing, and who becomes it makes good what the last one left out', async () => {
  const store = new MemoryCandleStore();
  const last = setting(store);
  const next = setting(store);
  for (const each of [tick(0), tick(MINUTE)]) for (const { recent } of [last, next]) recent.add(each);
  await last.recorder.record();
  store.isWriter = false;
  for (let minute = 2; minute < 6; minute++) next.recent.add(tick(minute * MINUTE));
  await next.recorder.record();
  assert.equal(next.recorder.active, false);
  assert.equal(next.of('1m').length, 2);
  store.isWriter = true;
  await next.recorder.record();
  assert.equal(next.of('1m').length, 6);
});

test('while the store is away nothing is lost, and it is said once', async () => {
  const { recent, store, recorder, lines, of } = setting();
  store.broken = true;
  recent.add(tick(0));
  await recorder.record();
  recent.add(tick(MINUTE));
  await recorder.record();
  assert.equal(recorder.stats.failed, 2);
  store.broken = false;
  await recorder.record();
  assert.equal(of('1m').length, 2);
  assert.deepEqual(
    lines.map(({ text }) => text),
    ['candles cannot be stored: it is tried again', 'candles are stored again'],
  );
});

test('old candles are forgotten by interval, and those of an interval that is not kept altogether', async () => {
  const store = new MemoryCandleStore();
  const candle = { symbol: 'A', open: 1, high: 1, low: 1, close: 1, volume: 1, ticks: 1 };
  const day = 86_400_000;
  await store.put([
    { ...candle, interval: '1m', time: START - 3 * day },
    { ...candle, interval: '1m', time: START - day },
    { ...candle, interval: '1h', time: START - 3 * day },
    { ...candle, interval: '1s', time: START - 1_000 },
  ]);
  const { recorder, recent, of } = setting(store, { '1m': 2, '1h': 30 });
  recent.add(tick(0));
  await recorder.record();
  assert.deepEqual(
    of('1m').map(({ time }) => time),
    [START - day, START - (START % MINUTE)],
  );
  assert.deepEqual([of('1h').length, of('1s').length, of('5m').length], [2, 0, 0]);
  assert.equal(recorder.stats.forgotten, 2);
});

test('seeds are a day of minutes and the newest of each other interval', async () => {
  const { recent, recorder, store } = setting();
  for (let minute = 0; minute < 2_000; minute++) recent.add(tick(minute * MINUTE, minute));
  await recorder.close();
  const seeds = await readSeeds(store);
  const count = Map.groupBy(seeds, ({ interval }) => interval);
  assert.deepEqual([...count].map(([interval, { length }]) => [interval, length]).sort(), [
    ['1h', 1],
    ['1m', 1_440],
    ['1s', 1],
    ['5m', 1],
  ]);
  const again = new Candles();
  again.seed(seeds);
  again.add(tick(2_000 * MINUTE, 7));
  assert.deepEqual(again.last('A', '1h', 1)[0]?.close, 7);
  assert.equal(again.last('A', '1m', 2_000).length, 1_440);
});
