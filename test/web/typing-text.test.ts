import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isTyping, typingText } from '../../web/src/chat/typing-text.ts';

test('names who types, without oneself', () => {
  const cases: [string[], number, string][] = [
    [[], 0, ''],
    [['Me'], 1, ''],
    [['Ana'], 1, 'Ana is typing…'],
    [['Me', 'Ana'], 2, 'Ana is typing…'],
    [['Ana', 'Ben'], 2, 'Ana and Ben are typing…'],
    [['Ana', 'Ben', 'Cleo'], 3, 'Ana, Ben and Cleo are typing…'],
    [['Ana', 'Ben', 'Cleo', 'Dan'], 4, 'Ana, Ben and 2 others are typing…'],
    [['Ana', 'Ben', 'Cleo', 'Dan', 'Me'], 90, 'Ana, Ben and 87 others are typing…'],
    [['Me'], 2, 'Someone is typing…'],
    [['Me'], 4, '3 people are typing…'],
  ];
  for (const [users, count, text] of cases) assert.equal(typingText({ users, count }, 'Me'), text);
});

test('where there are several rooms the line does not claim that it is in this one', () => {
  assert.equal(typingText({ users: ['Ana'], count: 1 }, 'Me', 2), 'Ana is typing in one of the rooms…');
  assert.equal(typingText({ users: ['Ana', 'Ben'], count: 2 }, 'Me', 3), 'Ana and Ben are typing in one of the rooms…');
  assert.equal(typingText({ users: ['Me'], count: 1 }, 'Me', 2), '');
});

test('only the documented shape is a typing state', () => {
  assert.equal(isTyping({ users: ['Ana'], count: 1 }), true);
  for (const value of [null, 1, {}, { users: [1], count: 1 }, { users: [], count: 'x' }]) {
    assert.equal(isTyping(value), false);
  }
});
