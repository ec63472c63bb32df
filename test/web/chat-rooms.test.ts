import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { ChatConnection } from '../../web/src/chat/chat-connection.ts';
import { ChatState } from '../../web/src/chat/chat-state.ts';
import { ReadMarks } from '../../web/src/chat/read-marks.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { message } from './chat-fixtures.ts';
import { FakeChatServer } from './fake-chat-server.ts';
import { memoryPreferences } from './memory-preferences.ts';

async function chatIn(room: string, { server = new FakeChatServer(), kept = memoryPreferences() } = {}) {
  server.rooms = ['global', 'trading'];
  const state = new ChatState({
    name: 'Ana',
    room,
    unsent: [],
    now: () => 0,
    publishSoon: () => state.publish(),
    heard: () => undefined,
  });
  const connection = new ChatConnection({
    state,
    open: server.open,
    api: server.api,
    clock: new ManualClock(),
    random: () => 1,
    newId: () => 'id',
    marks: new ReadMarks(kept),
  });
  connection.start();
  server.accept();
  for (let i = 0; i < 5; i++) await turn();
  connection.shown();
  const roomOf = (name: string) => {
    const found = state.rooms.value.find((each) => each.name === name);
    if (found === undefined) throw new Error(`no room ${name}`);
    return found;
  };
  return { connection, kept, roomOf, server, state };
}

test('all rooms are followed, and what others say in one that is not shown is counted', async () => {
  const { server, state, roomOf } = await chatIn('global');
  server.last.deliver('/topic/chat.trading', message(1, { sender: 'Ben' }));
  server.last.deliver('/topic/chat.global', message(1, { sender: 'Ben' }));
  assert.deepEqual([roomOf('global').unread.value, roomOf('trading').unread.value, state.unread.value], [0, 1, 1]);
});

test('entering a room shows its messages, reads them, and marks where the new ones began', async () => {
  const { connection, server, state, roomOf } = await chatIn('global');
  server.last.deliver('/topic/chat.trading', message(1, { sender: 'Ben' }));
  connection.enter('trading');
  assert.equal(state.room.value.name, 'trading');
  assert.equal(state.room.value.messages.value.length, 1);
  assert.deepEqual([roomOf('trading').unread.value, roomOf('trading').firstNew.value], [0, 1]);
  connection.enter('global');
  connection.enter('trading');
  assert.equal(roomOf('trading').firstNew.value, undefined, 'they are not new any more');
});

test('a message goes to the room that is shown, and shows there alone', async () => {
  const { connection, server, roomOf } = await chatIn('trading');
  connection.post('hello');
  assert.equal(server.last.sent.at(-1)?.destination, '/app/chat.trading');
  assert.deepEqual([roomOf('trading').messages.value.length, roomOf('global').messages.value.length], [1, 0]);
});

test('a room that the server does not have is left for the first one', async () => {
  const { state } = await chatIn('nowhere');
  assert.equal(state.room.value.name, 'global');
});

test('entering a room that there is not changes nothing', async () => {
  const { connection, state } = await chatIn('global');
  connection.enter('nowhere');
  assert.equal(state.room.value.name, 'global');
});

test('what came while the page was closed is unread, counted from the last message seen', async () => {
  const server = new FakeChatServer();
  server.otherRooms.set(
    'trading',
    [1, 2, 3].map((seq) => message(seq, { sender: 'Ben' })),
  );
  const kept = memoryPreferences({ 'read.trading': 'epoch-1 1' });
  const { roomOf } = await chatIn('global', { server, kept });
  assert.deepEqual([roomOf('trading').unread.value, roomOf('trading').firstNew.value], [2, 2]);
});

test('a room never looked at has nothing unread: it is all history', async () => {
  const server = new FakeChatServer();
  server.otherRooms.set('trading', [message(1, { sender: 'Ben' })]);
  const { roomOf } = await chatIn('global', { server });
  assert.equal(roomOf('trading').unread.value, 0);
});

test('how far the shown room was read is kept', async () => {
  const { connection, server, kept } = await chatIn('global');
  server.last.deliver('/topic/chat.global', message(1, { sender: 'Ben' }));
  connection.shown();
  assert.equal(new ReadMarks(kept).read('global', 'epoch-1'), 1);
});

test('while messages are missing after a reconnect the room is behind, and then is not', async () => {
  const { connection, server, roomOf } = await chatIn('global');
  connection.move();
  server.stored = [message(1, { sender: 'Ben' })];
  server.last.subscriptions.length = 0;
  server.last.events.connected({ epoch: 'epoch-1', user: 'Ana', transport: 'websocket', moderator: false });
  const late = server.last.subscriptions.find(({ destination }) => destination === '/topic/chat.global');
  // As if what was missed were still on its way: the room has not got it.
  roomOf('global').log.reset([], 0);
  await turn();
  await turn();
  assert.equal(roomOf('global').behind.value, true);
  late?.handle(message(1, { sender: 'Ben' }));
  assert.equal(roomOf('global').behind.value, false);
});

test('where the server knows the user better, its name is taken and not offered for change', async () => {
  const { server, state } = await chatIn('global');
  server.last.cut();
  const signedIn = await chatIn('global');
  signedIn.connection.move();
  signedIn.server.last.events.connected({
    epoch: 'epoch-1',
    user: 'Ann Example',
    transport: 'websocket',
    moderator: false,
  });
  assert.deepEqual([signedIn.state.name.value, signedIn.state.signedIn.value], ['Ann Example', true]);
  signedIn.connection.post('hello');
  assert.equal(signedIn.server.sessions.length, 2, 'no other session is needed');
  assert.equal(state.signedIn.value, false);
});

test('a deleted message vanishes, is unread no more, and leaves nothing to catch up with', async () => {
  const { server, state, roomOf } = await chatIn('global');
  for (const seq of [1, 2]) server.last.deliver('/topic/chat.trading', message(seq, { sender: 'Ben' }));
  server.last.deliver('/topic/chat.global', message(1, { sender: 'Ben' }));
  assert.deepEqual([roomOf('trading').unread.value, state.room.value.messages.value.length], [2, 1]);
  server.last.deliver('/topic/chat.trading', { kind: 'deleted', seq: 3, target: 2, time: 1 });
  server.last.deliver('/topic/chat.global', { kind: 'deleted', seq: 2, target: 1, time: 1 });
  assert.deepEqual([roomOf('trading').unread.value, state.room.value.messages.value.length], [1, 0]);
  assert.deepEqual([roomOf('trading').log.position, roomOf('global').log.position], [3, 2]);
  server.last.deliver('/topic/chat.global', { kind: 'deleted', seq: 'x' });
  assert.equal(roomOf('global').log.position, 2, 'what cannot be read changes nothing');
});
