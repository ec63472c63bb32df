import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nearestInterval } from '../../server/market/market.ts';
import type { MarketView } from '../../server/market/view.ts';
import { settle } from '../support/hub-world.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { ManualTickLog } from './manual-tick-log.ts';
import { type Instance, instance, Receiver, tick } from './world.ts';

interface Setting extends Instance {
  readonly clock: ManualClock;
  readonly view: MarketView;
  trade(symbol: string, count?: number): void;
}

/** A market whose symbols are named by partition and letter, followed every 250 ms. */
async function setting(): Promise<Setting> {
  const clock = new ManualClock();
  const log = new ManualTickLog();
  const world = await instance(clock, log);
  let size = 0;
  const trade = (symbol: string, count = 1): void => {
    for (let i = 0; i < count; i++) log.shared.add(Number(symbol[0]), tick(symbol, ++size));
    log.deliver(Number(symbol[0]), count);
  };
  return { ...world, clock, trade, view: world.market.every(250) };
}

for (const [asked, given] of [
  [1, 100],
  [100, 100],
  [175, 100],
  [176, 250],
  [400, 500],
  [751, 1_000],
  [3_000, 1_000],
  [3_001, 5_000],
  [999_999_999, 5_000],
] as const) {
  test(`an interval of ${asked} ms is one of ${given} ms`, () => assert.equal(nearestInterval(asked), given));
}

test('once an interval comes the newest tick of each symbol that changed', async () => {
  const world = await setting();
  world.trade('0A');
  world.clock.advance(250);
  const receiver = await Receiver.follow(world, undefined, world.view);
  world.trade('0A', 3);
  world.trade('1B', 2);
  world.clock.advance(249);
  await settle(world.clock);
  assert.deepEqual(receiver.seen, [{ kind: 'snapshot', id: 'log:1,0,0', ticks: ['0:0'] }]);
  world.clock.advance(1);
  world.trade('1B');
  world.clock.advance(250);
  await settle(world.clock);
  assert.deepEqual(receiver.seen.slice(1), [
    { kind: 'batch', id: 'log:4,2,0', ticks: ['0:3', '1:1'] },
    { kind: 'batch', id: 'log:4,3,0', ticks: ['1:2'] },
  ]);
});

test('an interval in which nothing changed has no batch', async () => {
  const world = await setting();
  const receiver = await Receiver.follow(world, undefined, world.view);
  world.clock.advance(10_000);
  await settle(world.clock);
  assert.equal(receiver.seen.length, 1);
});

test('the snapshot is the market at the last batch, so that no tick comes twice', async () => {
  const world = await setting();
  world.trade('0A');
  world.clock.advance(250);
  world.trade('0A');
  const receiver = await Receiver.follow(world, undefined, world.view);
  world.clock.advance(250);
  await settle(world.clock);
  assert.deepEqual(receiver.ticks, ['0:0', '0:1']);
});

test('after an id comes the newest of each symbol that changed since, then the next batch', async () => {
  const world = await setting();
  world.trade('0A');
  world.trade('1B');
  world.trade('2C');
  world.clock.advance(250);
  const id = world.view.id;
  world.trade('0A', 2);
  world.clock.advance(250);
  world.trade('2C', 2);
  world.clock.advance(250);
  world.trade('0A');
  const receiver = await Receiver.follow(world, id, world.view);
  world.clock.advance(250);
  await settle(world.clock);
  assert.deepEqual(receiver.seen, [
    { kind: 'batch', id: 'log:3,1,3', ticks: ['0:2', '2:2'] },
    { kind: 'batch', id: 'log:4,1,3', ticks: ['0:3'] },
  ]);
});

test('after the id of the last batch nothing comes but the next', async () => {
  const world = await setting();
  world.trade('0A');
  world.clock.advance(250);
  assert.deepEqual((await Receiver.follow(world, world.view.id, world.view)).seen, []);
});

test('an id from between two batches, as a tick stream gives it, waits for the next, and nothing comes twice', async () => {
  const world = await setting();
  world.trade('0A');
  world.clock.advance(250);
  world.trade('0A');
  world.trade('1B');
  const id = world.market.ticks.id;
  world.trade('1B');
  const following = Receiver.follow(world, id, world.view);
  await settle(world.clock);
  world.clock.advance(270);
  const receiver = await following;
  world.clock.advance(250);
  await settle(world.clock);
  assert.deepEqual(receiver.seen, [{ kind: 'batch', id: 'log:2,2,0', ticks: ['1:1'] }]);
});

test('an id behind records that are no ticks waits for no tick', async () => {
  const world = await setting();
  world.trade('0A');
  world.clock.advance(250);
  world.log.shared.addStrange(1);
  world.log.deliver(1);
  const following = Receiver.follow(world, world.market.ticks.id, world.view);
  world.clock.advance(270);
  assert.deepEqual((await following).seen, []);
});

test('an id from the future gets a snapshot two seconds and an interval later', async () => {
  const world = await setting();
  world.trade('0A');
  const following = Receiver.follow(world, 'log:9,0,0', world.view);
  world.clock.advance(2_260);
  assert.equal((await following).seen[0]?.kind, 'snapshot');
});

for (const id of ['nonsense', 'other:1,0,0', 'log:1,0']) {
  test(`the unusable id ${id} gets a snapshot`, async () => {
    const world = await setting();
    assert.equal((await Receiver.follow(world, id, world.view)).seen[0]?.kind, 'snapshot');
  });
}

test('a follower who is left behind gets a snapshot', async () => {
  const world = await setting();
  const receiver = await Receiver.follow(world, undefined, world.view);
  receiver.sink.blocking = true;
  for (let i = 0; i < 80; i++) {
    world.trade('0A');
    world.clock.advance(250);
  }
  receiver.sink.blocking = false;
  receiver.sink.waiting = 0;
  receiver.client.drained();
  assert.deepEqual(receiver.seen.at(-1), { kind: 'snapshot', id: 'log:80,0,0', ticks: ['0:79'] });
});

test('who asks for the same interval shares it', async () => {
  const { market, view } = await setting();
  assert.equal(market.every(260), view);
  assert.notEqual(market.every(5_000), view);
});

test('an interval that nobody follows is forgotten after a while, with its timer', async () => {
  const { market, clock, view, ...world } = await setting();
  const before = clock.pending;
  const receiver = await Receiver.follow({ ...world, market }, undefined, view);
  clock.advance(60_000);
  assert.equal(market.every(250), view);
  receiver.client.end();
  clock.advance(29_000);
  assert.equal(market.every(250), view);
  clock.advance(2_000);
  assert.equal(clock.pending, before - 1);
  assert.notEqual(market.every(250), view);
});
