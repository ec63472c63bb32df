import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { ChatConnection } from '../../web/src/chat/chat-connection.ts';
import { ChatState } from '../../web/src/chat/chat-state.ts';
import { ReadMarks } from '../../web/src/chat/read-marks.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { FakeChatServer } from './fake-chat-server.ts';
import { memoryPreferences } from './memory-preferences.ts';

function chatOf(server = new FakeChatServer()) {
  const clock = new ManualClock();
  let ids = 0;
  const state = new ChatState({
    name: 'Ana',
    room: 'global',
    unsent: [],
    now: () => clock.now(),
    publishSoon: () => state.publish(),
    heard: () => undefined,
  });
  const connection = new ChatConnection({
    state,
    open: server.open,
    api: server.api,
    clock,
    random: () => 1,
    newId: () => `id-${ids++}`,
    marks: new ReadMarks(memoryPreferences()),
  });
  const shown = () => state.room.value.messages.value.map((message) => `${message.content} ${message.state}`);
  return { clock, connection, server, shown, state };
}

async function connectedChat(server = new FakeChatServer()) {
  const chat = chatOf(server);
  chat.connection.start();
  server.accept();
  await turn();
  return chat;
}

function filled(count: number): FakeChatServer {
  const server = new FakeChatServer();
  for (let i = 1; i <= count; i++) server.store('Ben', `b-${i}`, `text ${i}`);
  return server;
}

test('begins with the newest fifty messages and follows the room from there', async () => {
  const { server, shown, state } = await connectedChat(filled(60));
  assert.equal(shown().length, 50);
  server.store('Ben', 'x', 'live');
  assert.equal(shown().at(-1), 'live sent');
  assert.equal(state.link.value, 'live');
  assert.equal(server.historyReads, 1);
});

test('reads older messages until the beginning of the room', async () => {
  const { connection, shown, state } = await connectedChat(filled(60));
  assert.equal(state.room.value.complete.value, false);
  await connection.older();
  assert.equal(shown()[0], 'text 1 sent');
  assert.equal(shown().length, 60);
  assert.equal(state.room.value.complete.value, true);
});

test('an own message shows at once, and once, when it comes back', async () => {
  const { connection, server, shown } = await connectedChat();
  server.fate = 'lost';
  connection.post('hello');
  assert.deepEqual(shown(), ['hello sending']);
  server.store('Ana', 'id-0', 'hello');
  assert.deepEqual(shown(), ['hello sent']);
});

test('a receipt makes it sent before the room shows it', async () => {
  const { connection, server, shown } = await connectedChat();
  server.fate = 'lost';
  connection.post('hello');
  server.last.events.receipt('id-0');
  assert.deepEqual(shown(), ['hello sent']);
});

test('what was not acknowledged is sent again after a reconnect with the same id, and stored once', async () => {
  const { clock, connection, server, shown, state } = await connectedChat();
  server.fate = 'lost';
  connection.post('lost');
  server.fate = 'silent';
  server.last.subscriptions.length = 0; // The room's answer does not arrive either.
  connection.post('stored in silence');
  server.last.cut();
  assert.equal(state.link.value, 'reconnecting');
  connection.post('written offline');
  clock.advance(500);
  server.fate = 'stored';
  server.accept();
  assert.deepEqual(shown(), ['stored in silence sent', 'lost sent', 'written offline sent']);
  assert.deepEqual(
    server.stored.map((message) => message.content),
    ['stored in silence', 'lost', 'written offline'],
  );
});

test('a reconnect goes on after the last message seen', async () => {
  const { clock, server, shown } = await connectedChat(filled(2));
  server.last.cut();
  server.store('Ben', 'x', 'missed');
  clock.advance(500);
  server.accept();
  assert.deepEqual(shown(), ['text 1 sent', 'text 2 sent', 'missed sent']);
  assert.equal(server.historyReads, 1);
});

test('another epoch begins anew', async () => {
  const { clock, server, shown } = await connectedChat(filled(3));
  server.last.cut();
  server.stored = [];
  server.epoch = 'epoch-2';
  server.store('Ben', 'x', 'new history');
  clock.advance(500);
  server.accept();
  await turn();
  assert.deepEqual(shown(), ['new history sent']);
});

test('a history that was read before a failed first try is read again', async () => {
  const server = filled(1);
  const { clock, connection, shown } = chatOf(server);
  connection.start();
  await turn();
  server.last.cut();
  server.stored = [];
  server.store('Ben', 'x', 'of the server that answered');
  clock.advance(500);
  server.accept();
  await turn();
  assert.deepEqual(shown(), ['of the server that answered sent']);
});

test('a history that cannot be read is said, and tried again', async () => {
  const server = filled(1);
  server.historyFails = true;
  const { clock, shown, state } = await connectedChat(server);
  assert.equal(state.room.value.history.value, 'failed');
  server.historyFails = false;
  clock.advance(2_000);
  await turn();
  assert.deepEqual([state.room.value.history.value, shown()], ['ready', ['text 1 sent']]);
});

test('a refused message says why, and can be sent again or given up', async () => {
  const { connection, server, shown, state } = await connectedChat();
  server.fate = { code: 'store-down', message: 'The store does not answer.' };
  connection.post('one');
  connection.post('two');
  assert.deepEqual(shown(), ['one failed', 'two failed']);
  assert.match(state.room.value.messages.value[0]?.reason ?? '', /cannot store messages just now/);
  server.fate = 'stored';
  connection.retry('id-0');
  connection.discard('id-1');
  assert.deepEqual(shown(), ['one sent']);
});

test('a message of unknown fate is sent again by itself', async () => {
  const { clock, connection, server, shown } = await connectedChat();
  server.fate = { code: 'store-unknown', message: 'unknown' };
  connection.post('one');
  assert.deepEqual(shown(), ['one sending']);
  server.fate = 'stored';
  clock.advance(2_000);
  assert.deepEqual(shown(), ['one sent']);
});

test('a message without an answer for twenty seconds makes a new connection', async () => {
  const { clock, connection, server, shown } = await connectedChat();
  server.fate = 'lost';
  connection.post('one');
  clock.advance(20_000);
  assert.equal(server.last.open, false);
  server.fate = 'stored';
  clock.advance(500);
  server.accept();
  assert.deepEqual(shown(), ['one sent']);
});

test('another name makes another session, after what may be stored under the old one is settled', async () => {
  const { connection, server, shown } = await connectedChat();
  server.fate = 'lost';
  connection.post('as Ana');
  connection.rename('Bea');
  connection.post('as Bea');
  assert.equal(server.sessions.length, 1);
  server.store('Ana', 'id-0', 'as Ana');
  server.last.events.receipt('id-0');
  assert.equal(server.last.login, 'Bea');
  server.fate = 'stored';
  server.accept();
  assert.deepEqual(shown(), ['as Ana sent', 'as Bea sent']);
  assert.deepEqual(
    server.stored.map((message) => message.sender),
    ['Ana', 'Bea'],
  );
});

test('an error that answers no message is shown for a while', async () => {
  const { clock, server, state } = await connectedChat();
  server.last.deliver('/user/queue/errors', { code: 'invalid-message', message: 'No.' });
  assert.equal(state.notice.value, 'No.');
  clock.advance(8_000);
  assert.equal(state.notice.value, undefined);
});

test('a position that the server does not know begins anew', async () => {
  const { clock, server, shown } = await connectedChat(filled(3));
  server.stored = server.stored.slice(0, 1);
  server.last.deliver('/user/queue/errors', { code: 'position-unknown', message: 'above the head' });
  clock.advance(2_000);
  await turn();
  assert.deepEqual(shown(), ['text 1 sent']);
});

test('too many messages on their way are refused', async () => {
  const { connection, state } = chatOf();
  connection.start();
  for (let i = 0; i < 100; i++) assert.equal(connection.post(`m${i}`), true);
  assert.equal(connection.post('one more'), false);
  assert.match(state.notice.value ?? '', /not taken/);
});

test('typing and presence show while connected, and hold no more when the connection is lost', async () => {
  const { connection, server, state } = await connectedChat();
  connection.typing(true);
  assert.deepEqual(server.last.sent.at(-1), { destination: '/app/typing', body: { typing: true }, receipt: undefined });
  server.last.deliver('/topic/typing', { users: ['Ben'], count: 1 });
  server.last.deliver('/topic/presence', { users: 2, connections: 3, instances: 1 });
  server.last.deliver('/topic/presence', { users: 'many' });
  assert.deepEqual([state.typing.value.count, state.presence.value?.users], [1, 2]);
  server.last.cut('The server is stopping.');
  assert.deepEqual([state.typing.value.count, state.presence.value], [0, undefined]);
  assert.equal(state.problem.value, 'The server is stopping.');
});

test('a session that was left says nothing any more', async () => {
  const { connection, server, shown } = await connectedChat();
  const old = server.last;
  connection.renew();
  old.open = true;
  old.deliver('/topic/chat.global', { seq: 1, id: 'x', sender: 'Ben', content: 'ghost', time: 1 });
  old.events.connected({ epoch: 'epoch-9', user: 'Ana', transport: 'websocket', moderator: false });
  assert.deepEqual(shown(), []);
});

test("others count as unread while nobody looks, one's own do not", async () => {
  const { connection, server, state } = await connectedChat();
  state.watch(false);
  server.store('Ben', 'x', 'hi');
  connection.post('mine');
  assert.equal(state.room.value.unread.value, 1);
  state.watch(true);
  assert.equal(state.room.value.unread.value, 0);
});

test('the messages held are bounded, and those let go can be read again', async () => {
  const { connection, server, shown, state } = await connectedChat();
  for (let i = 1; i <= 1_150; i++) server.store('Ben', `b-${i}`, `text ${i}`);
  assert.equal(shown().length, 1_000);
  assert.equal(state.room.value.complete.value, false);
  await connection.older();
  assert.equal(shown()[0], 'text 51 sent');
});

test('whatever is cut, lost or renamed: each message is stored once, in order, and shown once', async () => {
  const action = fc.oneof(
    fc.record({ kind: fc.constant('post' as const), fate: fc.constantFrom('stored', 'silent', 'lost') }),
    fc.record({ kind: fc.constantFrom('cut', 'accept', 'wait', 'deaf', 'other') }),
    fc.record({ kind: fc.constant('rename' as const), name: fc.constantFrom('Ana', 'Bea', 'Cleo') }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(action, { maxLength: 40 }), async (actions) => {
      const { clock, connection, server, state } = await connectedChat();
      let posted = 0;
      for (const each of actions) {
        if ('fate' in each) {
          server.fate = each.fate as 'stored' | 'silent' | 'lost'; // fast-check widens the constants to string.
          connection.post(`own ${posted++}`);
        } else if ('name' in each) connection.rename(each.name);
        else if (each.kind === 'cut') server.last.cut();
        else if (each.kind === 'accept') server.accept();
        else if (each.kind === 'wait') clock.advance(3_000);
        else if (each.kind === 'deaf') server.last.subscriptions.length = 0;
        else server.store('Zoe', `z-${server.stored.length}`, 'other');
      }
      server.fate = 'stored';
      for (let i = 0; i < 12; i++) {
        server.last.cut();
        clock.advance(15_000);
        server.accept();
        await turn();
      }
      const own = server.stored.filter((message) => message.content.startsWith('own'));
      assert.deepEqual(
        own.map((message) => message.content).toSorted(),
        Array.from({ length: posted }, (_, i) => `own ${i}`).toSorted(),
      );
      assert.deepEqual(
        state.room.value.messages.value.map((message) => message.seq),
        server.stored.map((message) => message.seq),
      );
    }),
    { numRuns: 300 },
  );
});

test('what holds in the rooms is known from the server, and what is none of its kind changes nothing', async () => {
  const { server, state } = await connectedChat();
  assert.deepEqual(state.rulesOf('global'), { room: 'global', slowMode: 0, closed: false });
  server.last.deliver('/topic/rooms', { rooms: [{ room: 'global', slowMode: 10, closed: true }] });
  for (const strange of [null, {}, { rooms: 7 }, { rooms: [{ room: 'global', slowMode: 'x', closed: false }] }])
    server.last.deliver('/topic/rooms', strange);
  assert.deepEqual(state.rulesOf('global'), { room: 'global', slowMode: 10, closed: true });
});

test('slow mode counts from the newest message under one’s own name', async () => {
  const { clock, connection, server, state } = await connectedChat(filled(2));
  const { room } = state;
  assert.equal(room.value.sentAt.value, 0, 'what others write does not count');
  clock.advance(5_000);
  server.last.deliver('/topic/chat.global', {
    seq: 3,
    id: 'x',
    sender: 'Ana',
    content: 'here',
    time: clock.now() - 500,
  });
  assert.equal(room.value.sentAt.value, clock.now() - 500);
  server.last.deliver('/topic/chat.global', {
    seq: 4,
    id: 'y',
    sender: 'Ana',
    content: 'there',
    time: clock.now() + 60_000,
  });
  assert.equal(room.value.sentAt.value, clock.now(), 'the server’s clock is ahead');
  assert.equal(connection.post('more'), true);
});

test('an own message that was deleted before its receipt came does not stay', async () => {
  const { clock, connection, server, shown } = await connectedChat();
  server.fate = 'lost';
  connection.post('rude');
  // It was stored and deleted: all that this page gets of it is the receipt of its resend.
  server.stored.push({ seq: 1, id: 'b-1', sender: 'Ben', content: 'hello', time: 1 });
  server.last.events.receipt('id-0');
  assert.deepEqual(shown(), ['rude sent']);
  clock.advance(5_000);
  await turn();
  assert.deepEqual(shown(), ['rude sent'], 'there is more to come, and it may be among it');
  server.last.deliver('/topic/chat.global', server.stored[0]);
  clock.advance(5_000);
  await turn();
  assert.deepEqual(shown(), ['hello sent']);
});
