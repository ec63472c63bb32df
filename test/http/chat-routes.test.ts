import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { json, TestApp } from '../support/test-app.ts';

let app: TestApp;

before(async () => {
  app = await TestApp.start({ CHAT_ROOMS: ['global', 'help', 'long', 'empty'] });
  for (let n = 1; n <= 60; n++) await app.post('/api/chat/messages?room=long', { sender: 'Ann', content: `text ${n}` });
});
after(() => app.close());

const seqs = ({ messages }: { messages: { seq: number }[] }): number[] => messages.map(({ seq }) => seq);
const range = (first: number, last: number): number[] => Array.from({ length: last - first + 1 }, (_, i) => first + i);

test('a message that is sent is answered with 201 and what is stored, and is in the history', async () => {
  const text = '  <b>Grüße</b> 👋\n';
  const response = await app.post('/api/chat/messages', { sender: 'Ann', content: text });
  assert.equal(response.status, 201);
  const message = await json(response);
  assert.deepEqual(Object.keys(message).sort(), ['content', 'id', 'sender', 'seq', 'time']);
  assert.equal(message.content, text);
  assert.equal(message.sender, 'Ann');
  const { messages, head } = await json(app.get('/api/chat/messages'));
  assert.deepEqual(messages.at(-1), message);
  assert.equal(head, message.seq);
});

test('the same id again is answered with 200 and the message that is stored, once', async () => {
  const draft = { id: randomUUID(), sender: 'Ann', content: 'once' };
  const first = await app.post('/api/chat/messages', draft);
  const second = await app.post('/api/chat/messages', draft);
  assert.deepEqual([first.status, second.status], [201, 200]);
  assert.deepEqual(await json(second), await json(first));
});

test('a message without a name is stored once too when it is sent again', async () => {
  const draft = { id: randomUUID(), content: 'from a guest' };
  const first = await app.post('/api/chat/messages', draft);
  const second = await app.post('/api/chat/messages', draft);
  assert.deepEqual([first.status, second.status], [201, 200]);
});

test('the same id with other content is refused', async () => {
  const id = randomUUID();
  await app.post('/api/chat/messages', { id, sender: 'Ann', content: 'one' });
  const response = await app.post('/api/chat/messages', { id, sender: 'Ann', content: 'other' });
  assert.equal(response.status, 409);
  assert.equal((await json(response)).code, 'id-conflict');
});

test('the header Idempotency-Key is another way to give the id', async () => {
  const key = randomUUID();
  const say = (content: string, given: string, more: object = {}) =>
    app.post('/api/chat/messages', { sender: 'Bot', content, ...more }, { 'idempotency-key': given });
  const first = await say('by key', key);
  const message = await json(first);
  assert.deepEqual([first.status, message.id], [201, key]);
  for (const again of [await say('by key', `"${key}"`), await say('by key', key, { id: key })]) {
    assert.equal(again.status, 200);
    assert.deepEqual(await json(again), message);
  }
  const plain = await app.post('/api/chat/messages', { sender: 'Bot', content: 'by key', id: key });
  assert.equal(plain.status, 200);
  const other = await say('other', key);
  assert.deepEqual([other.status, (await json(other)).code], [409, 'id-conflict']);
});

for (const [name, key, message] of [
  ['another than the id of the body', 'abc', /Idempotency-Key and the field id/],
  ['without a character', '""', /idempotency-key must be 1 to 64/],
  ['too long', 'x'.repeat(65), /idempotency-key must be 1 to 64/],
  ['with a blank', 'a b', /idempotency-key must be 1 to 64/],
] as const) {
  test(`an Idempotency-Key ${name} is refused, and nothing is stored`, async () => {
    const { head } = await json(app.get('/api/chat/messages'));
    const response = await app.post('/api/chat/messages', { id: 'def', content: 'x' }, { 'idempotency-key': key });
    const body = await json(response);
    assert.deepEqual([response.status, body.code], [400, 'invalid-parameter']);
    assert.match(body.message, message);
    assert.equal((await json(app.get('/api/chat/messages'))).head, head);
  });
}

test('a room is chosen by its name', async () => {
  const sent = await json(app.post('/api/chat/messages?room=help', { content: 'help!' }));
  assert.equal(sent.seq, 1);
  const { messages } = await json(app.get('/api/chat/messages?room=help'));
  assert.equal(messages[0].content, 'help!');
});

test('an empty room has no messages and the head 0', async () => {
  assert.deepEqual(await json(app.get('/api/chat/messages?room=empty')), { messages: [], head: 0 });
});

test('the history is the newest 50 messages, oldest first, or as many as are asked for', async () => {
  assert.deepEqual(seqs(await json(app.get('/api/chat/messages?room=long'))), range(11, 60));
  assert.deepEqual(seqs(await json(app.get('/api/chat/messages?room=long&limit=200'))), range(1, 60));
  assert.deepEqual(seqs(await json(app.get('/api/chat/messages?room=long&limit=1'))), [60]);
});

test('before gives the newest messages before a seq, after the oldest after one', async () => {
  assert.deepEqual(seqs(await json(app.get('/api/chat/messages?room=long&before=11&limit=3'))), [8, 9, 10]);
  assert.deepEqual(seqs(await json(app.get('/api/chat/messages?room=long&after=0&limit=2'))), [1, 2]);
  assert.deepEqual(seqs(await json(app.get('/api/chat/messages?room=long&after=58'))), [59, 60]);
  assert.deepEqual(seqs(await json(app.get('/api/chat/messages?room=long&after=60'))), []);
});

const badQueries: readonly (readonly [query: string, names: string])[] = [
  ['limit=0', 'limit'],
  ['limit=201', 'limit'],
  ['limit=ten', 'limit'],
  ['limit=1.5', 'limit'],
  ['limit=', 'limit'],
  ['limit=1&limit=2', 'limit'],
  ['before=0', 'before'],
  ['before=-1', 'before'],
  ['after=-1', 'after'],
  ['after=1e3', 'after'],
  ['after=99999999999999999999', 'after'],
  ['room=a&room=b', 'room'],
];
for (const [query, names] of badQueries) {
  test(`?${query} is refused, naming the parameter and what it must be`, async () => {
    const response = await app.get(`/api/chat/messages?${query}`);
    assert.equal(response.status, 400);
    const { code, message } = await json(response);
    assert.equal(code, 'invalid-parameter');
    assert.match(message, new RegExp(`^The parameter ${names} must be `));
  });
}

test('before and after together are refused', async () => {
  const response = await app.get('/api/chat/messages?before=5&after=1');
  assert.equal(response.status, 400);
  assert.equal((await json(response)).code, 'invalid-parameter');
});

test('an unknown room is refused, for reading and for sending', async () => {
  for (const response of [
    await app.get('/api/chat/messages?room=nowhere'),
    await app.post('/api/chat/messages?room=nowhere', { content: 'x' }),
    await app.get('/api/chat/messages?room=__proto__'),
  ]) {
    assert.equal(response.status, 404);
    assert.equal((await json(response)).code, 'unknown-room');
  }
});

const badBodies: readonly (readonly [what: string, body: unknown, code: string])[] = [
  ['broken JSON', '{"content":', 'invalid-json'],
  ['an empty body', '', 'invalid-json'],
  ['no object', '[1]', 'invalid-message'],
  ['null', 'null', 'invalid-message'],
  ['no content', { sender: 'Ann' }, 'invalid-message'],
  ['an empty content', { content: '' }, 'invalid-message'],
  ['a content that is a number', { content: 5 }, 'invalid-message'],
  ['2,001 characters', { content: 'x'.repeat(2_001) }, 'invalid-message'],
  ['a lone surrogate', '{"content":"\\ud800"}', 'invalid-message'],
  ['an empty name', { sender: '', content: 'x' }, 'invalid-message'],
];
for (const [what, body, code] of badBodies) {
  test(`a message with ${what} is refused as ${code}`, async () => {
    const response = await app.post('/api/chat/messages', body);
    assert.equal(response.status, 400);
    assert.equal((await json(response)).code, code);
  });
}

test('2,000 characters outside the basic plane are taken', async () => {
  const content = '👋'.repeat(2_000);
  assert.equal((await json(app.post('/api/chat/messages', { content }))).content, content);
});

test('a body over 64 KiB is refused as too large', async () => {
  const response = await app.post('/api/chat/messages', { content: 'x'.repeat(65_536) });
  assert.equal(response.status, 413);
  const { code, message } = await json(response);
  assert.equal(code, 'too-large');
  assert.match(message, /65536 bytes/);
});

test('a body of another type than JSON is refused', async () => {
  for (const type of ['text/plain', 'application/x-www-form-urlencoded']) {
    const response = await app.post('/api/chat/messages', '{"content":"x"}', { 'content-type': type });
    assert.equal(response.status, 415);
    assert.equal((await json(response)).code, 'unsupported-media-type');
  }
});

test('what is refused is stored nowhere', async () => {
  const before = await json(app.get('/api/chat/messages?room=empty'));
  await app.post('/api/chat/messages?room=empty', { content: '' });
  assert.deepEqual(await json(app.get('/api/chat/messages?room=empty')), before);
});

test('presence tells how many are here', async () => {
  assert.deepEqual(await json(app.get('/api/chat/presence')), { users: 0, connections: 0, instances: 1 });
});
