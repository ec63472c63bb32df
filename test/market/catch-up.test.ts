import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TickRecord } from '../../server/engines/tick-log.ts';
import { CatchUp } from '../../server/market/catch-up.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { ManualTickLog, SharedPartitions } from './manual-tick-log.ts';
import { instance, Receiver, START, tick } from './world.ts';

/** What was handed on: `partition:offset` of a tick, `partition<next` of what was passed. */
function recorder() {
  const told: string[] = [];
  return {
    told,
    listener: {
      records(batch: readonly TickRecord[]): void {
        for (const { partition, offset } of batch) told.push(`${partition}:${offset}`);
      },
      passed: (partition: number, next: number): void => void told.push(`${partition}<${next}`),
    },
  };
}

const at = (partition: number, offset: number, time: number): TickRecord => ({
  partition,
  offset,
  tick: tick('A', 1, START + time),
});

test('what the log held is handed on in the order of its times, whichever partition is read first', () => {
  const { told, listener } = recorder();
  const catchUp = new CatchUp({ first: [0, 0], head: [3, 2], listener });
  catchUp.records([at(0, 0, 10), at(0, 1, 30), at(0, 2, 50)]);
  assert.deepEqual(told, [], 'the other partition may have something older');
  catchUp.records([at(1, 0, 20)]);
  assert.deepEqual(told, ['0:0', '1:0']);
  catchUp.records([at(1, 1, 40)]);
  assert.deepEqual(told, ['0:0', '1:0', '0:1', '1:1', '0:2']);
});

test('within a partition the order stays, whatever the times say', () => {
  const { told, listener } = recorder();
  const catchUp = new CatchUp({ first: [0, 0], head: [2, 1], listener });
  catchUp.records([at(0, 0, 90), at(0, 1, 10)]);
  catchUp.records([at(1, 0, 50)]);
  assert.deepEqual(told, ['1:0', '0:0', '0:1']);
});

test('once all that was there is read, records are handed on as they come', () => {
  const { told, listener } = recorder();
  const catchUp = new CatchUp({ first: [5, 0], head: [6, 0], listener });
  catchUp.records([at(1, 0, 99)]);
  assert.deepEqual(told, []);
  catchUp.records([at(0, 5, 10)]);
  catchUp.records([at(0, 6, 98)]);
  catchUp.records([at(1, 1, 97)]);
  assert.deepEqual(told, ['0:5', '1:0', '0:6', '1:1']);
  const empty = recorder();
  new CatchUp({ first: [0], head: [0], listener: empty.listener }).records([at(0, 0, 1)]);
  assert.deepEqual(empty.told, ['0:0'], 'a log that held nothing');
});

test('what is passed over counts as read, in its place', () => {
  const { told, listener } = recorder();
  const catchUp = new CatchUp({ first: [0, 0], head: [2, 4], listener });
  catchUp.records([at(1, 0, 20)]);
  catchUp.passed(1, 4);
  catchUp.passed(0, 1);
  catchUp.records([at(0, 1, 30)]);
  assert.deepEqual(told, ['0<1', '1:0', '1<4', '0:1']);
});

test('no more is held back than is allowed', () => {
  const { told, listener } = recorder();
  const catchUp = new CatchUp({ first: [0, 0], head: [1_000, 1], listener, most: 10 });
  for (let offset = 0; offset < 1_000; offset++) catchUp.records([at(0, offset, offset)]);
  assert.equal(told.length, 990);
  catchUp.records([at(1, 0, 995)]);
  assert.deepEqual(told.slice(-6), ['0:995', '1:0', '0:996', '0:997', '0:998', '0:999']);
});

test('who comes from another instance to one that has just started misses nothing, and gets hardly anything for itself', async () => {
  const clock = new ManualClock();
  const shared = new SharedPartitions();
  const log = new ManualTickLog(shared);
  const old = await instance(clock, log);
  const receivers = await Promise.all(Array.from({ length: 30 }, () => Receiver.follow(old)));
  const publish = (count: number): void => {
    for (let n = 0; n < count; n++) {
      const partition = n % 3;
      shared.add(partition, tick(`S${partition}`, n, START + (shared.next[partition] ?? 0)));
      log.deliver(partition);
    }
  };
  publish(1_500);
  clock.run();
  const ids = receivers.map(({ lastId }) => lastId);
  publish(900);

  const other = new ManualTickLog(shared);
  const fresh = await instance(clock, other);
  // One partition after the other, as a log that is read in large pieces.
  other.deliverAll();
  const returned = await Promise.all(ids.map((id) => Receiver.follow(fresh, id)));
  clock.run();
  const sent = shared.records.flatMap((records) => records.map(({ partition, offset }) => `${partition}:${offset}`));
  for (const [index, receiver] of returned.entries()) {
    const before = receivers[index]?.ticks.slice(0, 1_500) ?? [];
    assert.ok(
      receiver.seen.every(({ kind }) => kind === 'tick'),
      'no snapshot',
    );
    assert.deepEqual([...before, ...receiver.ticks].sort(), [...sent].sort());
  }
});
