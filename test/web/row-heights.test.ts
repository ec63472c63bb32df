import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { RowHeights } from '../../web/src/chat/row-heights.ts';
import type { Row } from '../../web/src/chat/rows.ts';

const rows = (count: number): Row[] =>
  Array.from({ length: count }, (_, i) => ({ kind: 'day', key: `row ${i}`, time: i }));

function heightsOf(heights: readonly number[]): RowHeights {
  const list = new RowHeights();
  list.setRows(rows(heights.length));
  list.measure(new Map(heights.map((height, i) => [`row ${i}`, height])));
  return list;
}

test('rows lie one under the other by their measured heights', () => {
  const list = heightsOf([10, 20, 30]);
  assert.deepEqual([list.topOf(0), list.topOf(1), list.topOf(2), list.total], [0, 10, 30, 60]);
  assert.deepEqual([list.at(0), list.at(9), list.at(10), list.at(59), list.at(1_000)], [0, 0, 1, 2, 2]);
});

test('what was not drawn yet is guessed, and what is measured says whether it differs', () => {
  const list = new RowHeights();
  list.setRows(rows(2));
  assert.ok(list.total > 0);
  assert.equal(list.measure(new Map([['row 0', 50]])), true);
  assert.equal(list.measure(new Map([['row 0', 50]])), false);
});

test('a span has the rows between two heights, and room for all others', () => {
  const list = heightsOf([10, 10, 10, 10, 10]);
  assert.deepEqual(list.span(15, 25), { from: 1, to: 3, above: 10, below: 20 });
  assert.deepEqual(list.span(-100, 1_000), { from: 0, to: 5, above: 0, below: 0 });
});

test('no rows take no room', () => {
  const list = new RowHeights();
  assert.deepEqual(list.span(0, 500), { from: 0, to: 0, above: 0, below: 0 });
});

test('whatever the heights, above, the rows and below make up the whole, and the rows cover what is seen', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1 }),
      fc.nat(),
      fc.nat(2_000),
      (all, at, size) => {
        const list = heightsOf(all);
        const top = at % list.total;
        const { from, to, above, below } = list.span(top, top + size);
        const drawn = all.slice(from, to).reduce((sum, height) => sum + height, 0);
        assert.equal(above + drawn + below, list.total);
        assert.ok(above <= top && above + drawn >= Math.min(list.total, top + size));
      },
    ),
  );
});

test('of ten thousand rows a screen draws some dozens', () => {
  const list = new RowHeights();
  list.setRows(rows(10_000));
  const { from, to } = list.span(100_000, 102_000);
  assert.ok(to - from < 100);
});

test('heights of rows that are gone are forgotten in time', () => {
  const list = new RowHeights();
  for (let i = 0; i < 3_000; i++) list.measure(new Map([[`gone ${i}`, 1]]));
  list.setRows(rows(3));
  assert.equal(list.measure(new Map([['gone 0', 1]])), true);
});
