import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { floods } from './floods.ts';
import { Trials } from './trials.ts';

/** The short form of `npm run test:floods`. */
const SECONDS = 1;
const SIZE = 0.2;
/** The most that the server may come to need, in bytes. */
const MOST_MEMORY = 700 * 1_048_576;
const trials = new Trials();
after(() => trials.end());

for (const flood of floods) {
  test(`${flood.name}: who behaves loses nothing, and the server's memory is bounded`, async () => {
    const trial = await trials.of(flood);
    const { pid } = trial;
    const before = await trial.quiet(0);
    const { counts, during, memory, complaints } = await trial.flood(flood, SECONDS, SIZE, before);
    assert.deepEqual(complaints, []);
    assert.ok(during.chat.count > 0 && during.ticks.count > 0 && during.admin.count > 0, JSON.stringify(during));
    assert.ok(Object.keys(counts).length > 0);
    assert.ok(memory.most < MOST_MEMORY, JSON.stringify(memory));
    // It is the same process, and it lives.
    process.kill(pid, 0);
  });
}
