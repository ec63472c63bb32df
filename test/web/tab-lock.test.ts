import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { holdLock } from '../../web/src/connection/tab-lock.ts';
import { FakeLocks } from './fake-locks.ts';

function tabsOf() {
  const locks = new FakeLocks();
  const log: string[] = [];
  const want = (tab: string, steal = false): (() => void) =>
    holdLock(locks, 'x', steal, { granted: () => log.push(`${tab} has it`), lost: () => log.push(`${tab} lost it`) });
  return { locks, log, want };
}

test('the lock goes from one to the next when it is released', async () => {
  const { log, want } = tabsOf();
  const release = want('A');
  want('B');
  await turn();
  assert.deepEqual(log, ['A has it']);
  release();
  await turn();
  assert.deepEqual(log, ['A has it', 'B has it']);
});

test('who waits no more gets nothing, and is told nothing', async () => {
  const { log, want } = tabsOf();
  const release = want('A');
  await turn();
  want('B')();
  release();
  await turn();
  assert.deepEqual(log, ['A has it']);
});

test('who takes it tells the one that had it', async () => {
  const { log, want } = tabsOf();
  want('A');
  want('B', true);
  await turn();
  assert.deepEqual(log.toSorted(), ['A has it', 'A lost it', 'B has it']);
});

test('a browser that gives no lock says so', async () => {
  const { locks, log, want } = tabsOf();
  locks.refusing = true;
  want('A');
  await turn();
  assert.deepEqual(log, ['A lost it']);
});
