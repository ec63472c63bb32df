import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readWord, WordList } from '../../server/chat/word-list.ts';
import { refusalOf } from '../../server/errors.ts';

const list = (...words: string[]): WordList => new WordList(words.map(readWord));

const cases: readonly (readonly [word: string, found: readonly string[], free: readonly string[]])[] = [
  ['ass', ['ass', 'You ASS!', '(ass)', 'an\nass'], ['class', 'assess', 'as s', 'ass_']],
  ['ass*', ['asset', 'the ass', 'ASSES.'], ['class', 'bass']],
  ['*ass', ['class', 'ass'], ['asset', 'classy']],
  ['*ass*', ['classy', 'asset', 'ass'], ['as s', '']],
  ['*://spam.example*', ['see https://spam.example/x'], ['spam.example']],
  ['straße', ['STRAẞE', 'die Straße'], ['strassen']],
  ['été', ['E\u0301te\u0301'], ['ete']],
  ['abc', ['ａｂｃ', 'a\u200bb\u00adc', '𝒶bc'], ['abcd']],
  ['прив', ['ПРИВ'], ['привет']],
  ['日本', ['日本'], ['日本語']],
];
for (const [word, found, free] of cases) {
  test(`the word ${word} is found in ${JSON.stringify(found)}, and not in ${JSON.stringify(free)}`, () => {
    const words = list(word);
    for (const text of found) assert.ok(words.isIn(text), text);
    for (const text of free) assert.ok(!words.isIn(text), text);
  });
}

test('a word that could never be found, or would be in everything, is refused', () => {
  for (const word of [
    '',
    '*',
    '**',
    'two words',
    'a*b',
    '*a b*',
    '$$$',
    '*\n*',
    'x'.repeat(65),
    '*'.repeat(3),
    '\u200b',
  ])
    assert.throws(
      () => readWord(word),
      (error) => refusalOf(error).code === 'invalid-message',
      JSON.stringify(word),
    );
});

test('an empty list is in nothing', () => {
  assert.equal(list().isIn('anything'), false);
});

test('whole words are found wherever they stand, and no text makes the list fail', () => {
  const words = list('rude', 'bad*', '*worse', '*worst*');
  const property = fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
    words.isIn(text);
    assert.ok(words.isIn(`${text} rude!`));
  });
  fc.assert(property);
});
