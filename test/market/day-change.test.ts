import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DayChange } from '../../server/market/day-change.ts';

const MINUTE = 60_000;
const DAY = 1_440 * MINUTE;

test('the first price has not changed', () => assert.equal(new DayChange().add(100, DAY), 0));

test('the change is in per cent of the first price, to two places', () => {
  const change = new DayChange();
  change.add(100, DAY);
  assert.equal(change.add(101.5, DAY + 1), 1.5);
  assert.equal(change.add(99.996, DAY + 2), 0);
  assert.equal(change.add(50, DAY + MINUTE), -50);
});

test('after 24 hours the first price is the first of a later minute', () => {
  const change = new DayChange();
  change.add(100, DAY);
  change.add(999, DAY + 30_000);
  change.add(200, DAY + MINUTE);
  assert.equal(change.add(300, 2 * DAY - 1), 200);
  assert.equal(change.add(300, 2 * DAY), 50);
});

test('after a silence of days the newest price is all there is to compare with', () => {
  const change = new DayChange();
  change.add(100, DAY);
  assert.equal(change.add(150, 10 * DAY), 0);
});

test('over many days it compares with the price of 24 hours ago', () => {
  const change = new DayChange();
  for (let minute = 0; minute < 5 * 1_440; minute++) {
    const expected = Math.max(0, minute - 1_439);
    const percent = Math.round(((minute - expected) / (1_000 + expected)) * 10_000) / 100;
    assert.equal(change.add(1_000 + minute, minute * MINUTE), percent);
  }
});

test('a time before the last counts as its minute', () => {
  const change = new DayChange();
  change.add(100, DAY + MINUTE);
  assert.equal(change.add(110, DAY), 10);
});
