import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { EventStream } from '../support/event-stream.ts';
import { StompClient } from '../support/stomp-client.ts';
import { json, TestApp } from '../support/test-app.ts';
import { makeToken, SECRET } from '../support/tokens.ts';

const TOKEN = 'a-long-random-secret';
const bearer = { authorization: `Bearer ${TOKEN}` };
let app: TestApp;

before(async () => {
  const settings = { STREAMS: ['orders:latest', 'alerts:complete'], STREAM_TOKEN: TOKEN, STREAM_EVENT_BYTES: 1_000 };
  app = await TestApp.start({ ...settings, STREAM_RATE_LIMIT: 20 });
});
after(() => app.close());

const append = (stream: string, body: unknown, headers: Record<string, string> = {}) =>
  app.post(`/api/streams/${stream}`, body, { ...bearer, ...headers });

test('an event reaches who follows by SSE and by STOMP, exactly as it came', async () => {
  const stream = await EventStream.open(`${app.url}/stream?name=alerts`);
  const client = await StompClient.connect(app.url);
  client.send('SUBSCRIBE', { id: 'a', destination: '/topic/alerts', receipt: 'r' });
  await client.frame(({ command }) => command === 'RECEIPT');
  const body = '{"n": 12345678901234567890,  "text":"é😀"}';
  const response = await append('alerts', body);
  const { id } = await json(response);
  assert.equal(response.status, 201);
  assert.deepEqual(await stream.next(), { event: 'alerts', id, data: body });
  const message = await client.frame(({ command }) => command === 'MESSAGE');
  assert.deepEqual([message.headers['message-id'], message.headers.event, message.body], [id, 'event', body]);
  await stream.close();
  await client.close();
});

test('over SSE and STOMP who comes back gets exactly what followed', async () => {
  const ids = [];
  for (let n = 0; n < 3; n++) ids.push((await json(append('alerts', { again: n }))).id);
  const stream = await EventStream.open(`${app.url}/stream?name=alerts`, ids[0]);
  assert.deepEqual([(await stream.next()).data, (await stream.next()).id], ['{"again":1}', ids[2]]);
  await stream.close();
  const client = await StompClient.connect(app.url);
  client.send('SUBSCRIBE', { id: 'a', destination: '/topic/alerts', after: ids[0] });
  const bodies = [];
  while (bodies.length < 2) bodies.push((await client.frame(({ command }) => command === 'MESSAGE')).body);
  assert.deepEqual(bodies, ['{"again":1}', '{"again":2}']);
  await client.close();
});

test('of a stream of latest who comes gets the newest of each key: events by SSE, one message by STOMP', async () => {
  await append('orders', { key: 'a', n: 1 });
  await append('orders', { key: 'b', n: 2 });
  const { id } = await json(append('orders', { key: 'a', n: 3 }));
  const stream = await EventStream.open(`${app.url}/stream?name=orders`);
  assert.deepEqual(await stream.next(), { event: 'orders', id: undefined, data: '{"key":"b","n":2}' });
  assert.deepEqual(await stream.next(), { event: 'orders', id, data: '{"key":"a","n":3}' });
  await stream.close();
  const client = await StompClient.connect(app.url);
  client.send('SUBSCRIBE', { id: 'o', destination: '/topic/orders' });
  const { headers, body } = await client.frame(({ command }) => command === 'MESSAGE');
  assert.deepEqual([headers.event, headers['message-id']], ['snapshot', id]);
  assert.deepEqual(JSON.parse(body), {
    events: [
      { key: 'b', n: 2 },
      { key: 'a', n: 3 },
    ],
  });
  await client.close();
});

test('an id of another history is told as lost by SSE', async () => {
  const stream = await EventStream.open(`${app.url}/stream?name=alerts`, 'other:7');
  const { event, data } = await stream.next();
  assert.equal(event, 'stream-truncated');
  assert.deepEqual(Object.keys(JSON.parse(data)), ['name', 'first']);
  await stream.close();
});

test('the same Idempotency-Key is one event, with quotes or without', async () => {
  const first = await append('alerts', { once: 1 }, { 'idempotency-key': '"abc"' });
  const again = await append('alerts', { once: 1 }, { 'idempotency-key': 'abc' });
  assert.deepEqual([first.status, again.status, await json(again)], [201, 200, await json(first)]);
});

for (const [name, stream, body, headers, status, code] of [
  ['no token', 'orders', {}, { authorization: '' }, 401, 'sign-in-needed'],
  ['another token', 'orders', {}, { authorization: 'Bearer another' }, 401, 'token-invalid'],
  ['an unknown stream', 'nowhere', {}, {}, 404, 'unknown-stream'],
  ['a built-in stream', 'market', {}, {}, 404, 'unknown-stream'],
  ['no JSON', 'orders', '{', {}, 400, 'invalid-json'],
  ['a list', 'orders', [], {}, 400, 'invalid-message'],
  ['null', 'orders', 'null', {}, 400, 'invalid-message'],
  ['a key that is a number', 'orders', { key: 1 }, {}, 400, 'invalid-message'],
  ['a key that is too long', 'orders', { key: 'x'.repeat(129) }, {}, 400, 'invalid-message'],
  ['too many bytes', 'orders', { x: 'x'.repeat(1_000) }, {}, 413, 'too-large'],
  ['an empty Idempotency-Key', 'orders', {}, { 'idempotency-key': '""' }, 400, 'invalid-parameter'],
  ['a long Idempotency-Key', 'orders', {}, { 'idempotency-key': 'x'.repeat(65) }, 400, 'invalid-parameter'],
] as const) {
  test(`${name} is refused with ${code}`, async () => {
    const response = await append(stream, body, headers);
    assert.deepEqual([response.status, (await json(response)).code], [status, code]);
  });
}

for (const [query, status, code, says] of [
  ['name=nowhere', 404, 'unknown-stream', /nowhere/],
  ['name=orders&symbols=BTC-USD', 400, 'invalid-parameter', /symbols means nothing for the stream orders/],
  ['name=orders&interval=100', 400, 'invalid-parameter', /interval means nothing/],
] as const) {
  test(`/stream?${query} is refused`, async () => {
    const response = await app.get(`/stream?${query}`);
    const body = await json(response);
    assert.deepEqual([response.status, body.code], [status, code]);
    assert.match(body.message, says);
  });
}

test('nobody may SEND to a stream', async () => {
  const client = await StompClient.connect(app.url);
  client.send('SEND', { destination: '/topic/orders' }, '{}');
  assert.match((await client.frame(({ command }) => command === 'ERROR')).body, /only subscribed to/);
  await client.close();
});

test('who appends too fast is told so, and when there is room', async () => {
  // At once: one after the other they might be slow enough on a busy machine.
  const answers = await Promise.all(Array.from({ length: 150 }, (_, n) => append('alerts', { n })));
  const refused = answers.find(({ status }) => status === 429);
  assert.ok(refused !== undefined);
  assert.equal((await json(refused)).code, 'too-fast');
  assert.ok(Number(refused.headers.get('retry-after')) >= 1);
});

test('what was read is counted by stream', async () => {
  const metrics = await (await fetch(`${app.adminUrl}/metrics`)).text();
  assert.match(metrics, /towncrier_stream_events_total\{stream="alerts",outcome="read"\} [1-9]/);
  assert.match(metrics, /towncrier_stream_reachable\{stream="orders"\} 1/);
});

test('without STREAM_TOKEN nobody may append', async () => {
  const closed = await TestApp.start({ STREAMS: ['orders:latest'] });
  const response = await closed.post('/api/streams/orders', {}, bearer);
  assert.deepEqual([response.status, (await json(response)).code], [403, 'not-writable']);
  await closed.close();
});

test('with AUTH=jwt reading and appending each take a scope of their own', async () => {
  const signed = await TestApp.start({ STREAMS: ['orders:complete'], AUTH: 'jwt', JWT_SECRET: SECRET });
  const of = async (scope: string) => ({ authorization: `Bearer ${await makeToken({ scope })}` });
  const status = async (response: Promise<Response>) => (await response).status;
  assert.equal(await status(signed.post('/api/streams/orders', {}, await of('stream:write'))), 201);
  assert.equal(await status(signed.post('/api/streams/orders', {}, await of('stream:read'))), 403);
  assert.equal(await status(signed.post('/api/streams/orders', {})), 401);
  const head = async (scope: string) =>
    status(fetch(`${signed.url}/stream?name=orders`, { method: 'HEAD', headers: await of(scope) }));
  assert.equal(await head('stream:read'), 200);
  assert.equal(await head('market:read'), 403);
  await signed.close();
});
