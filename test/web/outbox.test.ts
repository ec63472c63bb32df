import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OUTBOX_LIMIT, Outbox } from '../../web/src/chat/outbox.ts';

function outboxWith(...ids: string[]): Outbox {
  const outbox = new Outbox();
  for (const id of ids) outbox.add({ id, room: 'global', sender: 'Ana', content: `text ${id}`, time: 1 });
  return outbox;
}

const due = (outbox: Outbox, name = 'Ana') => outbox.takeDue(name).map((entry) => entry.id);
const states = (outbox: Outbox) => outbox.entries.map((entry) => `${entry.id} ${entry.state}`);

test('each message is handed to a session once, in order', () => {
  const outbox = outboxWith('a', 'b');
  assert.deepEqual(due(outbox), ['a', 'b']);
  assert.deepEqual(due(outbox), []);
});

test('what was not answered is due again in the next session, with the same id', () => {
  const outbox = outboxWith('a', 'b');
  due(outbox);
  outbox.accepted('a');
  outbox.sessionEnded();
  assert.deepEqual(due(outbox), ['b']);
});

test('an accepted message is sent, and goes when it is seen in the room', () => {
  const outbox = outboxWith('a');
  due(outbox);
  outbox.accepted('a');
  assert.deepEqual(states(outbox), ['a sent']);
  outbox.removeSeen([{ id: 'a', sender: 'Ana' }]);
  assert.deepEqual(states(outbox), []);
});

test('the same id of another sender is another message', () => {
  const outbox = outboxWith('a');
  outbox.removeSeen([{ id: 'a', sender: 'Ben' }]);
  assert.deepEqual(states(outbox), ['a sending']);
});

test('a refused message has failed, is not sent again by itself, and is sent on retry', () => {
  const outbox = outboxWith('a');
  due(outbox);
  outbox.refused('a', 'too long');
  outbox.sessionEnded();
  assert.deepEqual(due(outbox), []);
  assert.equal(outbox.entries[0]?.reason, 'too long');
  outbox.retry('a', 'Ana');
  assert.equal(outbox.entries[0]?.reason, undefined);
  assert.deepEqual(due(outbox), ['a']);
});

test('what may be stored under the old name keeps the session under it until it is settled', () => {
  const outbox = outboxWith('a');
  due(outbox);
  outbox.rename('Bea');
  outbox.add({ id: 'b', room: 'global', sender: 'Bea', content: 'x', time: 2 });
  assert.equal(outbox.sessionName('Bea'), 'Ana');
  assert.deepEqual(due(outbox), [], 'b waits for a session of its own name');
  outbox.accepted('a');
  assert.equal(outbox.sessionName('Bea'), 'Bea');
  assert.deepEqual(due(outbox, 'Bea'), ['b']);
});

test('what was never sent follows a change of name', () => {
  const outbox = outboxWith('a');
  outbox.rename('Bea');
  assert.equal(outbox.entries[0]?.sender, 'Bea');
});

test('a late refusal does not undo a receipt', () => {
  const outbox = outboxWith('a');
  due(outbox);
  outbox.accepted('a');
  outbox.refused('a', 'late');
  assert.deepEqual(states(outbox), ['a sent']);
});

test('it says when it is full', () => {
  const outbox = outboxWith(...Array.from({ length: OUTBOX_LIMIT }, (_, i) => `m${i}`));
  assert.equal(outbox.full, true);
  outbox.remove('m0');
  assert.equal(outbox.full, false);
});

test('a history that was read anew has what was accepted in its room', () => {
  const outbox = outboxWith('a');
  outbox.add({ id: 'b', room: 'trading', sender: 'Ana', content: 'x', time: 2 });
  due(outbox);
  outbox.accepted('a');
  outbox.accepted('b');
  outbox.removeAccepted('trading');
  assert.deepEqual(states(outbox), ['a sent']);
});

test('where the server knows the name, everything on its way goes under it', () => {
  const outbox = outboxWith('a');
  due(outbox);
  outbox.sessionEnded();
  outbox.renameAll('Ann Example');
  assert.equal(outbox.sessionName('Ann Example'), 'Ann Example');
  assert.deepEqual(due(outbox, 'Ann Example'), ['a']);
});
