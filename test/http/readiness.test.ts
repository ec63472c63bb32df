import assert from 'node:assert/strict';
import { test } from 'node:test';
import { probe, Readiness } from '../../server/http/readiness.ts';
import { ManualClock } from '../support/manual-clock.ts';

test('an instance is ready once all is started and read up to its head', () => {
  const readiness = new Readiness();
  assert.deepEqual(readiness.reasons, ['store', 'ticks']);
  readiness.started('store', () => true);
  let caughtUp = false;
  readiness.started('ticks', () => caughtUp);
  assert.deepEqual(readiness.reasons, ['ticks']);
  caughtUp = true;
  assert.deepEqual(readiness.reasons, []);
});

test('an instance that stops is not ready any more', () => {
  const readiness = new Readiness();
  readiness.started('store', () => true);
  readiness.started('ticks', () => true);
  assert.equal(readiness.stage, 'serving');
  readiness.stop('announced');
  assert.equal(readiness.stage, 'announced');
  assert.deepEqual(readiness.reasons, ['stopping']);
});

test('an engine is asked at most once a second, and is down when it does not answer', async () => {
  const clock = new ManualClock();
  let asked = 0;
  let up = true;
  const state = probe(clock, async () => {
    asked++;
    if (!up) throw new Error('away');
  });
  assert.deepEqual([await state(), await state()], ['up', 'up']);
  up = false;
  assert.equal(await state(), 'up');
  assert.equal(asked, 1);
  clock.advance(1_001);
  assert.equal(await state(), 'down');
  assert.equal(asked, 2);
});

test('an engine that does not answer within half a second is down', async () => {
  const clock = new ManualClock();
  const state = probe(clock, () => new Promise(() => undefined))();
  clock.advance(500);
  assert.equal(await state, 'down');
});

test('a feed has no store to be ready', () => {
  const readiness = new Readiness(['ticks']);
  assert.deepEqual(readiness.reasons, ['ticks']);
  readiness.started('ticks', () => true);
  assert.deepEqual(readiness.reasons, []);
});
