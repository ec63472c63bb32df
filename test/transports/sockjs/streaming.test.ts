import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { test } from 'node:test';
import { ManualClock } from '../../support/manual-clock.ts';
import { rawRequest } from '../../support/raw-http.ts';
import { assertCors, assertNeverCached, assertSent, bodyOf } from './assertions.ts';
import { closingHost } from './services.ts';
import { until } from './sockjs-client.ts';
import { SockJsServer } from './sockjs-server.ts';

// The names are those of the public test list of sockjs-protocol 0.3.3.

const PRELUDE = `${'h'.repeat(2_048)}\n`;

async function closing(): Promise<SockJsServer<ReturnType<typeof closingHost>>> {
  const clock = new ManualClock();
  return await new SockJsServer(clock, closingHost(clock)).listen();
}

const HEAD = `<!doctype html>
<html><head>
  <meta http-equiv="X-UA-Compatible" content="IE=edge" />
  <meta http-equiv="Content-Type" content="text/html; charset=UTF-8" />
</head><body><h2>Don't panic!</h2>
  <script>
    document.domain = document.domain;
    var c = parent.callback;
    c.start();
    function p(d) {c.message(d);};
    window.onload = function() {c.stop();};
  </script>`;

const transports = [
  {
    name: 'XhrStreaming',
    method: 'POST',
    path: '/xhr_streaming',
    type: 'application/javascript; charset=UTF-8',
    prelude: PRELUDE,
    frame: (text: string) => `${text}\n`,
  },
  {
    name: 'EventSource',
    method: 'GET',
    path: '/eventsource',
    type: 'text/event-stream',
    prelude: '\r\n',
    frame: (text: string) => `data: ${text}\r\n\r\n`,
  },
  {
    name: 'HtmlFile',
    method: 'GET',
    path: '/htmlfile?c=%63allback',
    type: 'text/html; charset=UTF-8',
    prelude: `${HEAD.padEnd(1_024)}\r\n\r\n`,
    frame: (text: string) => `<script>\np(${JSON.stringify(text)});\n</script>\r\n`,
  },
] as const;

for (const { name, method, path, type, prelude, frame } of transports) {
  test(`${name}.test_transport`, async () => {
    await using server = await SockJsServer.echo();
    const session = server.session();
    const stream = await server.client.stream(method, session + path, { Origin: 'test' });
    assert.equal(stream.status, 200);
    assert.equal(stream.headers['content-type'], type);
    assertNeverCached(stream);
    assert.equal(stream.headers['x-accel-buffering'], 'no');
    assertCors(stream, 'test');
    assert.equal(await stream.read(), prelude);
    assert.equal(await stream.read(), frame('o'));
    await assertSent(server.client.post(`${session}/xhr_send`, '["x"]'));
    assert.equal(await stream.read(), frame('a["x"]'));
    await assertSent(server.client.post(`${session}/xhr_send`, '["  \\u0000\\n\\r "]'));
    assert.equal(await stream.read(), frame('a["  \\u0000\\n\\r "]'));
    stream.abort();
  });

  test(`${name}.test_response_limit, and the client goes on with the next request`, async () => {
    await using server = await SockJsServer.echo();
    const session = server.session();
    const stream = await server.client.stream(method, session + path);
    await stream.read();
    await stream.read();
    const text = 'x'.repeat(128);
    for (let i = 0; i < 20; i++) {
      await server.client.post(`${session}/xhr_send`, `["${text}"]`);
      assert.equal(await stream.read(), frame(`a["${text}"]`));
    }
    // Transports differ in what a frame costs: this one fills them all.
    await server.client.post(`${session}/xhr_send`, `["${'y'.repeat(4_096)}"]`);
    let rest = '';
    for (let chunk = await stream.read(); chunk !== undefined; chunk = await stream.read()) rest += chunk;
    assert.equal(stream.broken, false);

    const next = await server.client.stream(method, session + path);
    assert.equal(await next.read(), prelude);
    await server.client.post(`${session}/xhr_send`, '["z"]');
    let after = '';
    while (!after.includes('z')) after += await next.read();
    assert.equal(rest + after, frame(`a["${'y'.repeat(4_096)}"]`) + frame('a["z"]'));
  });

  test(`a heart-beat of ${name} is a frame like any other`, async () => {
    await using server = await SockJsServer.echo();
    const stream = await server.client.stream(method, server.session() + path);
    await stream.read();
    await stream.read();
    for (let i = 0; i < 3; i++) {
      server.clock.advance(25_100);
      assert.equal(await stream.read(), frame('h'));
    }
  });
}

test('XhrStreaming.test_response_limit counts what frames cost, and not what comes before them', async () => {
  await using server = await SockJsServer.echo();
  const session = server.session();
  const stream = await server.client.stream('POST', `${session}/xhr_streaming`);
  assert.equal(await stream.read(), PRELUDE);
  assert.equal(await stream.read(), 'o\n');
  const text = `["${'x'.repeat(128)}"]`;
  for (let i = 0; i < 31; i++) {
    await assertSent(server.client.post(`${session}/xhr_send`, text));
    assert.equal(await stream.read(), `a${text}\n`);
  }
  assert.equal(await stream.read(), undefined);
  assert.equal(stream.broken, false);
});

test('EventSource.test_response_limit and HtmlFile.test_response_limit: one frame that fills the answer ends it', async () => {
  await using server = await SockJsServer.echo();
  for (const { name, method, path, prelude, frame } of transports) {
    const session = server.session();
    const stream = await server.client.stream(method, session + path);
    const text = `["${'x'.repeat(4_096)}"]`;
    assert.equal(await stream.read(), prelude);
    assert.equal(await stream.read(), frame('o'));
    await assertSent(server.client.post(`${session}/xhr_send`, text));
    assert.equal(await stream.read(), frame(`a${text}`), name);
    assert.equal(await stream.read(), undefined, name);
  }
});

test('HtmlFile.test_no_callback and test_invalid_callback', async () => {
  await using server = await SockJsServer.echo();
  const missing = await server.client.get('/a/a/htmlfile');
  assert.deepEqual([missing.status, missing.body], [500, '"callback" parameter required']);
  for (const callback of ['%20', '*', 'abc(', 'abc%28', '</script>']) {
    const { status, body } = await server.client.get(`/a/a/htmlfile?c=${callback}`);
    assert.deepEqual([status, body], [500, 'invalid "callback" parameter']);
  }
});

for (const [transport, path] of [
  ['htmlfile', '/htmlfile?c=x'],
  ['jsonp', '/jsonp?c=x'],
] as const) {
  test(`no text leaves its script block in ${transport}`, async () => {
    await using server = await SockJsServer.echo();
    const session = server.session();
    const nasty = '</script><script>alert(1)</script><!--<script>\u2028\u2029]]>"\'\\';
    const stream = await server.client.stream('GET', session + path);
    const read: string[] = [];
    if (transport === 'jsonp') assert.equal(await stream.read(), '/**/x("o");\r\n');
    else read.push((await stream.read()) ?? '', (await stream.read()) ?? '');
    await server.client.post(`${session}/xhr_send`, JSON.stringify([nasty]));
    const message = transport === 'jsonp' ? await bodyOf(server.client.get(session + path)) : await stream.read();
    const script = message?.replace(/^<script>\n/, '').replace(/<\/script>\r\n$/, '') ?? '';
    assert.doesNotMatch(script, /[<\u2028\u2029]/);
    // What the page's script would be given.
    const given = JSON.parse(/\((?<string>".*")\);\r?\n$/.exec(script)?.groups?.string ?? '');
    assert.deepEqual(JSON.parse(given.slice(1)), [nasty]);
  });
}

test('HandlingClose.test_close_frame', async () => {
  await using server = await closing();
  const session = server.session();
  for (const frames of [['o\n', 'c[3000,"Go away!"]\n'], ['c[3000,"Go away!"]\n']]) {
    const stream = await server.client.stream('POST', `${session}/xhr_streaming`);
    assert.equal(await stream.read(), PRELUDE);
    for (const frame of frames) assert.equal(await stream.read(), frame);
    assert.equal(await stream.read(), undefined);
  }
});

test('HandlingClose.test_close_request', async () => {
  await using server = await SockJsServer.echo();
  const session = server.session();
  const first = await server.client.stream('POST', `${session}/xhr_streaming`);
  await first.read();
  assert.equal(await first.read(), 'o\n');
  const second = await server.client.post(`${session}/xhr_streaming`);
  assert.equal(second.body, `${PRELUDE}c[2010,"Another connection still open"]\n`);
  server.host.last.send('the first goes on');
  assert.equal(await first.read(), 'a["the first goes on"]\n');
});

test('HandlingClose.test_abort_xhr_streaming', async () => {
  await using server = await SockJsServer.echo();
  const session = server.session();
  const first = await server.client.stream('POST', `${session}/xhr_streaming`);
  await first.read();
  await first.read();
  const second = await server.client.post(`${session}/xhr_streaming`);
  assert.equal(second.body, `${PRELUDE}c[2010,"Another connection still open"]\n`);
  first.abort();
  await until(() => server.host.last.over);
  const third = await server.client.post(`${session}/xhr_streaming`);
  assert.equal(third.body, `${PRELUDE}c[1002,"Connection interrupted"]\n`);
});

test('Http10.test_streaming', async () => {
  await using server = await closing();
  const answer = await rawRequest(
    server.port,
    `POST /base${server.session()}/xhr_streaming HTTP/1.0\nHost: x\nContent-Length: 0\nConnection: Keep-Alive\n\n`,
  );
  const [head = '', body] = answer.split('\r\n\r\n');
  assert.match(head, /^HTTP\/1\.1 200 /);
  assert.doesNotMatch(head, /transfer-encoding|content-length/i);
  assert.equal(body, `${PRELUDE}o\nc[3000,"Go away!"]\n`);
});

test('Http11.test_streaming', async () => {
  await using server = await closing();
  const socket = connect(server.port, '127.0.0.1').setEncoding('latin1');
  let answer = '';
  socket.on('data', (chunk) => {
    answer += chunk;
  });
  socket.write(
    `POST /base${server.session()}/xhr_streaming HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nConnection: Keep-Alive\r\n\r\n`,
  );
  await until(() => answer.endsWith('\r\n0\r\n\r\n'));
  // The connection has the next request too.
  assert.equal(socket.closed, false);
  socket.destroy();
  assert.match(answer, /\r\nTransfer-Encoding: chunked\r\n/);
  assert.doesNotMatch(answer, /content-length/i);
  assert.ok(answer.endsWith(`\r\n801\r\n${PRELUDE}\r\n2\r\no\n\r\n13\r\nc[3000,"Go away!"]\n\r\n0\r\n\r\n`));
});
