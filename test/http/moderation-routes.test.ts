import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { StompClient } from '../support/stomp-client.ts';
import { json, TestApp } from '../support/test-app.ts';
import { makeToken, SECRET } from '../support/tokens.ts';

const TOKEN = 'the-token-of-the-moderators';
let app: TestApp;

before(async () => {
  app = await TestApp.start({
    CHAT_ROOMS: ['global', 'words', 'slow', 'closed', 'old', 'twin'],
    MODERATOR_TOKEN: TOKEN,
  });
});
after(() => app.close());

const bearer = (token = TOKEN) => ({ authorization: `Bearer ${token}`, 'content-type': 'application/json' });

function ask(
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = bearer(),
): Promise<Response> {
  return fetch(app.url + path, { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) });
}

async function post(content: string, more: object = {}, room = 'global'): Promise<Response> {
  return app.post(`/api/chat/messages?room=${room}`, { sender: 'Ann', content, id: randomUUID(), ...more });
}

async function code(response: Response | Promise<Response>): Promise<[number, string]> {
  const answer = await response;
  return [answer.status, (await json(answer)).code];
}

const doors: readonly (readonly [method: string, path: string, body?: object])[] = [
  ['DELETE', '/api/chat/messages?seq=1'],
  ['GET', '/api/moderation/rules'],
  ['POST', '/api/moderation/mutes', { name: 'Ann', seconds: 60 }],
  ['DELETE', '/api/moderation/mutes?name=Ann'],
  ['PUT', '/api/moderation/rooms', { room: 'global', slowMode: 0, closed: true }],
  ['POST', '/api/moderation/words', { word: 'rude' }],
  ['DELETE', '/api/moderation/words?word=rude'],
  ['GET', '/api/moderation/audit'],
  ['GET', '/api/chat/export'],
];
for (const [method, path, body] of doors) {
  test(`${method} ${path} is for moderators alone`, async () => {
    const none = await ask(method, path, body, { 'content-type': 'application/json' });
    assert.equal(none.headers.get('www-authenticate'), 'Bearer');
    assert.deepEqual(await code(none), [401, 'sign-in-needed']);
    for (const token of [`${TOKEN}x`, TOKEN.slice(1), 'x'])
      assert.deepEqual(await code(ask(method, path, body, bearer(token))), [401, 'token-invalid']);
    assert.equal((await json(ask('GET', '/api/moderation/audit'))).entries.length, 0, 'nothing was done');
  });
}

test('where no token of moderators is set, and guests are all there is, nobody moderates', async () => {
  const plain = await TestApp.start();
  try {
    const response = await plain.get('/api/moderation/rules', bearer(''));
    assert.deepEqual(await code(response), [401, 'sign-in-needed']);
  } finally {
    await plain.close();
  }
});

test('with sign-in a token needs the scope, and its name stands in the audit', async () => {
  const secured = await TestApp.start({ AUTH: 'jwt', JWT_SECRET: SECRET });
  try {
    const user = bearer(await makeToken({ name: 'Ann' }));
    const zoe = bearer(await makeToken({ name: 'Zoë', scope: 'chat:read chat:write moderate' }));
    const sent = await json(secured.post('/api/chat/messages', { content: 'hello' }, user));
    const remove = (headers: Record<string, string>): Promise<Response> =>
      fetch(`${secured.url}/api/chat/messages?seq=${sent.seq}&reason=why`, { method: 'DELETE', headers });
    assert.deepEqual(await code(remove(user)), [403, 'scope-missing']);
    assert.equal((await remove(zoe)).status, 200);
    const [entry] = (await json(secured.get('/api/moderation/audit', zoe))).entries;
    assert.deepEqual([entry.by, entry.action, entry.target, entry.reason], ['Zoë', 'delete', 'global/1', 'why']);
  } finally {
    await secured.close();
  }
});

test('a deleted message vanishes from history and from those who follow, and later from those who come', async () => {
  const reader = await StompClient.connect(app.url, 'Bob');
  try {
    reader.send('SUBSCRIBE', { id: 'sub-0', destination: '/topic/chat', after: '0' });
    const sent = await json(post('something rude'));
    assert.equal((await reader.message('/topic/chat')).content, 'something rude');
    const deletion = await json(ask('DELETE', `/api/chat/messages?seq=${sent.seq}`));
    assert.deepEqual(Object.keys(deletion).sort(), ['seq', 'target', 'time']);
    assert.deepEqual(await reader.message('/topic/chat'), { kind: 'deleted', ...deletion });
    assert.deepEqual(await json(ask('DELETE', `/api/chat/messages?seq=${sent.seq}`)), deletion);
    const { messages, head } = await json(app.get('/api/chat/messages'));
    assert.ok(!JSON.stringify(messages).includes('rude'));
    assert.equal(head, deletion.seq);
    const late = await StompClient.connect(app.url, 'Eve');
    late.send('SUBSCRIBE', { id: 'sub-0', destination: '/topic/chat', after: '0' });
    assert.deepEqual(await late.message('/topic/chat'), {
      kind: 'deleted',
      seq: sent.seq,
      target: sent.seq,
      time: sent.time,
    });
    assert.deepEqual(await late.message('/topic/chat'), { kind: 'deleted', ...deletion });
    await late.close();
  } finally {
    await reader.close();
  }
});

test('what cannot be deleted is refused with a code', async () => {
  assert.deepEqual(await code(ask('DELETE', '/api/chat/messages?seq=999')), [404, 'no-such-message']);
  assert.deepEqual(await code(ask('DELETE', '/api/chat/messages?room=nowhere&seq=1')), [404, 'unknown-room']);
  for (const query of ['', '?seq=0', '?seq=x', `?seq=1&reason=${'x'.repeat(501)}`])
    assert.deepEqual(await code(ask('DELETE', `/api/chat/messages${query}`)), [400, 'invalid-parameter']);
});

test('a muted name is told for how long, under another name too, and may send again when it is unmuted', async () => {
  assert.equal((await post('before')).status, 201);
  const muted = await json(ask('POST', '/api/moderation/mutes', { name: 'ann', seconds: 60, reason: 'spam' }));
  assert.equal(muted.name, 'ann');
  const refused = await post('while');
  const seconds = Number(refused.headers.get('retry-after'));
  assert.ok(seconds > 0 && seconds <= 60, `${seconds}`);
  assert.deepEqual(await code(refused), [403, 'muted']);
  assert.deepEqual(await code(post('as another', { sender: 'Eve' })), [403, 'muted'], 'from the same address');
  assert.deepEqual((await json(ask('GET', '/api/moderation/rules'))).mutes, [muted]);
  assert.equal((await ask('DELETE', '/api/moderation/mutes?name=ANN')).status, 200);
  assert.equal((await post('after')).status, 201);
  assert.deepEqual((await json(ask('GET', '/api/moderation/rules'))).mutes, []);
});

test('a mute of one room leaves the others alone', async () => {
  await ask('POST', '/api/moderation/mutes', { name: 'Ann', room: 'twin', seconds: 60 });
  assert.deepEqual(await code(post('x', {}, 'twin')), [403, 'muted']);
  assert.equal((await post('x', {}, 'old')).status, 201);
  await ask('DELETE', '/api/moderation/mutes?name=Ann&room=twin');
});

test('slow mode says how long to wait, and lets the same message through again', async () => {
  await ask('PUT', '/api/moderation/rooms', { room: 'slow', slowMode: 600, closed: false });
  const id = randomUUID();
  assert.equal((await post('first', { id }, 'slow')).status, 201);
  const second = await post('second', {}, 'slow');
  const wait = Number(second.headers.get('retry-after'));
  assert.ok(wait > 500 && wait <= 600, `${wait}`);
  assert.deepEqual(await code(second), [429, 'slow-mode']);
  assert.equal((await post('first', { id }, 'slow')).status, 200, 'it is a resend');
  await ask('PUT', '/api/moderation/rooms', { room: 'slow', slowMode: 0, closed: false });
  assert.equal((await post('second', {}, 'slow')).status, 201);
});

test('a closed room is read only, but not for moderators, and says so to who asks', async () => {
  const rules = { room: 'closed', slowMode: 5, closed: true };
  assert.deepEqual(await json(ask('PUT', '/api/moderation/rooms', rules)), rules);
  assert.deepEqual(await code(post('x', {}, 'closed')), [403, 'room-closed']);
  const { rooms } = await json(app.get('/api/chat/rooms'));
  assert.deepEqual(
    rooms.find(({ room }: { room: string }) => room === 'closed'),
    rules,
  );
  assert.deepEqual(rooms[0], { room: 'global', slowMode: 0, closed: false });
  const moderator = await StompClient.connect(app.url, 'Zoë', { passcode: TOKEN });
  for (const content of ['please', 'calm down']) await moderator.accepted('/app/chat.closed', { content });
  await moderator.close();
  const guest = await StompClient.connect(app.url, 'Bob', { passcode: 'whatever' });
  assert.equal(await guest.refused('/app/chat.closed', { content: 'x' }), 'room-closed');
  await guest.close();
});

test('a word of the list is refused in the text and in the name, and allowed again', async () => {
  assert.deepEqual(await json(ask('POST', '/api/moderation/words', { word: 'Rude' })), { word: 'rude' });
  assert.deepEqual(await code(post('How RUDE!', {}, 'words')), [400, 'word-refused']);
  assert.deepEqual(await code(post('x', { sender: 'rude' }, 'words')), [400, 'word-refused']);
  assert.equal((await post('a rudeness', {}, 'words')).status, 201);
  assert.equal((await ask('DELETE', '/api/moderation/words?word=RUDE')).status, 200);
  assert.equal((await post('rude', {}, 'words')).status, 201);
});

const bad: readonly (readonly [method: string, path: string, body: object, names: string])[] = [
  ['POST', '/api/moderation/mutes', { seconds: 5 }, 'name'],
  ['POST', '/api/moderation/mutes', { name: 'Ann' }, 'seconds'],
  ['POST', '/api/moderation/mutes', { name: 'Ann', seconds: 0 }, 'seconds'],
  ['POST', '/api/moderation/mutes', { name: 'Ann', seconds: 31_536_001 }, 'seconds'],
  ['POST', '/api/moderation/mutes', { name: 'A\nn', seconds: 5 }, 'name'],
  ['POST', '/api/moderation/mutes', { name: 'Ann', seconds: 5, reason: 'x'.repeat(501) }, 'reason'],
  ['PUT', '/api/moderation/rooms', { room: 'global', slowMode: -1, closed: false }, 'slowMode'],
  ['PUT', '/api/moderation/rooms', { room: 'global', slowMode: 21_601, closed: false }, 'slowMode'],
  ['PUT', '/api/moderation/rooms', { room: 'global', slowMode: 1 }, 'closed'],
  ['POST', '/api/moderation/words', { word: '' }, 'word'],
];
for (const [method, path, body, names] of bad) {
  test(`${method} ${path} with ${JSON.stringify(body).slice(0, 60)} is refused, naming ${names}`, async () => {
    const response = await ask(method, path, body);
    assert.equal(response.status, 400);
    const { code: told, message } = await json(response);
    assert.equal(told, 'invalid-message');
    assert.match(message, new RegExp(`^"${names}" must be `));
  });
}

test('an unknown room, a word that could never fit and a body that is no object are refused', async () => {
  assert.deepEqual(await code(ask('POST', '/api/moderation/mutes', { name: 'Ann', room: 'nowhere', seconds: 5 })), [
    404,
    'unknown-room',
  ]);
  assert.deepEqual(await code(ask('PUT', '/api/moderation/rooms', { room: 'nowhere', slowMode: 0, closed: false })), [
    404,
    'unknown-room',
  ]);
  assert.deepEqual(await code(ask('POST', '/api/moderation/words', { word: 'two words' })), [400, 'invalid-message']);
  assert.deepEqual(await code(ask('POST', '/api/moderation/words', [])), [400, 'invalid-message']);
});

test('the audit tells what was done, the newest first, page by page', async () => {
  const { entries } = await json(ask('GET', '/api/moderation/audit?limit=200'));
  const ids = entries.map(({ id }: { id: number }) => id);
  assert.deepEqual(
    ids,
    [...ids].sort((a, b) => b - a),
  );
  assert.ok(entries.every(({ by }: { by: string }) => by === 'moderator'));
  const acts = new Set(entries.map(({ action }: { action: string }) => action));
  for (const act of ['delete', 'mute', 'unmute', 'room', 'add-word', 'remove-word']) assert.ok(acts.has(act), act);
  const page = await json(ask('GET', `/api/moderation/audit?limit=2&before=${ids[1]}`));
  assert.deepEqual(page.entries, entries.slice(2, 4));
});

test('an export is every message that is left, a line each, between two seqs', async () => {
  for (let i = 1; i <= 5; i++) await post(`text ${i}\n<b>`, {}, 'old');
  const { messages } = await json(app.get('/api/chat/messages?room=old'));
  const [first] = messages;
  await ask('DELETE', `/api/chat/messages?room=old&seq=${first.seq + 1}`);
  const response = await ask('GET', '/api/chat/export?room=old');
  assert.equal(response.headers.get('content-type'), 'application/x-ndjson');
  const lines = (await response.text()).trimEnd().split('\n');
  const left = messages.filter(({ seq }: { seq: number }) => seq !== first.seq + 1);
  assert.deepEqual(
    lines.map((line) => JSON.parse(line)),
    left,
  );
  const part = await (await ask('GET', `/api/chat/export?room=old&from=${first.seq + 1}&to=${first.seq + 3}`)).text();
  assert.deepEqual(
    part
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).seq),
    [first.seq + 2, first.seq + 3],
  );
  assert.equal(await (await ask('GET', '/api/chat/export?room=old&from=9999')).text(), '');
  const [entry] = (await json(ask('GET', '/api/moderation/audit?limit=1'))).entries;
  assert.deepEqual([entry.action, entry.target], ['export', 'old from 9999']);
});

test('a page of another site that is allowed may delete', async () => {
  const open = await TestApp.start({ ALLOWED_ORIGINS: ['https://example.org'], MODERATOR_TOKEN: TOKEN });
  try {
    const response = await fetch(`${open.url}/api/chat/messages`, {
      method: 'OPTIONS',
      headers: { origin: 'https://example.org', 'access-control-request-method': 'DELETE' },
    });
    assert.match(response.headers.get('access-control-allow-methods') ?? '', /DELETE/);
  } finally {
    await open.close();
  }
});
