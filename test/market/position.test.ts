import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { covers, formatPosition, parsePosition, union, withOffset } from '../../server/market/position.ts';

test('a position is its epoch and the next offset of each partition', () => {
  assert.equal(formatPosition('a1', [3, 0, 12]), 'a1:3,0,12');
  assert.deepEqual(parsePosition('a1:3,0,12'), { epoch: 'a1', vector: [3, 0, 12] });
});

for (const text of [
  '',
  'a1',
  'a1:',
  ':1,2',
  'a1:1,',
  'a1:-1,2',
  'a1:1.5',
  'a1:1, 2',
  'a1:1,2\n',
  'a:b:1',
  `a1:${'9'.repeat(16)}`,
]) {
  test(`${JSON.stringify(text)} is no position`, () => assert.equal(parsePosition(text), undefined));
}

test('what was formatted is read back', () => {
  const vector = fc.array(fc.nat(), { minLength: 1, maxLength: 10 });
  fc.assert(
    fc.property(fc.stringMatching(/^[\w.-]{1,64}$/), vector, (epoch, offsets) => {
      assert.deepEqual(parsePosition(formatPosition(epoch, offsets)), { epoch, vector: offsets });
    }),
    { numRuns: 300 },
  );
});

test('any text is a position or not, and nothing worse', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const position = parsePosition(text);
      if (position !== undefined) assert.ok(position.vector.every(Number.isSafeInteger));
    }),
    { numRuns: 500 },
  );
});

test('one vector covers another where no partition is behind', () => {
  assert.ok(covers([1, 2, 3], [1, 2, 3]));
  assert.ok(covers([2, 2, 3], [1, 2, 3]));
  assert.ok(!covers([2, 2, 2], [1, 2, 3]));
});

test('the union covers both', () => assert.deepEqual(union([1, 5, 0], [2, 3, 0]), [2, 5, 0]));

test('a vector with another offset leaves the first as it is', () => {
  const vector = [1, 2, 3];
  assert.deepEqual(withOffset(vector, 1, 9), [1, 9, 3]);
  assert.deepEqual(vector, [1, 2, 3]);
});
