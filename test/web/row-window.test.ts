import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ROW_HEIGHT, rowWindow, scrollTo } from '../../web/src/market/row-window.ts';

test('of 500 rows only those that are seen are made, and a few around them', () => {
  const { from, to } = rowWindow(500, 200 * ROW_HEIGHT, 10 * ROW_HEIGHT);
  assert.ok(from <= 200 && to >= 210);
  assert.ok(to - from <= 20, `${to - from} rows`);
});

test('the window never goes beyond the list', () => {
  assert.deepEqual(rowWindow(0, 0, 600), { from: 0, to: 0 });
  assert.deepEqual(rowWindow(3, -50, 600), { from: 0, to: 3 });
  const { from, to } = rowWindow(3, 9_999, 600);
  assert.deepEqual([from <= to, to], [true, 3]);
});

test('a row is scrolled to no further than needed', () => {
  const height = 5 * ROW_HEIGHT;
  assert.equal(scrollTo(2, 0, height), 0);
  assert.equal(scrollTo(2, 4 * ROW_HEIGHT, height), 2 * ROW_HEIGHT);
  assert.equal(scrollTo(9, 0, height), 5 * ROW_HEIGHT);
});
