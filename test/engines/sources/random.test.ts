import assert from 'node:assert/strict';
import { test } from 'node:test';
import { normalPair, seededRandom } from '../../../server/engines/sources/random.ts';

const take = (random: () => number, count: number): number[] => Array.from({ length: count }, random);

test('a seed fixes the sequence, and neighbouring seeds have nothing in common', () => {
  assert.deepEqual(take(seededRandom(7), 20), take(seededRandom(7), 20));
  const [one, other] = [take(seededRandom(7), 20), take(seededRandom(8), 20)];
  assert.ok(one.every((number, i) => number !== other[i]));
});

test('numbers are spread evenly over [0, 1)', () => {
  const numbers = take(seededRandom(1), 20_000);
  assert.ok(numbers.every((number) => number >= 0 && number < 1));
  for (let tenth = 0; tenth < 10; tenth++) {
    const share = numbers.filter((number) => Math.floor(number * 10) === tenth).length / numbers.length;
    assert.ok(Math.abs(share - 0.1) < 0.01, `${tenth}: ${share}`);
  }
});

test('normal numbers have mean 0 and deviation 1', () => {
  const random = seededRandom(1);
  const numbers = Array.from({ length: 10_000 }, () => normalPair(random)).flat();
  const mean = numbers.reduce((sum, x) => sum + x, 0) / numbers.length;
  const variance = numbers.reduce((sum, x) => sum + x * x, 0) / numbers.length;
  assert.ok(Math.abs(mean) < 0.03 && Math.abs(variance - 1) < 0.03, `${mean} ${variance}`);
});
