import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from '../../server/engines/sources/random.ts';
import { type Drainable, drain, drainWindow } from '../../server/transports/drain.ts';
import { ManualClock } from '../support/manual-clock.ts';

/** A transport with so many clients, which note when they were told to leave. */
function transport(clients: number, clock: ManualClock, told: number[]): Drainable {
  return { drain: () => Array.from({ length: clients }, () => ({ leave: () => void told.push(clock.monotonic()) })) };
}

/** When each client was told, in milliseconds from the start. */
async function drained(sizes: readonly number[], window: number): Promise<number[]> {
  const clock = new ManualClock();
  const told: number[] = [];
  const start = clock.monotonic();
  const transports = sizes.map((size) => transport(size, clock, told));
  let over = false;
  const done = drain({ clock, random: seededRandom(7), transports, window }).then(() => {
    over = true;
  });
  for (let step = 0; !over && step < 10_000; step++) {
    clock.advance(5);
    await Promise.resolve();
    await Promise.resolve();
  }
  await done;
  return told.map((time) => time - start);
}

test('every client is told, once, within the window and a batch', async () => {
  const times = await drained([700, 250, 50], 5_000);
  assert.equal(times.length, 1_000);
  assert.ok(Math.max(...times) <= 5_100, `${Math.max(...times)}`);
});

test('no tenth of the window gets much more than a tenth of the clients', async () => {
  const times = await drained([4_000, 1_000], 10_000);
  for (let tenth = 0; tenth < 10; tenth++) {
    const count = times.filter((time) => time > tenth * 1_000 && time <= (tenth + 1) * 1_000).length;
    assert.ok(count > 400 && count < 600, `${count} of 5,000 in second ${tenth}`);
  }
});

test('the pauses between batches differ', async () => {
  const times = [...new Set(await drained([1_000], 5_000))];
  const pauses = new Set(times.slice(1).map((time, index) => time - (times[index] ?? 0)));
  assert.ok(pauses.size > 3, [...pauses].join());
});

test('without a window all are told at once, and without clients nothing is waited for', async () => {
  assert.deepEqual(new Set(await drained([100], 0)), new Set([0]));
  const clock = new ManualClock();
  await drain({ clock, random: () => 0.5, transports: [transport(0, clock, [])], window: 10_000 });
  assert.equal(clock.pending, 0);
});

test('a window is as long as its clients need, and no longer than it may', () => {
  assert.equal(drainWindow(0, 10_000), 0);
  assert.equal(drainWindow(2, 10_000), 10);
  assert.equal(drainWindow(1_000, 10_000), 5_000);
  assert.equal(drainWindow(50_000, 10_000), 10_000);
});
