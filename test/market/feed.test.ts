import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MarketSource, Trade } from '../../server/engines/market-source.ts';
import type { Tick } from '../../server/engines/tick-log.ts';
import { type KnownMarket, startFeed } from '../../server/market/feed.ts';
import { recordingLog } from '../chat/recording-log.ts';
import { settle } from '../support/hub-world.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { ManualTickLog } from './manual-tick-log.ts';
import { START } from './world.ts';

class ManualSource implements MarketSource {
  last: ReadonlyMap<string, number> | undefined;
  stopped = false;
  report: (trades: readonly Trade[]) => void = () => assert.fail('not started');

  start(last: ReadonlyMap<string, number>, take: (trades: readonly Trade[]) => void): void {
    this.last = last;
    this.report = take;
  }

  stop(): void {
    this.stopped = true;
  }
}

const NOTHING: KnownMarket = { symbols: () => [], candles: () => [], lastPrices: () => new Map() };
const trade = (price: number, time = START): Trade => ({ symbol: 'A', price, size: 1, time });

function setting({ known = NOTHING, queue = 50_000 }: { known?: KnownMarket; queue?: number } = {}) {
  const clock = new ManualClock();
  const source = new ManualSource();
  const log = new ManualTickLog();
  const { log: logger, lines } = recordingLog();
  const appended: Tick[] = [];
  let open: (() => void)[] = [];
  const gate = { closed: false, refusing: false, most: 0, running: 0 };
  log.appending = async (ticks) => {
    if (gate.refusing) throw new Error('away');
    gate.most = Math.max(gate.most, ++gate.running);
    if (gate.closed) await new Promise<void>((resolve) => open.push(resolve));
    gate.running--;
    appended.push(...ticks);
  };
  const release = async (): Promise<void> => {
    const waiting = open;
    open = [];
    for (const go of waiting) go();
    await settle(clock);
  };
  const feed = startFeed({ source, log, clock, logger, known, queue });
  return { clock, source, log, lines, appended, gate, release, feed };
}

const prices = (ticks: readonly Tick[]) => ticks.map(({ price }) => price);

test('a trade becomes a tick with the change since the first price', async () => {
  const { source, appended, clock, feed } = setting();
  source.report([trade(100), { ...trade(101), side: 'sell' }]);
  await settle(clock);
  assert.deepEqual(appended, [
    { symbol: 'A', price: 100, size: 1, change: 0, time: START },
    { symbol: 'A', price: 101, size: 1, side: 'sell', change: 1, time: START },
  ]);
  assert.deepEqual(Object.keys(appended[1] ?? {}), ['symbol', 'price', 'size', 'side', 'change', 'time']);
  assert.equal(feed.appended, 2);
});

test('the source goes on from known prices, and the change reaches back into known minutes', async () => {
  const known: KnownMarket = {
    symbols: () => [{ symbol: 'A', price: 110, size: 1, change: 10, time: START }],
    lastPrices: () => new Map([['A', 110]]),
    candles: (symbol, interval, limit) => {
      assert.deepEqual([symbol, interval, limit], ['A', '1m', 1_440]);
      return [
        { time: START - 7_200_000, open: 100 },
        { time: START - 3_600_000, open: 105 },
      ];
    },
  };
  const { source, appended, clock } = setting({ known });
  assert.deepEqual(source.last, new Map([['A', 110]]));
  source.report([trade(120)]);
  await settle(clock);
  assert.equal(appended[0]?.change, 20);
});

test('one append is under way at a time, and what comes meanwhile goes with the next, in order', async () => {
  const { source, appended, gate, release } = setting();
  gate.closed = true;
  for (let price = 1; price <= 10; price++) source.report([trade(price)]);
  assert.equal(gate.running, 1);
  await release();
  assert.deepEqual(prices(appended), [1]);
  await release();
  assert.deepEqual(prices(appended), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  assert.equal(gate.most, 1);
});

test('what the log refuses is tried again, in order, and the outage is logged once', async () => {
  const { source, appended, gate, clock, lines } = setting();
  gate.refusing = true;
  source.report([trade(1), trade(2)]);
  await settle(clock);
  source.report([trade(3)]);
  for (let i = 0; i < 5; i++) {
    clock.advance(500);
    await settle(clock);
  }
  gate.refusing = false;
  clock.advance(500);
  await settle(clock);
  assert.deepEqual(prices(appended), [1, 2, 3]);
  assert.deepEqual(
    lines.map(({ level, text }) => [level, text]),
    [
      ['warn', 'the tick log refuses ticks: they wait'],
      ['info', 'the tick log takes ticks again'],
    ],
  );
});

test('when too many wait the oldest are dropped, counted, and logged once', async () => {
  const { source, appended, gate, release, feed, lines } = setting({ queue: 3 });
  gate.closed = true;
  source.report([trade(1)]);
  for (let price = 2; price <= 9; price++) source.report([trade(price)]);
  gate.closed = false;
  await release();
  assert.deepEqual(prices(appended), [1, 7, 8, 9]);
  assert.equal(feed.dropped, 5);
  assert.equal(lines.filter(({ level }) => level === 'warn').length, 1);
});

test('stop waits for the append under way and gives up the rest', async () => {
  const { source, appended, gate, release, feed } = setting();
  gate.closed = true;
  source.report([trade(1)]);
  source.report([trade(2)]);
  let stopped = false;
  const stopping = feed.stop().then(() => {
    stopped = true;
  });
  await Promise.resolve();
  assert.ok(source.stopped && !stopped);
  await release();
  await stopping;
  source.report([trade(3)]);
  assert.deepEqual(prices(appended), [1]);
});

test('stop does not wait for a log that is away', async () => {
  const { source, gate, feed, clock } = setting();
  gate.refusing = true;
  source.report([trade(1)]);
  await settle(clock);
  await feed.stop();
  assert.equal(clock.pending, 0);
});

/** A source that says whether it is heard. */
class HeardSource extends ManualSource {
  live = true;
}

function heardSetting() {
  const clock = new ManualClock();
  const source = new HeardSource();
  const log = new ManualTickLog();
  const entries: unknown[] = [];
  log.appending = async (batch) => void entries.push(...batch);
  const feed = startFeed({ source, log, clock, logger: recordingLog().log, known: NOTHING });
  return { clock, source, entries, feed };
}

test('a source that can fall silent is told of in the log, every three seconds and at each change', async () => {
  const { clock, source, entries, feed } = heardSetting();
  const told: string[] = [];
  for (let second = 1; second <= 9; second++) {
    if (second === 6) source.live = false;
    clock.advance(1_000);
    await settle(clock);
    for (const entry of entries.splice(0)) told.push(`${second} ${(entry as { beat: string }).beat}`);
  }
  assert.deepEqual(told, ['1 live', '4 live', '6 silent', '9 silent']);
  assert.deepEqual([feed.appended, feed.live], [0, false]);
  await feed.stop();
  assert.equal(clock.pending, 0);
});

test('a sign of life and ticks that wait go in one append, and only ticks count', async () => {
  const { clock, source, entries, feed } = heardSetting();
  clock.advance(1_000);
  source.report([trade(1)]);
  await settle(clock);
  assert.deepEqual([entries.length, feed.appended], [2, 1]);
  await feed.stop();
});
