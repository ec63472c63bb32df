import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Outbox } from '../../web/src/chat/outbox.ts';
import { restoredOutbox, storedOutbox } from '../../web/src/chat/stored-outbox.ts';
import type { Preferences } from '../../web/src/preferences.ts';

function memory(): Preferences {
  const map = new Map<string, string>();
  return { get: (key) => map.get(key), set: (key, value) => void map.set(key, value) };
}

test('what was not acknowledged outlives a reload, what was does not', () => {
  const session = memory();
  const outbox = new Outbox();
  for (const id of ['a', 'b']) outbox.add({ id, sender: 'Ana', content: id, time: 1 });
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
    const session = memory();
    session.set('unsent', text);
    assert.deepEqual(restoredOutbox(session), []);
  }
});
