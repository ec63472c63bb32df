import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HeadReader } from '../../server/chat/head-reader.ts';
import { settle } from './turn.ts';

/** A store whose reads end when the test says so; each tells its own number. */
function setUp() {
  const reads: { resolve(head: number): void; reject(error: Error): void }[] = [];
  const reader = new HeadReader(() => new Promise((resolve, reject) => void reads.push({ resolve, reject })));
  return { reads, reader };
}

test('those who ask while a read is under way share the next one, which begins after it', async () => {
  const { reads, reader } = setUp();
  const first = reader.read();
  const others = [reader.read(), reader.read(), reader.read()];
  await settle();
  assert.equal(reads.length, 1);
  reads[0]?.resolve(1);
  assert.equal(await first, 1);
  await settle();
  assert.equal(reads.length, 2);
  reads[1]?.resolve(2);
  assert.deepEqual(await Promise.all(others), [2, 2, 2]);
  void reader.read();
  assert.equal(reads.length, 3);
});

test('a read that fails is told to those who asked for it, and the next one begins', async () => {
  const { reads, reader } = setUp();
  const first = reader.read();
  const second = reader.read();
  reads[0]?.reject(new Error('away'));
  await assert.rejects(first, /away/);
  await settle();
  reads[1]?.resolve(5);
  assert.equal(await second, 5);
});
