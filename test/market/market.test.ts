import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CandleRecord } from '../../server/engines/candle-store.ts';
import { Hub } from '../../server/hub/hub.ts';
import { createMarket } from '../../server/market/market.ts';
import { recordingLog } from '../chat/recording-log.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { ManualTickLog } from './manual-tick-log.ts';
import { instance, START, tick } from './world.ts';

async function setting(symbols: readonly string[] = [], seeds?: () => Promise<readonly CandleRecord[]>) {
  const clock = new ManualClock();
  const log = new ManualTickLog();
  const hub = new Hub({ clock, latencyBudget: 250, stallTimeout: 30_000 });
  const { log: logger, lines } = recordingLog();
  const market = await createMarket({ log, hub, clock, logger, symbols, ...(seeds && { seeds }) });
  return { clock, log, hub, market, lines };
}

test('symbols are the newest tick of each, by name', async () => {
  const { log, market } = await setting();
  log.shared.add(2, tick('ZZ', 1));
  log.shared.add(0, tick('AA', 2));
  log.shared.add(2, tick('ZZ', 3));
  log.deliverAll();
  assert.deepEqual(market.symbols(), [tick('AA', 2), tick('ZZ', 3)]);
  assert.equal(market.read, 3);
});

test('candles come from the ticks that were read', async () => {
  const { log, market } = await setting();
  log.shared.add(0, tick('AA', 1));
  log.shared.add(0, tick('AA', 2));
  log.deliverAll();
  const time = START - (START % 60_000);
  assert.deepEqual(market.candles('AA', '1m', 5), [{ time, open: 101, high: 102, low: 101, close: 102, volume: 3 }]);
});

test('a log that is empty goes on from stored candles and their prices; one that is not does not', async () => {
  const time = START - (START % 60_000);
  const seed = { symbol: 'AA', time, open: 90, high: 120, low: 90, close: 95, volume: 10, ticks: 4 } as const;
  const seeds = async () => [
    { ...seed, interval: '1m' as const, time: time - 60_000, close: 91 },
    { ...seed, interval: '1m' as const },
  ];
  const { log, market } = await setting([], seeds);
  assert.deepEqual([...market.lastPrices()], [['AA', 95]]);
  assert.ok(market.has('AA'));
  log.shared.add(0, tick('AA', 1));
  log.deliverAll();
  assert.deepEqual(market.candles('AA', '1m', 1), [{ time, open: 90, high: 120, low: 90, close: 101, volume: 11 }]);
  assert.equal(market.candles('AA', '1m', 5).length, 2);
  assert.deepEqual([...market.lastPrices()], [['AA', 101]]);

  log.shared.first[0] = 1;
  const options = { log, hub: new Hub({ clock: new ManualClock(), latencyBudget: 250, stallTimeout: 30_000 }) };
  const never = async () => assert.fail('a log that has ticks needs no seeds');
  await createMarket({ ...options, clock: new ManualClock(), logger: recordingLog().log, seeds: never });
});

test('a symbol that is known beforehand exists before its first tick', async () => {
  const { log, market } = await setting(['BB']);
  log.shared.add(0, tick('AA', 1));
  log.deliverAll();
  assert.ok(market.has('AA') && market.has('BB') && !market.has('CC'));
  assert.deepEqual(market.candles('BB', '1m', 5), []);
});

test('before the first tick of all any symbol may exist', async () => {
  const { market } = await setting();
  assert.ok(market.has('CC'));
});

test('it is ready when it has read what the log held at the start', async () => {
  const clock = new ManualClock();
  const log = new ManualTickLog();
  log.shared.add(0, tick('AA', 1));
  log.shared.add(1, tick('BB', 2));
  const { market } = await instance(clock, log);
  log.deliver(0);
  assert.ok(!market.ready);
  log.deliver(1);
  assert.ok(market.ready);
});

test('what lies in the log and is no tick does not keep it from being ready', async () => {
  const log = new ManualTickLog();
  log.shared.add(0, tick('AA', 1));
  log.shared.add(1, tick('BB', 2));
  const { market } = await instance(new ManualClock(), log);
  log.deliver(0);
  log.listener?.passed?.(1, 1);
  assert.ok(market.ready);
  assert.equal(market.ticks.id, 'log:1,1,0');
  log.listener?.passed?.(0, 0);
  assert.equal(market.ticks.id, 'log:1,1,0', 'it never goes back');
});

test('who stands behind a hole goes on with the next tick', async () => {
  const log = new ManualTickLog();
  const { market } = await instance(new ManualClock(), log);
  log.listener?.passed?.(0, 2);
  log.listener?.records([{ partition: 0, offset: 2, tick: tick('AA', 1) }]);
  assert.equal(market.ticks.id, 'log:3,0,0');
  assert.deepEqual(market.symbols(), [tick('AA', 1)]);
});

test('it begins with the oldest record that the log keeps', async () => {
  const log = new ManualTickLog();
  for (let size = 0; size < 4; size++) log.shared.add(0, tick('AA', size));
  log.shared.first[0] = 2;
  const { market } = await instance(new ManualClock(), new ManualTickLog(log.shared));
  assert.equal(market.ticks.id, 'log:2,0,0');
});

test('prices are stale while the log cannot be read, and each change is logged once', async () => {
  const { log, market, lines } = await setting();
  assert.ok(!market.stale);
  log.listener?.reachable(false);
  log.listener?.reachable(false);
  assert.ok(market.stale);
  log.listener?.reachable(true);
  assert.ok(!market.stale);
  assert.deepEqual(
    lines.map(({ level }) => level),
    ['info', 'warn', 'info'],
  );
});

test('a record that was read already changes nothing', async () => {
  const { log, market } = await setting();
  log.shared.add(0, tick('AA', 1));
  log.deliverAll();
  log.listener?.records([{ partition: 0, offset: 0, tick: tick('AA', 9) }]);
  assert.equal(market.read, 1);
  assert.deepEqual(market.symbols(), [tick('AA', 1)]);
});

test('after close it takes no ticks and has no timers', async () => {
  const { log, market, clock, hub } = await setting();
  market.every(100);
  market.every(5_000);
  market.close();
  hub.close();
  log.shared.add(0, tick('AA', 1));
  log.deliverAll();
  assert.equal(market.read, 0);
  assert.equal(clock.pending, 0);
});
