import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Freshness } from '../../web/src/market/freshness.ts';
import { ManualClock } from '../support/manual-clock.ts';

function freshnessOf() {
  const clock = new ManualClock();
  const states: string[] = [];
  return { clock, states, freshness: new Freshness(clock, (state) => states.push(state)) };
}

test('prices are live while ticks come, stale after ten seconds without one, and live again with the next', () => {
  const { clock, states, freshness } = freshnessOf();
  freshness.link('live');
  for (let i = 0; i < 30; i++) {
    clock.advance(1_000);
    freshness.tick();
  }
  assert.deepEqual(states, ['live']);
  clock.advance(9_999);
  assert.deepEqual(states, ['live']);
  clock.advance(1);
  assert.deepEqual(states, ['live', 'stale']);
  freshness.tick();
  assert.deepEqual(states, ['live', 'stale', 'live']);
});

test('a connection that brings nothing is stale in the end', () => {
  const { clock, states, freshness } = freshnessOf();
  freshness.link('live');
  clock.advance(10_000);
  assert.deepEqual(states, ['live', 'stale']);
});

test('a lost connection makes prices stale at once, and offline when it does not come back', () => {
  const { states, freshness } = freshnessOf();
  freshness.link('live');
  freshness.link('reconnecting');
  freshness.link('offline');
  assert.deepEqual(states, ['live', 'stale', 'offline']);
});

test('where the server says that prices are the newest, a market in which nobody trades is not stale', () => {
  const { clock, states, freshness } = freshnessOf();
  freshness.link('live');
  freshness.status('live');
  clock.advance(60_000);
  assert.deepEqual(new Set(states), new Set(['live']));
  freshness.status('stale');
  assert.equal(states.at(-1), 'stale');
  freshness.status('live');
  assert.equal(states.at(-1), 'live');
});

test('what one connection said is worth nothing for the next', () => {
  const { clock, states, freshness } = freshnessOf();
  freshness.link('live');
  freshness.status('live');
  freshness.link('reconnecting');
  freshness.link('live');
  clock.advance(10_000);
  assert.equal(states.at(-1), 'stale');
});
