import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Outbox } from '../../web/src/chat/outbox.ts';
import { restoredOutbox, storedOutbox } from '../../web/src/chat/stored-outbox.ts';
import { memoryPreferences } from './memory-preferences.ts';

test('what was not acknowledged outlives a reload, what was does not', () => {
  const session = memoryPreferences();
  const outbox = new Outbox();
  for (const id of ['a', 'b']) outbox.add({ id, room: 'global', sender: 'Ana', content: id, time: 1 });
  outbox.takeDue('Ana');
  outbox.accepted('a');
  storedOutbox(session, outbox.entries);
  const restored = new Outbox(restoredOutbox(session));
  assert.deepEqual(
    restored.takeDue('Ana').map((entry) => entry.id),
    ['b'],
  );
});

test('a strange stored text is forgotten', () => {
  for (const text of ['{', '{}', 'null', '[1,{"id":"x"}]']) {
    const session = memoryPreferences();
    session.set('unsent', text);
    assert.deepEqual(restoredOutbox(session), []);
  }
});
