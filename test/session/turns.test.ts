import assert from 'node:assert/strict';
import test from 'node:test';
import { Turns } from '../../server/session/turns.ts';
import { ManualClock } from '../support/manual-clock.ts';

test('those who wait go on in their order, some milliseconds of work in each turn', () => {
  const tasks: (() => void)[] = [];
  let now = 0;
  const clock = { ...new ManualClock(), monotonic: () => now, soon: (task: () => void) => void tasks.push(task) };
  const turns = new Turns(clock as unknown as ManualClock); // it uses no more of a clock than these two
  const seen: number[] = [];
  for (let number = 0; number < 10; number++) {
    turns.wait({}, () => {
      seen.push(number);
      now += 2;
    });
  }
  const byTurn: number[] = [];
  for (let task = tasks.shift(); task !== undefined; task = tasks.shift()) {
    const before = seen.length;
    task();
    byTurn.push(seen.length - before);
  }
  assert.deepEqual(seen, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  assert.deepEqual(byTurn, [2, 2, 2, 2, 2]);
});

test('who comes back waits behind all others', () => {
  const clock = new ManualClock();
  const turns = new Turns(clock);
  const seen: string[] = [];
  const a = {};
  turns.wait(a, () => {
    seen.push('a');
    turns.wait(a, () => seen.push('a again'));
  });
  turns.wait({}, () => seen.push('b'));
  clock.run();
  assert.deepEqual(seen, ['a', 'b', 'a again']);
});

test('who comes now and then does not wait for those who come back at once', () => {
  const clock = new ManualClock();
  const turns = new Turns(clock);
  const seen: string[] = [];
  const greedy = Array.from({ length: 3 }, () => ({}));
  for (const who of greedy) turns.wait(who, () => undefined);
  clock.run();
  for (const who of greedy) turns.wait(who, () => seen.push('greedy'));
  turns.wait({}, () => seen.push('seldom'));
  clock.run();
  assert.deepEqual(seen, ['seldom', 'greedy', 'greedy', 'greedy']);
});
