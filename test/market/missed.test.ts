import assert from 'node:assert/strict';
import { test } from 'node:test';
import { distance, readMissed } from '../../server/market/missed.ts';
import { ManualTickLog } from './manual-tick-log.ts';
import { tick } from './world.ts';

/** Three partitions; the size of each tick is its time. */
function filled(): ManualTickLog {
  const log = new ManualTickLog();
  for (const [partition, sizes] of [
    [0, 3, 6],
    [1, 4, 7],
    [2, 5, 8],
  ].entries())
    for (const size of sizes) log.shared.add(partition, tick('ABC'[partition] ?? '', size));
  return log;
}

test('the distance counts what lies between, and nothing that one is ahead of', () => {
  assert.equal(distance([1, 5, 0], [3, 2, 4]), 6);
});

test('what lies between two vectors comes in the order of the times, each tick with where its receiver stands', async () => {
  const read = await readMissed(filled(), [1, 0, 3], [3, 2, 1]);
  assert.deepEqual(
    read?.map(({ tick: { size }, vector }) => [size, vector]),
    [
      [1, [1, 1, 3]],
      [3, [2, 1, 3]],
      [4, [2, 2, 3]],
      [6, [3, 2, 3]],
    ],
  );
});

test('ticks of a partition keep their order though their times do not', async () => {
  const log = new ManualTickLog();
  log.shared.add(0, tick('A', 9));
  log.shared.add(0, tick('A', 1));
  log.shared.add(1, tick('B', 5));
  const read = await readMissed(log, [0, 0, 0], [2, 1, 0]);
  assert.deepEqual(
    read?.map(({ tick: { size } }) => size),
    [5, 9, 1],
  );
});

test('where the log does not keep all of it, there is nothing', async () => {
  const log = filled();
  log.shared.first[1] = 1;
  assert.equal(await readMissed(log, [0, 0, 0], [1, 1, 1]), undefined);
});

test('an offset that holds no tick is no tick that is missing', async () => {
  const log = filled();
  const [first] = log.shared.records;
  first?.splice(1, 1);
  const read = await readMissed(log, [0, 3, 3], [3, 3, 3]);
  assert.deepEqual(
    read?.map(({ tick: { size } }) => size),
    [0, 6],
  );
});
