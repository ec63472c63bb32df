import assert from 'node:assert/strict';
import test from 'node:test';
import { PieceWork } from '../../server/http/piece-work.ts';
import { ManualClock } from '../support/manual-clock.ts';

const settle = async (): Promise<void> => {
  for (let i = 0; i < 20; i++) await Promise.resolve();
};

test('pieces are done one after the other, with a rest after each that is as long as it took', async () => {
  const clock = new ManualClock();
  const work = new PieceWork(clock);
  const done: string[] = [];
  for (const name of ['a', 'b'])
    void work.do(async () => {
      clock.spend(5);
      done.push(name);
    });
  await settle();
  assert.deepEqual(done, ['a']);
  clock.advance(4);
  await settle();
  assert.deepEqual(done, ['a']);
  clock.advance(1);
  await settle();
  assert.deepEqual(done, ['a', 'b']);
});

test('a piece that fails says so to who asked for it, and the next is done', async () => {
  const clock = new ManualClock();
  const work = new PieceWork(clock);
  await assert.rejects(
    work.do(() => Promise.reject(new Error('no store'))),
    /no store/,
  );
  const next = work.do(async () => 'next');
  clock.advance(1);
  assert.equal(await next, 'next');
});
