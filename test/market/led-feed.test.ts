import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Leadership, LeadershipListener } from '../../server/engines/leadership.ts';
import type { MarketSource, Trade } from '../../server/engines/market-source.ts';
import type { Offsets, Tick } from '../../server/engines/tick-log.ts';
import { startLedFeed } from '../../server/market/led-feed.ts';
import { recordingLog } from '../chat/recording-log.ts';
import { settle } from '../support/hub-world.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { START } from './world.ts';

class ManualLeadership implements Leadership {
  listener: LeadershipListener | undefined;
  leads = false;

  async start(listener: LeadershipListener): Promise<void> {
    this.listener = listener;
  }

  isLeader(): boolean {
    return this.leads;
  }

  elect(): void {
    this.leads = true;
    this.listener?.elected();
  }

  depose(): void {
    this.leads = false;
    this.listener?.deposed();
  }

  async close(): Promise<void> {}
}

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

async function setting() {
  const clock = new ManualClock();
  const leadership = new ManualLeadership();
  const sources: ManualSource[] = [];
  const appended: number[] = [];
  const beats: string[] = [];
  const world = { head: [0], read: 0, price: 100, broken: false };
  const newest = (): Tick => ({ symbol: 'A', price: world.price, size: 1, change: 0, time: START });
  const feed = await startLedFeed({
    leadership,
    clock,
    logger: recordingLog().log,
    source: async () => {
      const source = new ManualSource();
      sources.push(source);
      return source;
    },
    log: {
      append: async (entries) => {
        for (const entry of entries)
          if ('price' in entry) appended.push(entry.price);
          else beats.push(entry.beat);
      },
      bounds: async () => {
        if (world.broken) throw new Error('away');
        return { first: [0], next: world.head };
      },
    },
    market: {
      symbols: () => [newest()],
      candles: () => [],
      lastPrices: () => new Map([[newest().symbol, newest().price]]),
      covers: ([next = 0]: Offsets) => world.read >= next,
    },
  });
  const trade = (price: number): Trade => ({ symbol: 'A', price, size: 1, time: START });
  return { clock, leadership, sources, appended, beats, world, feed, trade };
}

test('a feed produces only while it is elected', async () => {
  const { clock, leadership, sources, appended, feed, trade } = await setting();
  await settle(clock);
  assert.deepEqual([sources.length, feed.active], [0, false]);
  leadership.elect();
  await settle(clock);
  assert.equal(feed.active, true);
  sources[0]?.report([trade(101)]);
  await settle(clock);
  leadership.depose();
  assert.deepEqual([feed.active, sources[0]?.stopped], [false, true]);
  sources[0]?.report([trade(102)]);
  await settle(clock);
  assert.deepEqual([appended, feed.appended], [[101], 1]);
});

test('a new leader goes on from the last price that its predecessor wrote', async () => {
  const { clock, leadership, sources, world } = await setting();
  world.head = [5];
  world.read = 3;
  leadership.elect();
  await settle(clock);
  clock.advance(200);
  await settle(clock);
  assert.equal(sources.length, 0, 'it waits until all is read');
  world.read = 5;
  world.price = 123;
  clock.advance(50);
  await settle(clock);
  assert.deepEqual([...(sources[0]?.last ?? [])], [['A', 123]]);
});

test('a leader that woke from a freeze appends nothing before it is known that it still leads', async () => {
  const { clock, leadership, sources, appended, trade } = await setting();
  leadership.elect();
  await settle(clock);
  leadership.leads = false;
  sources[0]?.report([trade(101)]);
  await settle(clock);
  assert.deepEqual(appended, []);
  leadership.depose();
  clock.advance(1_000);
  await settle(clock);
  assert.deepEqual(appended, [], 'what another feed may have produced meanwhile is not brought after it');
});

test('ticks wait while it is not certain who leads, and go on when nobody else did', async () => {
  const { clock, leadership, sources, appended, trade } = await setting();
  leadership.elect();
  await settle(clock);
  leadership.leads = false;
  sources[0]?.report([trade(101)]);
  await settle(clock);
  leadership.leads = true;
  clock.advance(500);
  await settle(clock);
  assert.deepEqual(appended, [101]);
});

test('each time that it is elected it begins anew, with a new source', async () => {
  const { clock, leadership, sources, appended, feed, trade } = await setting();
  for (const price of [101, 102]) {
    leadership.elect();
    await settle(clock);
    sources.at(-1)?.report([trade(price)]);
    await settle(clock);
    leadership.depose();
    await settle(clock);
  }
  assert.equal(sources.length, 2);
  assert.deepEqual([appended, feed.appended], [[101, 102], 2]);
});

test('a log that cannot be read at the election is asked again', async () => {
  const { clock, leadership, sources, world } = await setting();
  world.broken = true;
  leadership.elect();
  await settle(clock);
  assert.equal(sources.length, 0);
  world.broken = false;
  clock.advance(500);
  await settle(clock);
  assert.equal(sources.length, 1);
});

test('deposed or stopped before it began, it never begins', async () => {
  const { clock, leadership, sources, world, feed } = await setting();
  world.head = [5];
  leadership.elect();
  await settle(clock);
  leadership.depose();
  world.read = 5;
  clock.advance(1_000);
  await settle(clock);
  assert.equal(sources.length, 0);
  leadership.elect();
  await feed.stop();
  clock.advance(1_000);
  await settle(clock);
  assert.equal(sources.length, 0);
});

test('a feed that pauses stays the active one, lets nothing out and says so; after it the log hears that it lives', async () => {
  const { clock, leadership, sources, appended, beats, feed, trade } = await setting();
  leadership.elect();
  await settle(clock);
  sources[0]?.report([trade(101)]);
  await settle(clock);
  await feed.pause();
  assert.deepEqual([feed.paused, feed.active, sources[0]?.stopped], [true, false, true]);
  assert.deepEqual(beats, ['silent']);
  sources[0]?.report([trade(102)]);
  leadership.elect();
  await settle(clock);
  assert.deepEqual([appended, sources.length], [[101], 1]);
  feed.resume();
  await settle(clock);
  sources[1]?.report([trade(103)]);
  clock.advance(1_000);
  await settle(clock);
  assert.deepEqual([feed.paused, feed.active, appended, beats], [false, true, [101, 103], ['silent', 'live']]);
});

test('a feed that pauses without being the active one says nothing, and begins when it may again', async () => {
  const { clock, leadership, sources, beats, feed } = await setting();
  await feed.pause();
  leadership.elect();
  await settle(clock);
  assert.deepEqual([sources.length, beats], [0, []]);
  feed.resume();
  await settle(clock);
  assert.equal(sources.length, 1);
});
