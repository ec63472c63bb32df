import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ReadMarks } from '../../web/src/chat/read-marks.ts';
import { memoryPreferences } from './memory-preferences.ts';

test('how far a room was read is kept, and only goes forward', () => {
  const kept = memoryPreferences();
  const marks = new ReadMarks(kept);
  marks.set('global', 'e1', 7);
  marks.set('global', 'e1', 5);
  assert.equal(new ReadMarks(kept).read('global', 'e1'), 7);
});

test('a room that was never looked at has no mark, and neither has another history', () => {
  const marks = new ReadMarks(memoryPreferences({ 'read.global': 'e1 7', 'read.trading': 'nonsense' }));
  assert.equal(marks.read('help', 'e1'), undefined);
  assert.equal(marks.read('global', 'e2'), undefined);
  assert.equal(marks.read('trading', 'nonsense'), undefined);
});
