import assert from 'node:assert/strict';
import { test } from 'node:test';
import { patiently, TooLate } from '../../../server/engines/kafka/patience.ts';
import { recordingLog } from '../../chat/recording-log.ts';
import { ManualClock } from '../../support/manual-clock.ts';

const wanted = { brokers: ['b:1'], topic: 't' };

function patienceUntil(reason: Error) {
  const end = new AbortController();
  end.abort(reason);
  return { clock: new ManualClock(), log: recordingLog().log, random: () => 0.5, signal: end.signal };
}

test('a start whose time was over before its first attempt tries once, and says why it failed', async () => {
  const refused = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
  const late = patienceUntil(new TooLate(1_000));
  const attempt = patiently(late, wanted, () => Promise.reject(refused));
  await assert.rejects(attempt, /^Error: Kafka does not answer at b:1 within 1 s \(.*ECONNREFUSED.*\): start it, or/);
  assert.equal(await patiently(late, wanted, async () => 'there'), 'there');
});

test('a start that nobody wants any more tries nothing', async () => {
  const attempt = patiently(patienceUntil(new Error('stopped')), wanted, () => assert.fail('it tried'));
  await assert.rejects(attempt, /stopped/);
});
