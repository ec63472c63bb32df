// Each limit, exceeded on a real server over real sockets.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, test } from 'node:test';
import { type Clock, systemClock } from '../../server/clock.ts';
import type { Settings } from '../../server/config/settings.ts';
import { httpLimits } from '../../server/http/http-limits.ts';
import { rawRequest } from '../support/raw-http.ts';
import { handshake, RawWebSocket } from '../support/raw-websocket.ts';
import { StompClient } from '../support/stomp-client.ts';
import { json, TestApp } from '../support/test-app.ts';

const opened: { close(): Promise<unknown> | unknown }[] = [];

afterEach(async () => {
  for (const each of opened.splice(0).reverse()) await each.close();
});

async function start(settings: Partial<Settings>, clock = systemClock): Promise<TestApp> {
  const app = await TestApp.start(settings, { clock });
  opened.push(app);
  return app;
}

/** Its second lasts ten, so that what is sent at once is more than its rate on a slow machine too. */
const slow: Clock = { ...systemClock, monotonic: () => systemClock.monotonic() / 10 };

/** Connections that say nothing, all of them accepted by the kernel. */
async function connections(app: TestApp, count: number): Promise<Socket[]> {
  const sockets = Array.from({ length: count }, () => connect(app.app.port, '127.0.0.1'));
  for (const socket of sockets) socket.on('error', () => undefined);
  opened.push({ close: () => sockets.forEach((socket) => void socket.destroy()) });
  await Promise.all(sockets.map((socket) => once(socket, 'connect')));
  return sockets;
}

async function refusals(app: TestApp, code: string): Promise<number> {
  const text = await (await fetch(`${app.adminUrl}/metrics`)).text();
  return Number(new RegExp(`^towncrier_refusals_total\\{code="${code}"\\} (\\d+)$`, 'm').exec(text)?.[1]);
}

const OWN_FORM_431 = /^HTTP\/1\.1 431 [\s\S]*"code":"headers-too-large"/;
const OWN_FORM = (status: number, code: string): RegExp =>
  new RegExp(`^HTTP/1\\.1 ${status} [\\s\\S]*Connection: close[\\s\\S]*"code":"${code}"`, 'i');

test('connections of an address: one too many is told so, and there is room when one has gone', async () => {
  const app = await start({ MAX_CONNECTIONS_PER_ADDRESS: 3 });
  const [first] = await connections(app, 3);
  const answer = await rawRequest(app.app.port, 'GET /api/info HTTP/1.1\nHost: x\n\n');
  assert.match(answer, OWN_FORM(429, 'too-many-connections'));
  assert.match(answer, /Retry-After: 10/);
  assert.equal(await refusals(app, 'too-many-connections'), 1);
  first?.destroy();
  while (!(await rawRequest(app.app.port, 'GET /api/info HTTP/1.1\nHost: x\nConnection: close\n\n')).includes(' 200 '));
});

test('connections in all: one too many is told that the server is full', async () => {
  const app = await start({ MAX_CONNECTIONS: 2 });
  await connections(app, 2);
  assert.match(await rawRequest(app.app.port, handshake()), OWN_FORM(503, 'server-full'));
  assert.equal(await refusals(app, 'server-full'), 1);
});

test('a stream and a WebSocket count as long as they are open, and no longer', async () => {
  const app = await start({ MAX_CONNECTIONS_PER_ADDRESS: 2 });
  const stream = new AbortController();
  const answer = await fetch(`${app.url}/stream`, { signal: stream.signal });
  const socket = await RawWebSocket.open(app.app.port);
  assert.match(socket.head, / 101 /);
  assert.match(await rawRequest(app.app.port, handshake()), / 429 /);
  // An answer that nobody holds any more is given up, and its connection with it.
  assert.equal(answer.status, 200);
  stream.abort();
  socket.socket.destroy();
  for (let left = 2; left > 0; ) {
    const again = await RawWebSocket.open(app.app.port);
    opened.push({ close: () => again.socket.destroy() });
    if (again.head.includes(' 101 ')) left--;
  }
});

test('new connections a second: above the burst they are refused', async () => {
  const app = await start({ CONNECT_RATE_LIMIT: 1 }, slow);
  const ask = () => rawRequest(app.app.port, 'GET /api/info HTTP/1.1\nHost: x\nConnection: close\n\n');
  const answers: string[] = [];
  for (let i = 0; i < 10; i++) answers.push(await ask());
  assert.match(answers[0] ?? '', / 200 /);
  const refused = answers.filter((answer) => answer.includes('"code":"too-fast"'));
  assert.ok(refused.length >= 4, `${refused.length}`);
  for (const answer of refused) assert.match(answer, /^HTTP\/1\.1 429 [\s\S]*Retry-After: 1\r\n/);
});

test('requests a second: above the burst they are refused, and pages of allowed sites may read why', async () => {
  const site = 'https://friend.example';
  const app = await start({ REQUEST_RATE_LIMIT: 1, ALLOWED_ORIGINS: [site] }, slow);
  const answers: Response[] = [];
  for (let i = 0; i < 10; i++) answers.push(await app.get('/api/info', { origin: site }));
  const last = answers.findLast(({ status }) => status === 429);
  assert.equal(last?.headers.get('retry-after'), '1');
  assert.equal(last?.headers.get('access-control-allow-origin'), site);
  assert.equal((await json(last ?? Response.error())).code, 'too-fast');
  assert.ok((await refusals(app, 'too-fast')) >= 4);
});

/** Sixteen requests at once; the last of those that were refused with 429. */
async function refusedOf(ask: () => Promise<Response>): Promise<Response> {
  const answers = await Promise.all(Array.from({ length: 16 }, ask));
  const refused = answers.findLast(({ status }) => status === 429);
  if (refused === undefined) assert.fail('none was refused');
  return refused;
}

test('SockJS requests a second: above the burst they are refused, whatever they ask for, and the page is not', async () => {
  const app = await start({ SOCKJS_RATE_LIMIT: 1 }, slow);
  for (const path of ['', '/info', '/0/s/xhr_send', '/nothing']) {
    const refused = await refusedOf(() => fetch(`${app.url}/ws-endpoint${path}`));
    assert.equal((await json(refused)).code, 'too-fast', path);
    assert.match(refused.headers.get('retry-after') ?? '', /^\d+$/);
  }
  assert.ok((await refusals(app, 'too-fast')) >= 4);
  assert.equal((await fetch(`${app.url}/api/info`)).status, 200);
  // A WebSocket is a connection and no request, and counts as one.
  const socket = await RawWebSocket.open(app.app.port);
  opened.push({ close: () => socket.socket.destroy() });
  assert.match(socket.head, / 101 /);
});

test('requests of /stream that leave their connection as it was count as those of the API', async () => {
  const app = await start({ REQUEST_RATE_LIMIT: 1 }, slow);
  for (const method of ['HEAD', 'OPTIONS', 'POST']) await refusedOf(() => fetch(`${app.url}/stream`, { method }));
  // One that is refused takes its connection with it, and new connections are counted.
  const wrong = await fetch(`${app.url}/stream?interval=x`);
  assert.deepEqual([wrong.status, wrong.headers.get('connection')], [400, 'close']);
});

test('requests that are refused whatever they ask for count as those of the API', async () => {
  const app = await start({ REQUEST_RATE_LIMIT: 1 }, slow);
  const lines = Array.from({ length: 100 }, (_, i) => `h${i}: x\n`).join('');
  for (const wrong of ['Host: x\nExpect: a miracle\n', `Host: x\n${lines}`, 'Host: x\nHost: y\n', '']) {
    const sent = `GET /api/info HTTP/1.1\n${wrong}\n`.repeat(16);
    const answers = await rawRequest(app.app.port, `${sent}GET / HTTP/1.1\nHost: x\nConnection: close\n\n`);
    const statuses = answers.match(/(?<=HTTP\/1\.1 )\d+/g) ?? [];
    assert.equal(statuses.length, 17, wrong);
    assert.ok(statuses.filter((status) => status === '429').length >= 8, statuses.join());
  }
});

test('messages a second: too many are refused on the error queue, and each one with a RECEIPT is stored', async () => {
  const app = await start({ CHAT_RATE_LIMIT: 2 }, slow);
  const client = await StompClient.connect(app.url, 'ann');
  opened.push(client);
  client.send('SUBSCRIBE', { id: 'e', destination: '/user/queue/errors' });
  for (let i = 0; i < 40; i++)
    client.send('SEND', { destination: '/app/chat', receipt: `${i}` }, JSON.stringify({ content: `m${i}` }));
  const accepted: string[] = [];
  const refused: string[] = [];
  while (accepted.length + refused.length < 40) {
    const frame = await client.frame(() => true);
    if (frame.command === 'RECEIPT') accepted.push(`m${frame.headers['receipt-id']}`);
    else {
      const error = JSON.parse(frame.body);
      assert.equal(error.code, 'too-fast');
      refused.push(`m${error.receipt}`);
    }
  }
  assert.ok(accepted.length >= 10 && refused.length >= 20, `${accepted.length} and ${refused.length}`);
  const { messages } = await json(app.get('/api/chat/messages'));
  assert.deepEqual(
    messages.map(({ content }: { content: string }) => content),
    accepted,
  );
  // Beats, subscriptions and what is no message do not count.
  for (let i = 0; i < 50; i++) {
    client.send('SUBSCRIBE', { id: `${i}`, destination: '/topic/typing', receipt: `s${i}` });
    await client.frame(({ headers }) => headers['receipt-id'] === `s${i}`);
    client.send('UNSUBSCRIBE', { id: `${i}` });
  }
});

test('messages a second: where nobody listens to errors, one too many is an ERROR', async () => {
  const app = await start({ CHAT_RATE_LIMIT: 1 }, slow);
  const client = await StompClient.connect(app.url, 'ann');
  opened.push(client);
  for (let i = 0; i < 10; i++) client.send('SEND', { destination: '/app/chat' }, '{"content":"x"}');
  const error = await client.frame(({ command }) => command === 'ERROR');
  assert.equal(error.headers.code, 'too-fast');
});

test('messages a second: POST counts with the sessions of its address, and is answered with 429', async () => {
  const app = await start({ CHAT_RATE_LIMIT: 1 }, slow);
  const answers = await Promise.all(
    Array.from({ length: 400 }, (_, i) => app.post('/api/chat/messages', { content: `p${i}` })),
  );
  const stored = answers.filter(({ status }) => status === 201).length;
  const refused = answers.filter(({ status }) => status === 429);
  assert.equal(stored + refused.length, 400);
  assert.ok(stored >= 250 && refused.length > 0, `${stored}`);
  for (const answer of refused) assert.equal(answer.headers.get('retry-after'), '1');
  assert.equal((await json(app.get('/api/chat/messages'))).head, stored);
});

test('typing events a second: above the burst they are refused', async () => {
  const app = await start({ TYPING_RATE_LIMIT: 1 }, slow);
  const client = await StompClient.connect(app.url, 'ann');
  opened.push(client);
  client.send('SUBSCRIBE', { id: 'e', destination: '/user/queue/errors' });
  for (let i = 0; i < 10; i++) client.send('SEND', { destination: '/app/typing', receipt: `${i}` }, '{"typing":true}');
  const error = await client.message('/user/queue/errors');
  assert.equal(error.code, 'too-fast');
  assert.match(error.message, /typing events/);
  await client.accepted('/app/chat', { content: 'still here' });
});

test('subscriptions: one too many is refused', async () => {
  const app = await start({ MAX_SUBSCRIPTIONS: 3 });
  const client = await StompClient.connect(app.url, 'ann');
  opened.push(client);
  for (let i = 0; i < 3; i++) client.send('SUBSCRIBE', { id: `${i}`, destination: '/user/queue/errors' });
  client.send('SUBSCRIBE', { id: '3', destination: '/topic/chat', receipt: 'r' });
  const error = await client.message('/user/queue/errors');
  assert.deepEqual([error.code, error.receipt], ['too-many-subscriptions', 'r']);
  assert.match(error.message, /at most 3/);
  assert.equal(await refusals(app, 'too-many-subscriptions'), 1);
});

test('behind a trusted proxy each address that it names has limits of its own', async () => {
  const app = await start({ TRUST_PROXY: ['loopback'], MAX_CONNECTIONS_PER_ADDRESS: 2, REQUEST_RATE_LIMIT: 1 }, slow);
  const as = (address: string) => ({ 'X-Forwarded-For': address });
  const open = async (address: string): Promise<string> => {
    const socket = await RawWebSocket.open(app.app.port, as(address));
    opened.push({ close: () => socket.socket.destroy() });
    return socket.head;
  };
  assert.match(await open('192.0.2.1'), / 101 /);
  const stream = new AbortController();
  opened.push({ close: () => stream.abort() });
  const follow = () => fetch(`${app.url}/stream`, { headers: as('192.0.2.1'), signal: stream.signal });
  const followed = await follow();
  assert.match(await open('192.0.2.1'), / 429 /);
  assert.equal((await follow()).status, 429);
  assert.match(await open('192.0.2.2'), / 101 /);
  const ask = async (address: string) => (await app.get('/api/info', as(address))).status;
  const statuses: number[] = [];
  for (let i = 0; i < 10; i++) statuses.push(await ask('192.0.2.1'));
  assert.ok(statuses.includes(429));
  assert.equal(await ask('192.0.2.3'), 200);
  // An answer that nobody holds any more is given up, and its connection with it.
  assert.equal(followed.status, 200);
});

test('headers: too many bytes and too many lines get 431, and the most that there may be pass', async () => {
  const app = await start({});
  const request = (lines: number, size = 1): string =>
    `GET /api/info HTTP/1.1\nHost: x\nConnection: close\n${Array.from({ length: lines }, (_, i) => `h${i}: ${'x'.repeat(size)}\n`).join('')}\n`;
  assert.match(await rawRequest(app.app.port, request(98)), /^HTTP\/1\.1 200 /);
  for (const bad of [request(99), request(1_500), request(10, 2_000), request(1, 17_000), request(100_000)])
    assert.match(await rawRequest(app.app.port, bad), OWN_FORM_431);
  const socket = await RawWebSocket.open(
    app.app.port,
    Object.fromEntries(Array.from({ length: 96 }, (_, i) => [`h${i}`, 'x'])),
  );
  assert.match(socket.head, / 431 /);
  assert.ok((await refusals(app, 'headers-too-large')) >= 5);
});

test('bodies: above 64 KiB they get 413 before they are all here', async () => {
  const app = await start({});
  const answer = await rawRequest(
    app.app.port,
    `POST /api/chat/messages HTTP/1.1\nHost: x\nConnection: close\nContent-Type: application/json\nContent-Length: 70000\n\nx`,
    /"code"/,
  );
  assert.match(answer, /^HTTP\/1\.1 413 /);
});

test('what comes slowly ends: Node’s server has the times that say so', () => {
  const { headersTimeout = 0, requestTimeout = 0, connectionsCheckingInterval = 0 } = httpLimits;
  assert.ok(headersTimeout > 0 && headersTimeout + connectionsCheckingInterval < 15_000);
  assert.ok(requestTimeout > 0 && requestTimeout + connectionsCheckingInterval < 35_000);
});

test('connections that say nothing, half a request or half a handshake are told why, and closed', async () => {
  const app = await start({});
  const answers = await Promise.all([
    rawRequest(app.app.port, ''),
    rawRequest(app.app.port, 'GET / HTTP/1.1\nHost: x\n'),
    rawRequest(app.app.port, handshake().slice(0, -2)),
  ]);
  for (const answer of answers) assert.match(answer, OWN_FORM(408, 'timeout'));
  assert.equal(await refusals(app, 'timeout'), 3);
});

test('what is refused before a session or the framework has seen it is counted too', async () => {
  const app = await start({});
  const upgrade = (path: string) => rawRequest(app.app.port, handshake({ path }));
  assert.match(await upgrade('/nowhere'), / 404 /);
  assert.match(await upgrade('/ws-endpoint/nowhere'), / 404 /);
  assert.equal((await app.get('/ws-endpoint/nowhere')).status, 404);
  assert.equal(await refusals(app, 'not-found'), 3);
  assert.equal((await app.post('/stream', '')).status, 405);
  assert.equal((await app.post('/ws-endpoint/iframe.html', '')).status, 405);
  assert.equal(await refusals(app, 'method-not-allowed'), 2);
});

test('a body that comes a byte a second ends by the time that a request has', async () => {
  const app = await start({});
  const slow = async (path: string): Promise<string> => {
    const [socket] = await connections(app, 1);
    assert.ok(socket !== undefined);
    let answer = '';
    socket.setEncoding('latin1').on('data', (chunk) => {
      answer += chunk;
    });
    const type = 'Content-Type: application/json\r\n';
    socket.write(`POST ${path} HTTP/1.1\r\nHost: x\r\n${type}Content-Length: 1000\r\n\r\n`);
    const drip = setInterval(() => socket.write('x'), 1_000);
    await once(socket, 'close');
    clearInterval(drip);
    return answer;
  };
  // A receiver keeps the session until the slow send has ended.
  const receiving = new AbortController();
  const session = `${app.url}/ws-endpoint/0/s`;
  const receiver = await fetch(`${session}/xhr_streaming`, { method: 'POST', signal: receiving.signal });
  const signOn = JSON.stringify(['CONNECT\naccept-version:1.2\nhost:x\n\n\0']);
  assert.equal((await fetch(`${session}/xhr_send`, { method: 'POST', body: signOn })).status, 204);
  const [rest, send, gone] = await Promise.all([
    slow('/api/chat/messages'),
    slow('/ws-endpoint/0/s/xhr_send'),
    slow('/ws-endpoint/0/nobody/xhr_send'),
  ]);
  // An answer that nobody holds any more is given up, and its connection with it.
  assert.equal(receiver.status, 200);
  receiving.abort();
  assert.match(rest, OWN_FORM(408, 'timeout'));
  assert.match(send, OWN_FORM(408, 'timeout'));
  // This one is answered at once, and its connection ends all the same.
  assert.match(gone, /^HTTP\/1\.1 404 /);
});
