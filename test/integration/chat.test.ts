import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { freePort } from '../support/free-port.ts';
import { StompClient } from '../support/stomp-client.ts';
import { json, TestApp } from '../support/test-app.ts';

let app: TestApp;

before(async () => {
  app = await TestApp.start({ CHAT_ROOMS: ['global', 'help'] });
});
after(() => app.close());

/** Resolves once the server has taken it: what others do from then on is told. */
async function subscribe(client: StompClient, destination: string, more: Record<string, string> = {}): Promise<void> {
  client.send('SUBSCRIBE', { id: destination, destination, receipt: destination, ...more });
  await client.frame(({ headers }) => headers['receipt-id'] === destination);
}

test('a message reaches everyone in the room over STOMP, and is in the history', async () => {
  const [ann, bob] = await Promise.all([StompClient.connect(app.url, 'Ann'), StompClient.connect(app.url, 'Bob')]);
  await subscribe(ann, '/topic/chat');
  await subscribe(bob, '/topic/chat');
  const id = randomUUID();
  const content = 'hello\n\u0000"<b>" 👋';
  await ann.accepted('/app/chat', { id, content });
  const message = await bob.message('/topic/chat');
  assert.deepEqual([message.kind, message.id, message.sender, message.content], ['message', id, 'Ann', content]);
  assert.deepEqual(await ann.message('/topic/chat'), message);
  const { messages } = await json(app.get('/api/chat/messages'));
  assert.equal(messages.at(-1).seq, message.seq);
  await Promise.all([ann.close(), bob.close()]);
});

test('a message that was sent by REST reaches those on STOMP', async () => {
  const ann = await StompClient.connect(app.url);
  await subscribe(ann, '/topic/chat.help');
  const sent = await json(app.post('/api/chat/messages?room=help', { sender: 'Rest', content: 'over HTTP' }));
  assert.deepEqual(await ann.message('/topic/chat.help'), { kind: 'message', ...sent });
  await ann.close();
});

test('the same message over both ways is stored once', async () => {
  const ann = await StompClient.connect(app.url);
  const draft = { id: randomUUID(), sender: 'Ann', content: 'twice' };
  await ann.accepted('/app/chat', draft);
  assert.equal((await app.post('/api/chat/messages', draft)).status, 200);
  await ann.accepted('/app/chat', draft);
  const { messages } = await json(app.get('/api/chat/messages?limit=200'));
  assert.equal(messages.filter((each: { id: string }) => each.id === draft.id).length, 1);
  await ann.close();
});

test('what a user does wrong comes to the error queue, and the session goes on', async () => {
  const ann = await StompClient.connect(app.url);
  await subscribe(ann, '/user/queue/errors');
  const wrong: readonly (readonly [destination: string, body: string, code: string])[] = [
    ['/app/chat', '{"content":', 'invalid-json'],
    ['/app/chat', '{"content":""}', 'invalid-message'],
    ['/app/chat', JSON.stringify({ content: 'x'.repeat(2_001) }), 'invalid-message'],
    ['/app/chat.nowhere', '{"content":"x"}', 'unknown-room'],
    ['/app/nowhere', '{}', 'unknown-destination'],
    ['/topic/chat', '{"content":"x"}', 'not-writable'],
    ['/app/typing', '{"typing":"yes"}', 'invalid-message'],
  ];
  for (const [destination, body, code] of wrong) {
    ann.send('SEND', { destination, receipt: code }, body);
    const error = await ann.message('/user/queue/errors');
    assert.deepEqual([error.code, error.receipt], [code, code]);
  }
  await ann.accepted('/app/chat', { content: 'still here' });
  await ann.close();
});

test('who types and who is here is told', async () => {
  const ann = await StompClient.connect(app.url, 'Typing Ann');
  const bob = await StompClient.connect(app.url, 'Watching Bob');
  await subscribe(bob, '/topic/typing');
  await subscribe(bob, '/topic/presence');
  ann.send('SEND', { destination: '/app/typing' }, '{"typing":true}');
  let typing = await bob.message('/topic/typing');
  while (typing.count === 0) typing = await bob.message('/topic/typing');
  assert.deepEqual(typing, { users: ['Typing Ann'], count: 1 });
  let presence = await bob.message('/topic/presence');
  while (presence.users !== 2) presence = await bob.message('/topic/presence');
  assert.deepEqual(presence, { users: 2, connections: 2, instances: 1 });
  assert.deepEqual(await json(app.get('/api/chat/presence')), presence);
  await Promise.all([ann.close(), bob.close()]);
});

test('over a restart a client goes on after its last message, without a gap or a repetition', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'towncrier-restart-'));
  const port = await freePort();
  // One who writes faster than a person may.
  const first = await TestApp.start({ DATA_DIR: folder, PORT: port, CHAT_RATE_LIMIT: 0 });
  const ann = await StompClient.connect(first.url, 'Ann');
  await subscribe(ann, '/topic/chat', { after: '0' });
  for (let n = 1; n <= 250; n++) await ann.accepted('/app/chat', { content: `text ${n}` });
  const seen: number[] = [];
  while (seen.length < 100) seen.push((await ann.message('/topic/chat')).seq);
  await first.close();
  const second = await TestApp.start({ DATA_DIR: folder, PORT: port });
  const again = await StompClient.connect(second.url, 'Ann');
  await subscribe(again, '/topic/chat', { after: String(seen.at(-1)) });
  await again.accepted('/app/chat', { content: 'after the restart' });
  while (seen.length < 251) seen.push((await again.message('/topic/chat')).seq);
  assert.deepEqual(
    seen,
    Array.from({ length: 251 }, (_, i) => i + 1),
  );
  await second.close();
  await rm(folder, { recursive: true });
});
