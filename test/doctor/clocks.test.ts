import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compareClocks } from '../../server/doctor/clocks.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { Diagnosis } from './diagnose.ts';

/** What is said of a clock that is ahead by so much, where the answer takes so long, in milliseconds, and was made at its end. */
async function told(ahead: number, takes: number): Promise<string> {
  const clock = new ManualClock();
  const ask = async (): Promise<number> => {
    clock.spend(takes);
    return clock.now() + ahead;
  };
  const { lines } = await Diagnosis.of({ what: 'X', run: (say) => compareClocks(say, 'X', clock, ask) });
  return lines.join();
}

test('a clock that differs by more than a second is told of', async () => {
  assert.match(await told(999, 0), /^ok/);
  assert.match(await told(1_001, 0), /^warn.*1\.0 s ahead of ours/);
  assert.match(await told(-5_000, 100), /^warn.*behind ours/);
});

test('an answer that took long is no sign of a clock that is wrong', async () => {
  assert.match(await told(0, 4_000), /^ok/);
  assert.match(await told(5_000, 4_000), /^warn.*ahead of ours/);
});
