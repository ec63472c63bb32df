import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Typist } from '../../web/src/chat/typist.ts';
import { ManualClock } from '../support/manual-clock.ts';

function typistOf() {
  const clock = new ManualClock();
  const said: boolean[] = [];
  return { clock, said, typist: new Typist(clock, (typing) => said.push(typing)) };
}

test('says so at the first key, then at most once a second', () => {
  const { clock, said, typist } = typistOf();
  for (let i = 0; i < 25; i++) {
    typist.key();
    clock.advance(100);
  }
  assert.deepEqual(said, [true, true, true]);
});

test('a second without a key ends it', () => {
  const { clock, said, typist } = typistOf();
  typist.key();
  clock.advance(999);
  assert.deepEqual(said, [true]);
  clock.advance(1);
  assert.deepEqual(said, [true, false]);
});

test('stopping says so once, and typing anew is said at once', () => {
  const { said, typist } = typistOf();
  typist.stop();
  typist.key();
  typist.stop();
  typist.stop();
  typist.key();
  assert.deepEqual(said, [true, false, true]);
});
