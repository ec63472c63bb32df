import assert from 'node:assert/strict';
import { test } from 'node:test';
import { errorTable } from '../../server/errors.ts';
import { wordsFor } from '../../web/src/connection/refusals.ts';

test('every code of the server has a sentence for the user', () => {
  for (const [code, { text }] of Object.entries(errorTable)) {
    const words = wordsFor(code, text);
    assert.match(words, /^[A-Z].*\.$/s, code);
  }
});

test('what names a limit or a field keeps the words of the server', () => {
  assert.equal(
    wordsFor('invalid-message', 'content has at most 2000 characters.'),
    'content has at most 2000 characters.',
  );
  assert.equal(wordsFor('of-a-newer-server', 'No.'), 'No.');
  assert.equal(wordsFor(undefined, 'No.'), 'No.');
});

test('what a user meets while chatting does not speak of stores and limits', () => {
  for (const code of ['too-fast', 'store-down', 'stopping', 'server-full', 'token-expired'] as const) {
    const words = wordsFor(code, errorTable[code].text);
    assert.notEqual(words, errorTable[code].text);
    assert.doesNotMatch(words, /\bstore\b does|\blimit\b|\bcode\b/);
  }
});
