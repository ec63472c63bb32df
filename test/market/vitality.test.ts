import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Vitality } from '../../server/market/vitality.ts';
import { ManualClock } from '../support/manual-clock.ts';

function setting() {
  const clock = new ManualClock();
  const told: string[] = [];
  const vitality = new Vitality(clock, (status) => told.push(status));
  const beat = (beat: 'live' | 'silent', ago = 0): void => vitality.beat({ beat, time: clock.now() - ago });
  return { clock, told, vitality, beat };
}

test('prices are stale while the log cannot be read', () => {
  const { vitality, told, beat } = setting();
  assert.equal(vitality.status, 'stale');
  vitality.reachable(true);
  assert.equal(vitality.status, 'live');
  beat('live');
  vitality.reachable(false);
  assert.deepEqual([told, vitality.status], [['live', 'stale'], 'stale']);
  vitality.close();
});

test('without signs of life silence says nothing', () => {
  const { vitality, clock } = setting();
  vitality.reachable(true);
  vitality.ticks();
  clock.advance(3_600_000);
  assert.deepEqual([vitality.status, vitality.isKnown, clock.pending], ['live', false, 0]);
});

test('with signs of life a market without ticks is live, and stale within ten seconds after the last one', () => {
  const { vitality, clock, told, beat } = setting();
  vitality.reachable(true);
  for (let i = 0; i < 100; i++) {
    beat('live');
    clock.advance(3_000);
  }
  assert.deepEqual(told, ['live']);
  clock.advance(4_999);
  assert.deepEqual(told, ['live']);
  clock.advance(1);
  assert.deepEqual([told, vitality.status], [['live', 'stale'], 'stale']);
  beat('live');
  assert.deepEqual(told, ['live', 'stale', 'live']);
  vitality.close();
  assert.equal(clock.pending, 0);
});

test('a feed that hears nothing says so: prices are stale at once, and live again with the next tick', () => {
  const { vitality, told, beat } = setting();
  vitality.reachable(true);
  beat('live');
  beat('silent');
  beat('silent');
  assert.deepEqual(told, ['live', 'stale']);
  vitality.ticks();
  assert.deepEqual(told, ['live', 'stale', 'live']);
  vitality.close();
});

test('a feed whose clock is wrong by some seconds is believed, and a sign of another time is not', () => {
  const { vitality, clock, beat } = setting();
  vitality.reachable(true);
  beat('silent', 3_600_000);
  assert.deepEqual([vitality.status, vitality.isKnown], ['live', false]);
  beat('live', 60_000);
  assert.deepEqual([vitality.status, vitality.isKnown], ['live', true]);
  clock.advance(9_000);
  assert.equal(vitality.status, 'stale');
  beat('live', -60_000);
  assert.equal(vitality.status, 'live');
  vitality.close();
});
