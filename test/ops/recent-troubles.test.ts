import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RecentTroubles } from '../../server/ops/recent-troubles.ts';
import { recordingLog } from '../chat/recording-log.ts';
import { ManualClock } from '../support/manual-clock.ts';

test('warnings and errors are kept, clean and with what the error said, and go to the log all the same', () => {
  const clock = new ManualClock();
  const troubles = new RecentTroubles(clock, (line) => line.replaceAll('secret', '…'));
  const { log, lines } = recordingLog();
  const watched = troubles.watch(log);
  watched.info({}, 'all is well');
  watched.warn({ err: new Error('the secret is out') }, 'a secret fails');
  watched.error({}, 'another');
  const time = clock.now();
  assert.deepEqual(troubles.all, [
    { time, level: 'warn', text: 'a … fails', detail: 'the … is out' },
    { time, level: 'error', text: 'another' },
  ]);
  assert.equal(lines.length, 3);
});

test('the last hundred are kept', () => {
  const troubles = new RecentTroubles(new ManualClock(), (line) => line);
  const watched = troubles.watch(recordingLog().log);
  for (let i = 0; i < 150; i++) watched.warn({}, `trouble ${i}`);
  assert.deepEqual([troubles.all.length, troubles.all[0]?.text], [100, 'trouble 50']);
});
