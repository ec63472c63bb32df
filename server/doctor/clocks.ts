import type { Clock } from '../clock.ts';
import type { Say } from './finding.ts';

/** Clocks that are further apart than this, in milliseconds, are told of. */
const APART = 1_000;

/** Asks a server for its time, in milliseconds since 1970, and says whether it is ours. */
export async function compareClocks(say: Say, engine: string, clock: Clock, ask: () => Promise<number>): Promise<void> {
  const before = clock.now();
  const theirs = await ask();
  const after = clock.now();
  // It was looked at somewhere between the question and the answer: by half of that time the difference may be wrong.
  const apart = Math.round(theirs - (before + after) / 2);
  const doubt = (after - before) / 2;
  const what = `${engine} clock`;
  if (Math.abs(apart) - doubt <= APART) {
    say('ok', what, 'the same time as here');
    return;
  }
  const direction = apart > 0 ? 'ahead of' : 'behind';
  const seconds = (Math.abs(apart) / 1_000).toFixed(1);
  say('warn', what, `${seconds} s ${direction} ours: let both machines set their clocks by NTP (chrony)`);
}
