import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTickRing } from '../../../server/engines/embedded/tick-ring.ts';
import type { Tick, TickRecord } from '../../../server/engines/tick-log.ts';
import { ManualClock } from '../../support/manual-clock.ts';

const tick = (size: number, symbol = 'BTC-USD'): Tick => ({ symbol, price: 1, size, change: 0, time: size });
const many = (from: number, count: number): Tick[] => Array.from({ length: count }, (_, i) => tick(from + i));
const sizes = (records: readonly TickRecord[]): number[] => records.map((record) => record.tick.size);

function ring(capacity: number) {
  const clock = new ManualClock();
  return { clock, log: createTickRing({ clock, random: () => 0.5, capacity, partitions: 1 }) };
}

test('a full ring lets go of the oldest records', async () => {
  const { log } = ring(10);
  await log.append(many(0, 25));
  assert.deepEqual(await log.bounds(), { first: [15], next: [25] });
  assert.deepEqual(sizes(await log.read(0, 0, 100)), [15, 16, 17, 18, 19, 20, 21, 22, 23, 24]);
});

test('a follower whose next records are gone goes on with the oldest kept', async () => {
  const { log, clock } = ring(10);
  await log.append(many(0, 25));
  const seen: number[] = [];
  log.follow([3], { records: (batch) => seen.push(...sizes(batch)), reachable: () => undefined });
  clock.run();
  assert.deepEqual(seen, [15, 16, 17, 18, 19, 20, 21, 22, 23, 24]);
});

test('a long backlog is handed over in parts, with the event loop between them', async () => {
  const { log, clock } = ring(5_000);
  await log.append(many(0, 3_500));
  const batches: number[] = [];
  log.follow([0], { records: (batch) => batches.push(batch.length), reachable: () => undefined });
  clock.run();
  assert.deepEqual(batches, [1_000, 1_000, 1_000, 500]);
});

test('records of all partitions come in the order in which they were appended', async () => {
  const clock = new ManualClock();
  const log = createTickRing({ clock, random: () => 0.5 });
  const symbols = ['BTC-USD', 'SOL-USD', 'AVAX-USD', 'XRP-USD', 'DOGE-USD'];
  const sent = Array.from({ length: 50 }, (_, i) => tick(i, symbols[(i * 3) % 5]));
  await log.append(sent);
  const seen: TickRecord[] = [];
  log.follow([0, 0, 0], { records: (batch) => seen.push(...batch), reachable: () => undefined });
  clock.run();
  assert.deepEqual(sizes(seen), [...sent.keys()]);
  assert.equal(new Set(seen.map(({ partition }) => partition)).size, 3);
});

test('a partition that does not exist cannot be read', async () => {
  const { log } = ring(10);
  await assert.rejects(log.read(1, 0, 1), RangeError);
});
