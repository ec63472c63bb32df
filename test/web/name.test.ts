import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cleanName, guestName, NAME_LIMIT, nameColour } from '../../web/src/chat/name.ts';

test('a name loses controls, invisible marks and needless space', () => {
  assert.equal(cleanName('  Ana \t\n Reyes '), 'Ana Reyes');
  assert.equal(cleanName('\u202eAna\u0000'), 'Ana');
  assert.equal(cleanName(' \u200b '), undefined);
});

test('a long name is cut between characters', () => {
  assert.equal(cleanName('😀'.repeat(60)), '😀'.repeat(NAME_LIMIT));
});

test('a guest has a name, and a name always has the same colour', () => {
  assert.equal(
    guestName(() => 0.5),
    'guest-8000',
  );
  assert.equal(nameColour('Ana', 8), nameColour('Ana', 8));
  for (const name of ['', 'Ana', '😀', 'x'.repeat(100)]) assert.ok(nameColour(name, 8) >= 0 && nameColour(name, 8) < 8);
});

test('names are spread over the colours', () => {
  const counts = new Array<number>(8).fill(0);
  for (let i = 0; i < 800; i++) {
    const colour = nameColour(`guest-${i.toString(16)}`, 8);
    counts[colour] = (counts[colour] ?? 0) + 1;
  }
  assert.ok(Math.min(...counts) > 50, `${counts}`);
});
