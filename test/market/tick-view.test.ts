import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LogBounds } from '../../server/hub/log.ts';
import { settle } from '../support/hub-world.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { ManualTickLog } from './manual-tick-log.ts';
import { type Instance, instance, Receiver, tick } from './world.ts';

interface Setting extends Instance {
  readonly clock: ManualClock;
  /** Adds ticks of a symbol of partition 0, 1 or 2 and has the market read them. */
  trade(partition: number, count?: number): void;
}

async function setting(bounds?: LogBounds): Promise<Setting> {
  const clock = new ManualClock();
  const log = new ManualTickLog();
  let size = 0;
  return {
    ...(await instance(clock, log, bounds)),
    clock,
    trade(partition, count = 1) {
      for (let i = 0; i < count; i++) log.shared.add(partition, tick(`S${partition}`, ++size));
      log.deliver(partition, count);
    },
  };
}

const FEW: LogBounds = { count: 4, bytes: 1e9, age: 1e9 };

test('without an id a snapshot of the newest of every symbol comes first, then every tick', async () => {
  const world = await setting();
  world.trade(0, 3);
  world.trade(2, 2);
  const receiver = await Receiver.follow(world);
  world.trade(1);
  world.trade(0);
  await settle(world.clock);
  assert.deepEqual(receiver.seen, [
    { kind: 'snapshot', id: 'log:3,0,2', ticks: ['0:2', '2:1'] },
    { kind: 'tick', id: 'log:3,1,2', ticks: ['1:0'] },
    { kind: 'tick', id: 'log:4,1,2', ticks: ['0:3'] },
  ]);
});

test('before the first tick the snapshot is empty', async () => {
  const receiver = await Receiver.follow(await setting());
  assert.deepEqual(receiver.seen, [{ kind: 'snapshot', id: 'log:0,0,0', ticks: [] }]);
});

test('after an id come exactly the ticks that follow it', async () => {
  const world = await setting();
  world.trade(0, 2);
  const receiver = await Receiver.follow(world, 'log:1,0,0');
  world.trade(1);
  await settle(world.clock);
  assert.deepEqual(receiver.seen, [
    { kind: 'tick', id: 'log:2,0,0', ticks: ['0:1'] },
    { kind: 'tick', id: 'log:2,1,0', ticks: ['1:0'] },
  ]);
});

test('the id of the newest tick is followed by nothing until there is a newer one', async () => {
  const world = await setting();
  world.trade(0, 2);
  const receiver = await Receiver.follow(world, world.market.ticks.id);
  assert.deepEqual(receiver.seen, []);
});

for (const [what, id] of [
  ['that is malformed', 'nonsense'],
  ['of another epoch', 'other:1,0,0'],
  ['with too few partitions', 'log:1,0'],
  ['with too many partitions', 'log:1,0,0,0'],
]) {
  test(`an id ${what} gets a snapshot`, async () => {
    const world = await setting();
    world.trade(0, 2);
    assert.deepEqual((await Receiver.follow(world, id)).seen, [{ kind: 'snapshot', id: 'log:2,0,0', ticks: ['0:1'] }]);
  });
}

test('an id that is ahead of this instance waits until it has caught up', async () => {
  const world = await setting();
  world.trade(0);
  const following = Receiver.follow(world, 'log:1,1,0');
  world.clock.advance(1_000);
  world.trade(2);
  world.trade(1);
  world.clock.advance(20);
  const receiver = await following;
  assert.deepEqual(receiver.seen, [{ kind: 'tick', id: 'log:1,1,1', ticks: ['2:0'] }]);
});

test('an id from the future gets a snapshot after two seconds', async () => {
  const world = await setting();
  world.trade(0);
  let waits = true;
  const following = Receiver.follow(world, 'log:1,9,0').finally(() => {
    waits = false;
  });
  world.clock.advance(1_980);
  await settle(world.clock);
  assert.ok(waits);
  world.clock.advance(20);
  assert.deepEqual((await following).seen, [{ kind: 'snapshot', id: 'log:1,0,0', ticks: ['0:0'] }]);
});

test('when nobody waits any more no timer is left', async () => {
  const world = await setting();
  const before = world.clock.pending;
  const following = Receiver.follow(world, 'log:1,0,0');
  assert.equal(world.clock.pending, before + 1);
  world.clock.advance(2_000);
  await following;
  assert.equal(world.clock.pending, before);
});

test('closing the market ends the wait with a snapshot', async () => {
  const world = await setting();
  const following = Receiver.follow(world, 'log:1,0,0');
  world.market.close();
  assert.equal((await following).seen[0]?.kind, 'snapshot');
});

test('what is no longer in memory comes from the tick log', async () => {
  const world = await setting(FEW);
  world.trade(0, 5);
  world.trade(1, 5);
  const timers = world.clock.pending;
  const receiver = await Receiver.follow(world, 'log:2,0,0');
  assert.equal(world.clock.pending, timers);
  assert.deepEqual(receiver.ticks, ['0:2', '0:3', '0:4', '1:0', '1:1', '1:2', '1:3', '1:4']);
  assert.equal(receiver.lastId, 'log:5,5,0');
});

test('records that are no ticks, at the end of what has to be read, mean no snapshot', async () => {
  const world = await setting(FEW);
  world.trade(0, 2);
  world.log.shared.addStrange(1);
  world.log.deliver(1);
  world.trade(0, 4);
  const receiver = await Receiver.follow(world, 'log:1,0,0');
  assert.deepEqual(receiver.ticks, ['0:1', '0:2', '0:3', '0:4', '0:5']);
});

test('where nothing but records that are no ticks was missed, nothing comes until there is a tick', async () => {
  const world = await setting(FEW);
  world.log.shared.addStrange(1);
  world.log.deliver(1);
  const receiver = await Receiver.follow(world, 'log:0,0,0');
  assert.deepEqual(receiver.seen, []);
  world.trade(0);
  await settle(world.clock);
  assert.deepEqual(receiver.ticks, ['0:0']);
});

test('when memory moves on while the tick log is read, that is read too', async () => {
  const world = await setting(FEW);
  world.trade(0, 6);
  world.log.onRead = () => {
    world.log.onRead = () => undefined;
    world.trade(0, 6);
  };
  const receiver = await Receiver.follow(world, 'log:0,0,0');
  assert.deepEqual(
    receiver.ticks,
    Array.from({ length: 12 }, (_, i) => `0:${i}`),
  );
});

test('when memory moves on faster than the tick log can be read, it is a snapshot', async () => {
  const world = await setting(FEW);
  world.trade(0, 6);
  world.log.onRead = () => world.trade(0, 6);
  assert.equal((await Receiver.follow(world, 'log:0,0,0')).seen[0]?.kind, 'snapshot');
  assert.equal(world.log.reads, 3);
});

test('what the tick log has forgotten too gets a snapshot', async () => {
  const world = await setting(FEW);
  world.trade(0, 10);
  world.log.shared.first[0] = 3;
  assert.equal((await Receiver.follow(world, 'log:3,0,0')).seen[0]?.kind, 'tick');
  assert.equal((await Receiver.follow(world, 'log:2,0,0')).seen[0]?.kind, 'snapshot');
});

test('a tick log that cannot be read means a snapshot', async () => {
  const world = await setting(FEW);
  world.trade(0, 10);
  world.log.broken = true;
  assert.equal((await Receiver.follow(world, 'log:0,0,0')).seen[0]?.kind, 'snapshot');
});

test('a tick log that does not answer means a snapshot after two seconds', async () => {
  const world = await setting(FEW);
  world.trade(0, 10);
  world.log.stuck = true;
  const following = Receiver.follow(world, 'log:0,0,0');
  await settle(world.clock);
  world.clock.advance(2_000);
  assert.equal((await following).seen[0]?.kind, 'snapshot');
});

test('more than ten thousand ticks for one client alone are not read', async () => {
  const world = await setting(FEW);
  world.trade(0, 10_005);
  assert.equal((await Receiver.follow(world, 'log:0,0,0')).seen[0]?.kind, 'snapshot');
  assert.equal(world.log.reads, 0);
  assert.equal((await Receiver.follow(world, 'log:1,0,0')).seen[0]?.kind, 'tick');
});

test('what all clients together may have for themselves alone is limited, and comes back with time', async () => {
  const world = await setting(FEW);
  world.trade(0, 10_004);
  const kinds = async (count: number) => {
    const found = [];
    for (let i = 0; i < count; i++) found.push((await Receiver.follow(world, 'log:0,0,0')).seen[0]?.kind);
    return found;
  };
  assert.deepEqual(await kinds(6), ['tick', 'tick', 'tick', 'tick', 'snapshot', 'snapshot']);
  assert.equal((await Receiver.follow(world, 'log:9900,0,0')).seen[0]?.kind, 'tick', 'a few are always there');
  world.clock.advance(1_000);
  assert.deepEqual(await kinds(3), ['tick', 'tick', 'snapshot']);
});

test('a follower whom the log has left behind gets a snapshot and goes on with the newest', async () => {
  const world = await setting(FEW);
  const receiver = await Receiver.follow(world);
  receiver.sink.blocking = true;
  world.trade(0);
  await settle(world.clock);
  for (let i = 0; i < 5; i++) {
    world.trade(1, 2);
    await settle(world.clock);
  }
  receiver.sink.blocking = false;
  receiver.sink.waiting = 0;
  receiver.client.drained();
  world.trade(2);
  await settle(world.clock);
  assert.deepEqual(receiver.seen.slice(1), [
    { kind: 'tick', id: 'log:1,0,0', ticks: ['0:0'] },
    { kind: 'snapshot', id: 'log:1,10,0', ticks: ['0:0', '1:9'] },
    { kind: 'tick', id: 'log:1,10,1', ticks: ['2:0'] },
  ]);
});

test('everyone who comes between two ticks gets the same snapshot', async () => {
  const world = await setting();
  world.trade(0);
  const [one, other] = [world.market.ticks.start(undefined), world.market.ticks.start(undefined)];
  assert.ok(!(one instanceof Promise) && !(other instanceof Promise));
  assert.equal(one.before?.[0], other.before?.[0]);
});
