import assert from 'node:assert/strict';
import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { after, before, test } from 'node:test';
import { Refusal } from '../../server/errors.ts';
import { answerClientError } from '../../server/http/public-server.ts';
import { httpRefusal } from '../../server/http/refusal.ts';
import { rawRequest } from '../support/raw-http.ts';
import { json, TestApp } from '../support/test-app.ts';

let app: TestApp;

before(async () => {
  app = await TestApp.start();
});
after(() => app.close());

async function refused(response: Response, status: number, code: string): Promise<void> {
  assert.equal(response.status, status);
  assert.match(response.headers.get('content-type') ?? '', /^application\/json/);
  assert.equal(response.headers.get('cache-control'), 'no-store');
  const body = await json(response);
  assert.deepEqual(Object.keys(body).sort(), ['code', 'message']);
  assert.equal(body.code, code);
}

for (const path of [
  '/nowhere',
  '/api',
  '/api/',
  '/api/chat',
  '/api/chat/messages/',
  '/ws-endpoint/nowhere',
  '/stream/',
  '//',
]) {
  test(`${path} is not found`, async () => refused(await app.get(path), 404, 'not-found'));
}

test('a path that cannot be decoded is refused', async () => refused(await app.get('/%zz'), 400, 'invalid-request'));

for (const [method, path, allow] of [
  ['PATCH', '/api/chat/messages', 'GET, HEAD, POST, DELETE, OPTIONS'],
  ['PUT', '/api/chat/messages?room=global', 'GET, HEAD, POST, DELETE, OPTIONS'],
  ['POST', '/api/info', 'GET, HEAD, OPTIONS'],
  ['POST', '/', 'GET, HEAD, OPTIONS'],
  ['POST', '/ws-endpoint', 'GET, HEAD'],
  ['POST', '/stream', 'GET, HEAD, OPTIONS'],
] as const) {
  test(`${method} ${path} is refused, and Allow says what is not`, async () => {
    const response = await fetch(app.url + path, { method });
    assert.equal(response.headers.get('allow'), allow);
    await refused(response, 405, 'method-not-allowed');
  });
}

test('OPTIONS on a known path says what is allowed, on another that there is nothing', async () => {
  const known = await fetch(`${app.url}/api/chat/messages`, { method: 'OPTIONS' });
  assert.equal(known.status, 204);
  assert.equal(known.headers.get('allow'), 'GET, HEAD, POST, DELETE, OPTIONS');
  await refused(await fetch(`${app.url}/nowhere`, { method: 'OPTIONS' }), 404, 'not-found');
});

test('HEAD has the headers of GET and no body', async () => {
  const response = await fetch(`${app.url}/api/info`, { method: 'HEAD' });
  assert.equal(response.status, 200);
  assert.equal(await response.text(), '');
});

test('what is not HTTP is answered in the same form, and the connection ends', async () => {
  const answer = await rawRequest(app.app.port, 'HELLO\n\n');
  assert.match(answer, /^HTTP\/1\.1 400 /);
  assert.match(answer, /"code":"invalid-request"/);
});

test('headers that are too large are answered in the same form', async () => {
  const answer = await rawRequest(app.app.port, `GET / HTTP/1.1\nHost: x\nCookie: ${'x'.repeat(20_000)}\n\n`);
  assert.match(answer, /^HTTP\/1\.1 431 /);
  assert.match(answer, /"code":"headers-too-large"/);
});

test('an error that nobody expected tells a client nothing and the log everything', async () => {
  const lines: object[] = [];
  const log = {
    debug: () => undefined,
    info: () => undefined,
    warn: () => undefined,
    error: (f: object) => lines.push(f),
  };
  // A clock that fails makes the handler of /api/info fail.
  let broken = false;
  const { systemClock } = await import('../../server/clock.ts');
  const clock = {
    ...systemClock,
    monotonic() {
      if (broken && new Error().stack?.includes('/http/info.ts')) throw new Error('secret');
      return systemClock.monotonic();
    },
  };
  const other = await TestApp.start({}, { log, clock });
  broken = true;
  const response = await other.get('/api/info');
  assert.equal(response.status, 500);
  const text = await response.text();
  assert.match(text, /"code":"internal"/);
  assert.doesNotMatch(text, /secret/);
  assert.match(String((lines[0] as { err: Error }).err), /secret/);
  await other.close();
});

for (const [code, status, refused] of [
  ['ERR_HTTP_REQUEST_TIMEOUT', 408, 'timeout'],
  ['HPE_HEADER_OVERFLOW', 431, 'headers-too-large'],
  ['HPE_INVALID_METHOD', 400, 'invalid-request'],
] as const) {
  test(`a request that fails with ${code} is answered with ${status}, and its connection ends`, async () => {
    const socket = new PassThrough().setEncoding('utf8');
    answerClientError(Object.assign(new Error('parser'), { code }), socket);
    const [answer] = await once(socket, 'data');
    assert.match(answer, new RegExp(`^HTTP/1\\.1 ${status} [\\s\\S]*Connection: close[\\s\\S]*"code":"${refused}"`));
    if (!socket.destroyed) await once(socket, 'close');
  });
}

test('a connection that was reset is dropped without a word', () => {
  const socket = new PassThrough();
  answerClientError(Object.assign(new Error('reset'), { code: 'ECONNRESET' }), socket);
  assert.ok(socket.destroyed);
  assert.equal(socket.read(), null);
});

test('errors of the framework become codes of the table', () => {
  const framework = (statusCode: number) => Object.assign(new Error('Fastify says so'), { statusCode });
  const codes = [413, 415, 403, 404, 400, 431, 500].map((status) => httpRefusal(framework(status)).code);
  assert.deepEqual(codes, [
    'too-large',
    'unsupported-media-type',
    'not-found',
    'not-found',
    'invalid-request',
    'invalid-request',
    'internal',
  ]);
  assert.equal(httpRefusal('thrown text').code, 'internal');
  const refusal = new Refusal('unknown-room');
  assert.equal(httpRefusal(refusal), refusal);
});
