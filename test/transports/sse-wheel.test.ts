import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BEAT, SLOTS, Wheel } from '../../server/transports/sse-wheel.ts';
import { ManualClock } from '../support/manual-clock.ts';

interface Counting {
  beats: number;
  beat(): void;
}

const counting = (): Counting => ({
  beats: 0,
  beat() {
    this.beats++;
  },
});

test('every member beats once a round, spread evenly over it', () => {
  const clock = new ManualClock();
  const wheel = new Wheel<Counting>(clock);
  const members = Array.from({ length: 2 * SLOTS }, () => {
    const member = counting();
    wheel.add(member, wheel.slot());
    return member;
  });
  const total = () => members.reduce((sum, { beats }) => sum + beats, 0);
  for (let turn = 1; turn <= SLOTS; turn++) {
    clock.advance(BEAT / SLOTS);
    assert.equal(total(), 2 * turn);
  }
  assert.ok(members.every(({ beats }) => beats === 1));
  clock.advance(BEAT);
  assert.ok(members.every(({ beats }) => beats === 2));
});

test('who was removed beats no more', () => {
  const clock = new ManualClock();
  const wheel = new Wheel<Counting>(clock);
  const [one, other, slot] = [counting(), counting(), wheel.slot()];
  wheel.add(one, slot);
  wheel.add(other, slot);
  wheel.remove(one, slot);
  clock.advance(BEAT);
  assert.deepEqual([one.beats, other.beats], [0, 1]);
});

test('after stop nobody beats, and no timer is left', () => {
  const clock = new ManualClock();
  const wheel = new Wheel<Counting>(clock);
  const member = counting();
  wheel.add(member, wheel.slot());
  wheel.stop();
  clock.advance(BEAT);
  assert.equal(member.beats, 0);
  assert.equal(clock.pending, 0);
});
