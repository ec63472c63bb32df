import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fuzzers, MOST_GROWTH } from './fuzzers.ts';

/** The short form of `npm run test:fuzz`. Another seed each time would make a failure somebody else's. */
const SEED = 20_260_101;
const INPUTS = 20_000;
const shares = fuzzers.reduce((sum, { share = 1 }) => sum + share, 0);

for (const { name, share = 1, fuzz } of fuzzers) {
  test(`${name}: hostile input is answered as it must be, and costs no memory`, async () => {
    const count = Math.ceil((INPUTS * share) / shares);
    const { inputs, memoryGrowth } = await fuzz(count, SEED);
    assert.equal(inputs, count);
    assert.ok(memoryGrowth < MOST_GROWTH, `${memoryGrowth} bytes`);
  });
}
