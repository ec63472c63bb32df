import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Link, type LinkState } from '../../web/src/connection/link.ts';
import { ManualClock } from '../support/manual-clock.ts';

function linkOf() {
  const clock = new ManualClock();
  const states: LinkState[] = [];
  let opened = 0;
  const link = new Link({
    clock,
    random: () => 1,
    open: () => {
      opened++;
    },
    changed: (state) => states.push(state),
  });
  return { clock, link, states, opened: () => opened };
}

test('a lost connection is tried again, and is offline after three failures while tries go on', () => {
  const { clock, link, states, opened } = linkOf();
  link.start();
  link.succeeded();
  link.failed();
  clock.advance(500);
  link.failed();
  clock.advance(1_000);
  link.failed();
  clock.advance(2_000);
  assert.equal(opened(), 4);
  assert.deepEqual(states, ['live', 'reconnecting', 'offline']);
});

test('waking does not wait for the next try', () => {
  const { clock, link, opened } = linkOf();
  link.start();
  link.failed();
  link.wake();
  assert.equal(opened(), 2);
  clock.advance(60_000);
  assert.equal(opened(), 2, 'the try that was planned is gone');
});

test('waking a live connection does nothing', () => {
  const { link, opened } = linkOf();
  link.start();
  link.succeeded();
  link.wake();
  assert.equal(opened(), 1);
});

test('a connection that is cut as soon as it is made is tried ever more slowly', () => {
  const { clock, link, opened } = linkOf();
  link.start();
  for (const wait of [500, 1_000, 2_000]) {
    link.succeeded();
    link.failed();
    clock.advance(wait - 1);
    const before = opened();
    clock.advance(1);
    assert.equal(opened(), before + 1);
  }
});

test('a connection that lived for a while is tried quickly again', () => {
  const { clock, link, opened } = linkOf();
  link.start();
  link.failed();
  clock.advance(500);
  link.failed();
  clock.advance(1_000);
  link.succeeded();
  clock.advance(5_000);
  link.failed();
  clock.advance(500);
  assert.equal(opened(), 4);
});

test('after stop nothing is tried any more', () => {
  const { clock, link, opened } = linkOf();
  link.start();
  link.failed();
  link.stop();
  link.failed();
  clock.advance(60_000);
  assert.equal(opened(), 1);
  assert.equal(clock.pending, 0);
});
