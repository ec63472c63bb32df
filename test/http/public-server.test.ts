import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { after, before, test } from 'node:test';
import { rawRequest } from '../support/raw-http.ts';
import { json, TestApp } from '../support/test-app.ts';

let app: TestApp;

before(async () => {
  app = await TestApp.start();
});
after(() => app.close());

const handshake = (path: string): string =>
  `GET ${path} HTTP/1.1\nHost: x\nConnection: Upgrade\nUpgrade: websocket\nSec-WebSocket-Version: 13\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\n\n`;

test('a plain GET of /ws-endpoint is greeted, and one of its raw WebSocket is told to upgrade', async () => {
  for (const path of ['/ws-endpoint', '/ws-endpoint/']) {
    const greeting = await app.get(path);
    assert.deepEqual([greeting.status, await greeting.text()], [200, 'Welcome to SockJS!\n']);
  }
  const response = await app.get('/ws-endpoint/websocket');
  assert.equal(response.status, 426);
  assert.equal(response.headers.get('upgrade'), 'websocket');
  assert.equal(response.headers.get('sec-websocket-version'), '13');
  assert.equal((await json(response)).code, 'upgrade-required');
});

for (const path of [
  '/ws-endpoint',
  '/ws-endpoint?token=x',
  '/ws-endpoint/websocket',
  '/ws-endpoint/000/abc/websocket',
]) {
  test(`a WebSocket handshake at ${path} is taken`, async () => {
    const socket = connect(app.app.port, '127.0.0.1').setEncoding('latin1');
    socket.write(handshake(path).replaceAll('\n', '\r\n'));
    const [answer] = await once(socket, 'data');
    assert.match(answer, /^HTTP\/1\.1 101 /);
    socket.destroy();
  });
}

for (const path of ['/', '/stream', '/ws-endpoint/', '/ws-endpoint/info', '/ws-endpointx', '/api/info']) {
  test(`a WebSocket handshake at ${path} is not found, and the connection ends`, async () => {
    const answer = await rawRequest(app.app.port, handshake(path));
    assert.match(answer, /^HTTP\/1\.1 404 /);
    assert.match(answer, /"code":"not-found"/);
  });
}

for (const [path, absolute, headers = ''] of [
  ['/api/info', 'http://localhost/api/info'],
  ['/api/nothing?a=b', 'HTTPS://localhost:8443/api/nothing?a=b'],
  ['/', 'http://localhost'],
  ['/?a=b', 'http://localhost?a=b'],
  ['/stream?interval=x', 'http://localhost/stream?interval=x'],
  ['/ws-endpoint/info', 'http://localhost/ws-endpoint/info'],
  ['/api/info', 'http://localhost/api/info', 'Origin: http://evil.example\n'],
] as const)
  test(`${absolute} is answered as its path is${headers && ', also to another origin'}`, async () => {
    const [one, other] = await Promise.all(
      [path, absolute].map(async (target) => {
        const answer = await rawRequest(
          app.app.port,
          `GET ${target} HTTP/1.1\nHost: localhost\nConnection: close\n${headers}\n`,
        );
        return [/^HTTP.*/.exec(answer)?.[0], /"(?:code|name)":"[^"]*"/.exec(answer)?.[0]];
      }),
    );
    assert.deepEqual(one, other);
    assert.match(one?.[0] ?? '', /^HTTP\/1\.1 \d/);
  });

test('who offers HTTP/2 is answered in HTTP/1.1', async () => {
  const offer = 'Connection: Upgrade, HTTP2-Settings, close\nUpgrade: h2c\nHTTP2-Settings: AAMAAABkAAQAAP__\n';
  const answer = await rawRequest(app.app.port, `GET /api/info HTTP/1.1\nHost: x\n${offer}\n`);
  assert.match(answer, /^HTTP\/1\.1 200 /);
});

test('/stream and /ws-endpoint have none of the page’s security headers', async () => {
  const abort = new AbortController();
  const stream = await fetch(`${app.url}/stream`, { signal: abort.signal });
  assert.equal(stream.status, 200);
  assert.match(stream.headers.get('content-type') ?? '', /^text\/event-stream/);
  for (const { headers } of [stream, await app.get('/ws-endpoint')]) {
    assert.equal(headers.get('content-security-policy'), null);
    assert.equal(headers.get('x-frame-options'), null);
  }
  abort.abort();
});

test('a path that looks like the pattern of a route is not found', async () => {
  for (const path of ['/*', '/a*b', '/api/*/x', '/:a', '/:a(', '/:a(^[', '/api/chat/:messages', '/(a)+']) {
    const answer = await app.get(path);
    assert.deepEqual([answer.status, (await json(answer)).code], [404, 'not-found'], path);
  }
});

test('what a request expects, but for 100-continue, is refused in the form of all errors', async () => {
  const ask = (expected: string) =>
    rawRequest(app.app.port, `GET /api/info HTTP/1.1\nHost: x\nConnection: close\nExpect: ${expected}\n\n`);
  assert.match(await ask('100-continue'), /^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 /);
  assert.match(await ask('a-miracle'), /^HTTP\/1\.1 400 [\s\S]*"code":"invalid-request"/);
});

test('what is expected of requests sent ahead is refused one by one, as they are answered', async () => {
  const sent = 'GET /api/info HTTP/1.1\nHost: x\nExpect: a-miracle\n\n'.repeat(1_000);
  // So many may not wait; before, all of them were answered at once.
  assert.ok(statuses(await rawRequest(app.app.port, sent)).length < 1_000);
});

test('a request without Host, or with two, is refused in the form of all errors; one of HTTP/1.0 needs none', async () => {
  const ask = (rest: string, version = '1.1') =>
    rawRequest(app.app.port, `GET /api/info HTTP/${version}\n${rest}Connection: close\n\n`);
  for (const hosts of ['', 'Host: x\nHost: x\n', 'Host: x\nhost: y\n'])
    assert.match(await ask(hosts), /^HTTP\/1\.1 400 [\s\S]*"code":"invalid-request"[^}]*Host/);
  assert.match(await ask('', '1.0'), /^HTTP\/1\.1 200 /);
  for (const hosts of ['', 'Host: x\nHost: y\n'])
    assert.match(
      await rawRequest(app.app.port, handshake('/ws-endpoint').replace('Host: x\n', hosts)),
      /^HTTP\/1\.1 400 [\s\S]*"code":"invalid-request"/,
    );
});

const get = (path: string): string => `GET ${path} HTTP/1.1\nHost: x\n\n`;
const statuses = (text: string): string[] => text.match(/(?<=HTTP\/1\.1 )\d+/g) ?? [];

test('a stream, or a SockJS receiver, asked for ahead begins when what was asked before it is answered', async () => {
  const stream = await rawRequest(app.app.port, get('/api/chat/messages') + get('/stream'), /event: market-snapshot/);
  assert.match(stream, /^HTTP\/1\.1 200 [\s\S]*"messages":[\s\S]*HTTP\/1\.1 200 [\s\S]*text\/event-stream/);
  const poll = get('/ws-endpoint/000/ahead/xhr').replace('GET', 'POST').replace('\n\n', '\nContent-Length: 0\n\n');
  assert.deepEqual(statuses(await rawRequest(app.app.port, get('/api/info') + poll, /\bo\n/)), ['200', '200']);
});

test('what was sent behind the request for a stream ends its connection', async () => {
  for (const behind of [get('/api/info'), get('/stream'), handshake('/ws-endpoint')])
    assert.deepEqual(statuses(await rawRequest(app.app.port, get('/stream') + behind)), ['200']);
});

test('an upgrade that is sent ahead of the answer before it is not taken, and answered in its turn', async () => {
  for (const before of [1, 3]) {
    const sent = get('/api/chat/messages').repeat(before) + handshake('/ws-endpoint/websocket');
    const answers = statuses(await rawRequest(app.app.port, sent, /HTTP\/1\.1 [14]/));
    assert.deepEqual(answers, [...Array.from({ length: before }, () => '200'), '426']);
  }
});

test('an upgrade on a connection whose last request is answered is taken', async () => {
  const socket = connect(app.app.port, '127.0.0.1').setEncoding('latin1');
  let text = '';
  socket.on('data', (more) => {
    if (text === '') socket.write(handshake('/ws-endpoint').replaceAll('\n', '\r\n'));
    text += more;
    if (text.includes('HTTP/1.1 101')) socket.destroy();
  });
  socket.write(get('/api/info').replaceAll('\n', '\r\n'));
  await once(socket, 'close');
  assert.deepEqual(statuses(text), ['200', '101']);
});
