import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { textParts } from '../../web/src/chat/links.ts';

const linksIn = (text: string) => textParts(text).flatMap(({ href, text: shown }) => (href ? [shown] : []));

test('finds links and leaves the punctuation of the sentence out of them', () => {
  assert.deepEqual(linksIn('See https://example.org/a?b=1.'), ['https://example.org/a?b=1']);
  assert.deepEqual(linksIn('(https://example.org/wiki/A_(b)), then http://x.org!'), [
    'https://example.org/wiki/A_(b)',
    'http://x.org',
  ]);
  assert.deepEqual(linksIn('"https://example.org" <https://example.net>'), [
    'https://example.org',
    'https://example.net',
  ]);
});

test('what is not http, hides its address or is no URL stays text', () => {
  for (const text of [
    'javascript:alert(1)',
    'data:text/html,hi',
    'https://',
    'https://bank.example@evil.example/',
    'ftp://example.org',
  ]) {
    assert.deepEqual(linksIn(text), []);
  }
});

test('a bidirectional mark ends a link', () => {
  assert.deepEqual(linksIn('https://example.org/\u202egpj.exe'), ['https://example.org/']);
});

test('the parts make up the text again, and every link leads to the web', () => {
  const piece = fc.oneof(fc.string(), fc.webUrl(), fc.constantFrom(' ', '.', ')', '(', 'https://', 'http://a', '@'));
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const text = pieces.join('');
      const parts = textParts(text);
      assert.equal(parts.map((part) => part.text).join(''), text);
      for (const { href } of parts) if (href !== undefined) assert.match(href, /^https?:\/\//);
    }),
  );
});
