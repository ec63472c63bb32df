import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { test } from 'node:test';
import { rawRequest } from '../../support/raw-http.ts';
import { assertCors, assertLongCached, assertNeverCached } from './assertions.ts';
import { type Answer, until } from './sockjs-client.ts';
import { SockJsServer } from './sockjs-server.ts';

// The names are those of the public test list of sockjs-protocol 0.3.3.

function assertPreflight(answer: Answer, origin: string, methods: readonly string[]): void {
  assert.equal(answer.status, 204);
  assertLongCached(answer);
  assert.equal(answer.headers['access-control-max-age'], '31536000');
  for (const method of methods) assert.ok(answer.headers['access-control-allow-methods']?.includes(method));
  assert.equal(answer.body, '');
  assertCors(answer, origin);
}

test('BaseUrlGreeting.test_greeting', async () => {
  await using server = await SockJsServer.echo();
  for (const path of ['', '/']) {
    const { status, headers, body } = await server.client.get(path);
    assert.deepEqual([status, body], [200, 'Welcome to SockJS!\n']);
    assert.equal(headers['content-type'], 'text/plain; charset=UTF-8');
    assert.equal(headers['set-cookie'], undefined);
  }
});

test('BaseUrlGreeting.test_notFound', async () => {
  await using server = await SockJsServer.echo();
  for (const path of ['/a', '/a.html', '//', '///', '/a/a', '/a/a/', '/a/', '/a/a/constructor']) {
    assert.equal((await server.client.get(path)).status, 404, path);
  }
});

const IFRAME =
  /^<!DOCTYPE html>\n<html>\n<head>\n {2}<meta http-equiv="X-UA-Compatible" content="IE=edge" \/>\n {2}<meta http-equiv="Content-Type" content="text\/html; charset=UTF-8" \/>\n {2}<script src="(?<url>[^"]*)"><\/script>\n {2}<script>\n {4}document\.domain = document\.domain;\n {4}SockJS\.bootstrap_iframe\(\);\n {2}<\/script>\n<\/head>\n<body>\n {2}<h2>Don't panic!<\/h2>\n {2}<p>This is a SockJS hidden iframe\. It's used for cross domain magic\.<\/p>\n<\/body>\n<\/html>$/;

for (const [name, paths] of Object.entries({
  'IframePage.test_simpleUrl': ['/iframe.html'],
  'IframePage.test_versionedUrl': [
    '/iframe-a.html',
    '/iframe-.html',
    '/iframe-0.1.2.html',
    '/iframe-0.1.2abc-dirty.2144.html',
  ],
  'IframePage.test_queriedUrl': [
    ...['/iframe-a.html?t=1234', '/iframe-0.1.2.html?t=123414', '/iframe-0.1.2abc-dirty.2144.html?t=qweqweq123'],
  ],
})) {
  test(name, async () => {
    await using server = await SockJsServer.echo();
    for (const path of paths) {
      const { status, headers, body } = await server.client.get(path);
      assert.equal(status, 200);
      assert.equal(headers['content-type'], 'text/html; charset=UTF-8');
      assertLongCached({ headers });
      assert.ok(headers.etag);
      assert.equal(headers['set-cookie'], undefined);
      assert.match(IFRAME.exec(body)?.groups?.url ?? '', /^\/base\/sockjs\.min\.js\?v=[\w-]{8}$/);
    }
  });
}

test('IframePage.test_invalidUrl', async () => {
  await using server = await SockJsServer.echo();
  const names = ['iframe.htm', 'iframe', 'IFRAME.HTML', 'IFRAME', 'iframe.HTML', 'iframe.xml', 'iframe-/.html'];
  for (const name of names) assert.equal((await server.client.get(`/${name}`)).status, 404, name);
});

test('IframePage.test_cacheability', async () => {
  await using server = await SockJsServer.echo();
  const { etag } = (await server.client.get('/iframe.html')).headers;
  assert.ok(etag);
  assert.equal((await server.client.get('/iframe.html')).headers.etag, etag);
  for (const known of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
    const again = await server.client.get('/iframe-2.html', { 'If-None-Match': known });
    assert.deepEqual([again.status, again.headers['content-type'], again.body], [304, undefined, ''], known);
  }
  assert.equal((await server.client.get('/iframe.html', { 'If-None-Match': '"other"' })).status, 200);
});

test('the page for frames loads the client library from here, and may be framed by those sites that may connect', async () => {
  await using server = await SockJsServer.echo({ allowedOrigins: ['https://example.org'] });
  const script = await server.client.get('/sockjs.min.js');
  assert.deepEqual([script.status, script.body], [200, 'the library']);
  const { headers } = await server.client.get('/iframe.html');
  assert.equal(headers['content-security-policy'], "frame-ancestors 'self' https://example.org");
});

test('the page for frames loads each version of the library by a URL of its own, and one from elsewhere as it is', async () => {
  const urls: (string | undefined)[] = [];
  for (const [url, body] of [
    ['/base/sockjs.min.js', 'the library'],
    ['/base/sockjs.min.js', 'the next version'],
    ['https://cdn.example/sockjs.js', 'the library'],
  ] as const) {
    await using server = await SockJsServer.echo({ script: { url, body: Buffer.from(body) } });
    const at = IFRAME.exec((await server.client.get('/iframe.html')).body)?.groups?.url;
    if (at?.startsWith('/base')) assert.equal((await server.client.get(at.slice('/base'.length))).body, body);
    urls.push(at);
  }
  assert.equal(new Set(urls).size, 3);
  assert.equal(urls[2], 'https://cdn.example/sockjs.js');
});

test('InfoTest.test_basic', async () => {
  await using server = await SockJsServer.echo();
  const answer = await server.client.get('/info', { Origin: 'test' });
  assert.equal(answer.status, 200);
  assert.equal(answer.headers['content-type'], 'application/json; charset=UTF-8');
  assert.equal(answer.headers['set-cookie'], undefined);
  assertNeverCached(answer);
  assertCors(answer, 'test');
  assertCors(await server.client.get('/info'));
  const { entropy, ...rest } = JSON.parse(answer.body);
  assert.ok(Number.isInteger(entropy) && entropy >= 0 && entropy < 2 ** 32);
  assert.deepEqual(rest, { websocket: true, origins: ['*:*'], cookie_needed: false });
});

test('InfoTest.test_entropy', async () => {
  await using server = await SockJsServer.echo();
  const numbers = [await server.client.get('/info'), await server.client.get('/info')].map(
    ({ body }) => JSON.parse(body).entropy,
  );
  assert.notEqual(numbers[0], numbers[1]);
});

test('InfoTest.test_options and test_options_null_origin', async () => {
  await using server = await SockJsServer.echo();
  for (const origin of ['test', 'null']) {
    const asked = { Origin: origin, 'Access-Control-Request-Method': 'GET' };
    const answer = await server.client.send('OPTIONS', '/info', asked);
    assertPreflight(answer, origin, ['OPTIONS', 'GET']);
  }
});

for (const [name, transports] of Object.entries({
  'XhrPolling.test_options': ['xhr', 'xhr_send'],
  'XhrStreaming.test_options': ['xhr_streaming'],
})) {
  test(name, async () => {
    await using server = await SockJsServer.echo();
    for (const transport of transports) {
      for (const origin of ['test', 'null']) {
        const asked = { Origin: origin, 'Access-Control-Request-Method': 'POST' };
        const answer = await server.client.send('OPTIONS', `/abc/abc/${transport}`, asked);
        assertPreflight(answer, origin, ['OPTIONS', 'POST']);
      }
    }
  });
}

test('XhrPolling.test_request_headers_cors', async () => {
  await using server = await SockJsServer.echo();
  for (const [asked, allowed] of [
    ['a, b, c', 'a, b, c'],
    ['', undefined],
    [undefined, undefined],
  ] as const) {
    const headers = {
      ...{ Origin: 'test', 'Access-Control-Request-Method': 'POST' },
      ...(asked !== undefined && { 'Access-Control-Request-Headers': asked }),
    };
    const answer = await server.client.send('OPTIONS', '/a/b/xhr', headers);
    assert.equal(answer.status, 204);
    assertCors(answer, 'test');
    assert.equal(answer.headers['access-control-allow-headers'], allowed);
  }
});

test('another site may not use what ALLOWED_ORIGINS does not name, nor read why', async () => {
  await using server = await SockJsServer.echo({ allowedOrigins: ['https://good.example'] });
  const here = `http://127.0.0.1:${server.port}`;
  const bad = { Origin: 'https://bad.example' };
  for (const [method, path] of [
    ['GET', '/info'],
    ['OPTIONS', '/a/b/xhr'],
    ['POST', '/a/b/xhr'],
    ['POST', '/a/b/xhr_send'],
    ['GET', '/a/b/eventsource'],
  ] as const) {
    const refused = await server.client.send(method, path, bad);
    assert.deepEqual([refused.status, JSON.parse(refused.body).code], [403, 'origin-refused'], path);
    assert.equal(refused.headers['access-control-allow-origin'], undefined);
  }
  for (const origin of ['https://good.example', here]) {
    assertCors(await server.client.get('/info', { Origin: origin }), origin);
  }
  assert.equal(server.host.conversations.length, 0);
});

test('a script tag of another site, which has no Origin, is known by what the browser says of it', async () => {
  await using server = await SockJsServer.echo({ allowedOrigins: ['https://good.example'] });
  const ask = (headers: Record<string, string>) => server.client.get(`${server.session()}/jsonp?c=x`, headers);
  const cross = { 'Sec-Fetch-Site': 'cross-site' };
  assert.equal((await ask(cross)).status, 403);
  assert.equal((await ask({ ...cross, Referer: 'https://bad.example/page' })).status, 403);
  assert.equal((await ask({ ...cross, Referer: 'https://good.example/' })).status, 200);
  assert.equal((await ask({ 'Sec-Fetch-Site': 'same-origin' })).status, 200);
});

test('WebsocketHttpErrors.test_httpMethod and test_invalidConnectionHeader', async () => {
  await using server = await SockJsServer.echo();
  for (const [headers, says] of [
    [{}, 'Can "Upgrade" only to "WebSocket".'],
    [{ Upgrade: 'h2c', Connection: 'close' }, 'Can "Upgrade" only to "WebSocket".'],
    [{ Upgrade: 'WebSocket', Connection: 'close' }, '"Connection" must be "Upgrade".'],
  ] as const) {
    const { status, body } = await server.client.get('/0/0/websocket', headers);
    assert.deepEqual([status, body], [400, says]);
  }
});

test('WebsocketHttpErrors.test_invalidMethod, and methods that a transport does not know', async () => {
  await using server = await SockJsServer.echo();
  for (const [method, path, headers] of [
    ['POST', '/0/0/websocket', { Upgrade: 'WebSocket', Connection: 'Upgrade' }],
    ['POST', '/0/0/websocket', {}],
    ['GET', '/0/0/xhr', {}],
    ['PUT', '/0/0/xhr_send', {}],
    ['POST', '/0/0/eventsource', {}],
  ] as const) {
    const answer = await server.client.send(method, path, headers);
    assert.deepEqual([answer.status, answer.headers['content-type'], answer.body], [405, undefined, ''], path);
    assert.ok(answer.headers.allow);
  }
});

for (const [name, version, closes] of [
  ['Http10.test_synchronous', '1.0', true],
  ['Http10.test_synchronous', '1.0', false],
  ['Http11.test_synchronous', '1.1', true],
  ['Http11.test_synchronous', '1.1', false],
] as const) {
  test(`${name}, with Connection: ${closes ? 'close' : 'Keep-Alive'}`, async () => {
    await using server = await SockJsServer.echo();
    const socket = connect(server.port, '127.0.0.1').setEncoding('latin1');
    let came = '';
    socket.on('data', (text) => {
      came += text;
    });
    const connection = closes ? 'close' : 'Keep-Alive';
    const ask = (): unknown =>
      socket.write(`GET /base HTTP/${version}\r\nHost: x\r\nConnection: ${connection}\r\n\r\n`);
    const answers = (): number => came.split('Welcome to SockJS!\n').length - 1;
    ask();
    await until(() => answers() === 1);
    assert.match(came, /^HTTP\/1\.1 200 /);
    assert.match(came, /\r\nContent-Length: 19\r\n/);
    assert.doesNotMatch(came, /transfer-encoding/i);
    assert.match(came, closes ? /\r\nConnection: close\r\n/i : /\r\nConnection: keep-alive\r\n/i);
    if (closes) await until(() => socket.destroyed);
    else {
      // The connection has the next request too.
      ask();
      await until(() => answers() === 2);
    }
    socket.destroy();
  });
}

test('a POST without a Content-Length is one without a body (http-quirks.py of the protocol)', async () => {
  await using server = await SockJsServer.echo();
  const answer = await rawRequest(
    server.port,
    `POST /base${server.session()}/xhr HTTP/1.1\nHost: x\nConnection: close\n\n`,
  );
  assert.match(answer, /\r\n\r\no\n$/);
});

test('JsessionidCookie.test_basic', async () => {
  await using server = await SockJsServer.echo({ cookie: true });
  const { headers, body } = await server.client.get('/info');
  assert.equal(headers['set-cookie'], undefined);
  assert.equal(JSON.parse(body).cookie_needed, true);
});

for (const [name, method, path, send] of [
  ['xhr', 'POST', '/xhr', '/xhr_send'],
  ['xhr_streaming', 'POST', '/xhr_streaming', '/xhr_send'],
  ['eventsource', 'GET', '/eventsource', '/xhr_send'],
  ['htmlfile', 'GET', '/htmlfile?c=callback', '/xhr_send'],
  ['jsonp', 'GET', '/jsonp?c=callback', '/jsonp_send'],
] as const) {
  test(`JsessionidCookie.test_${name}`, async () => {
    await using server = await SockJsServer.echo({ cookie: true });
    /** The cookie of the receiver, which is that of a send too. */
    const cookie = async (headers: Record<string, string>) => {
      const session = server.session();
      const stream = await server.client.stream(method, `${session}${path}`, headers);
      assert.equal(stream.status, 200);
      const sent = await server.client.post(`${session}${send}`, '["x"]', headers);
      assert.ok(sent.status === 200 || sent.status === 204);
      assert.deepEqual(sent.headers['set-cookie'], stream.headers['set-cookie']);
      return stream.headers['set-cookie'];
    };
    assert.deepEqual(await cookie({}), ['JSESSIONID=dummy; path=/']);
    assert.deepEqual(await cookie({ Cookie: 'a=b; JSESSIONID=abcdef' }), ['JSESSIONID=abcdef; path=/']);
    assert.deepEqual(await cookie({ Cookie: 'JSESSIONID=a b"' }), ['JSESSIONID=dummy; path=/']);
  });
}
