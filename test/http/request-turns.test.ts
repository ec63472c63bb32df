import assert from 'node:assert/strict';
import test from 'node:test';
import { RequestTurns } from '../../server/http/request-turns.ts';
import { ManualClock } from '../support/manual-clock.ts';

/** Turns whose tasks run one round at a time. */
function rounds() {
  let soon: (() => void)[] = [];
  const clock = new ManualClock();
  clock.soon = (task) => void soon.push(task);
  const next = (): void => {
    const tasks = soon;
    soon = [];
    for (const task of tasks) task();
  };
  return { turns: new RequestTurns(clock), next, idle: () => soon.length === 0 };
}

test('sixteen requests begin at once, the others sixteen in each turn, and all of them in the end', () => {
  const { turns, next, idle } = rounds();
  let begun = 0;
  for (let request = 0; request < 40; request++) turns.begin('a', () => begun++);
  const seen = [begun];
  while (!idle()) {
    next();
    seen.push(begun);
  }
  assert.deepEqual(seen, [16, 32, 40, 40]);
});

test('who asks for little does not wait for all of what another has asked for', () => {
  const { turns, next } = rounds();
  const begun: string[] = [];
  for (let request = 0; request < 100; request++) turns.begin('greedy', () => begun.push('greedy'));
  turns.begin('other', () => begun.push('other'));
  next();
  assert.equal(begun.indexOf('other'), 17);
});

test('what is not wanted any more when its turn comes is left out, and takes nobody’s place', () => {
  const { turns, next } = rounds();
  const begun: number[] = [];
  for (let request = 0; request < 16; request++) turns.begin('a', () => begun.push(request));
  const gone = new Set([16, 17, 20]);
  for (let request = 16; request < 40; request++) {
    turns.begin(
      'a',
      () => begun.push(request),
      () => !gone.has(request),
    );
  }
  for (let request = 40; request < 50; request++) turns.begin('b', assert.fail, () => false);
  next();
  assert.equal(begun.length, 32);
  next();
  assert.deepEqual(
    begun,
    Array.from({ length: 40 }, (_, request) => request).filter((request) => !gone.has(request)),
  );
});

test('what begins while others are served waits behind them', () => {
  const { turns, next } = rounds();
  const begun: number[] = [];
  for (let request = 0; request < 17; request++) turns.begin('a', () => begun.push(request));
  turns.begin('b', () => turns.begin('b', () => begun.push(99)));
  next();
  assert.deepEqual(begun.slice(16), [16, 99]);
});
