import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Diagnosis } from './diagnose.ts';

test('a check that never ends is cut at its limit, and says what it had found before', async () => {
  const aborted = Promise.withResolvers<void>();
  const { lines, healthy } = await Diagnosis.of({
    what: 'Sloth',
    limit: 20,
    run: (say, signal) => {
      say('ok', 'Sloth', 'hangs here');
      signal.addEventListener('abort', () => aborted.resolve());
      return new Promise(() => undefined);
    },
  });
  assert.deepEqual(lines, ['ok    Sloth  — hangs here', 'fail  Sloth  — no answer within 0.02 s']);
  assert.equal(healthy, false);
  await aborted.promise;
});

test('a check that throws is a failure, and the next one is run all the same', async () => {
  const broken = { what: 'Broken', run: () => Promise.reject(new Error('it broke')) };
  const { lines } = await Diagnosis.of(broken, { what: 'Next', run: async (say) => say('ok', 'Next', 'is fine') });
  assert.deepEqual(lines, ['fail  Broken  — it broke', 'ok    Next  — is fine']);
});

test('a warning alone leaves the deployment healthy', async () => {
  const { healthy } = await Diagnosis.of({ what: 'Odd', run: async (say) => say('warn', 'Odd', 'but it works') });
  assert.equal(healthy, true);
});
