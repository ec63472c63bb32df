import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EMOJI, withEmoji } from '../../web/src/chat/emoji.ts';

test('a shortcode becomes its emoji when its last colon is typed', () => {
  assert.deepEqual(withEmoji('to the :rocket:', 15), { text: 'to the 🚀', caret: 9 });
  assert.deepEqual(withEmoji(':+1: done', 4), { text: '👍 done', caret: 2 });
});

test('what is no shortcode stays', () => {
  for (const text of ['10:30:', ':nosuch:', 'a:tada:', '::', 'http://x:80:']) {
    assert.equal(withEmoji(text, text.length), undefined, text);
  }
});

test('names and emoji are there once', () => {
  assert.equal(new Set(EMOJI.map(({ name }) => name)).size, EMOJI.length);
  assert.equal(new Set(EMOJI.map(({ text }) => text)).size, EMOJI.length);
});
