import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock } from '../../support/manual-clock.ts';
import { assertCors, assertNeverCached, assertSent, bodyOf } from './assertions.ts';
import { closingHost } from './services.ts';
import { until } from './sockjs-client.ts';
import { SockJsServer } from './sockjs-server.ts';

// The names are those of the public test list of sockjs-protocol 0.3.3.

async function closing(): Promise<SockJsServer<ReturnType<typeof closingHost>>> {
  const clock = new ManualClock();
  return await new SockJsServer(clock, closingHost(clock)).listen();
}

test('SessionURLs.test_anyValue', async () => {
  await using server = await SockJsServer.echo();
  for (const session of ['/a/a', '/_/_', '/1/1', '/abcdefgh_i-j%20/abcdefg_i-j%20']) {
    const { status, body } = await server.client.post(`${session}/xhr`);
    assert.deepEqual([status, body], [200, 'o\n']);
  }
});

test('SessionURLs.test_invalidPaths', async () => {
  await using server = await SockJsServer.echo();
  for (const path of ['//', '/a./a', '/a/a.', '/./.', '/', '///']) {
    assert.equal((await server.client.get(`${path}/xhr`)).status, 404, path);
    assert.equal((await server.client.post(`${path}/xhr`)).status, 404, path);
  }
});

test('SessionURLs.test_ignoringServerId', async () => {
  await using server = await SockJsServer.echo();
  assert.equal(await bodyOf(server.client.post('/000/s/xhr')), 'o\n');
  await assertSent(server.client.post('/000/s/xhr_send', '["a"]'));
  assert.equal(await bodyOf(server.client.post('/999/s/xhr')), 'a["a"]\n');
});

test('Protocol.test_simpleSession', async () => {
  await using server = await SockJsServer.echo();
  const { client } = server;
  const session = server.session();
  assert.equal(await bodyOf(client.post(`${session}/xhr`)), 'o\n');
  const sent = await client.post(`${session}/xhr_send`, '["a"]');
  assert.deepEqual([sent.status, sent.body], [204, '']);
  assert.equal(await bodyOf(client.post(`${session}/xhr`)), 'a["a"]\n');
  assert.equal((await client.post('/000/bad_session/xhr_send', '["a"]')).status, 404);

  const first = await poll(server, session);
  const second = await client.post(`${session}/xhr`);
  assert.deepEqual([second.status, second.body], [200, 'c[2010,"Another connection still open"]\n']);
  server.host.last.send('still there');
  assert.equal((await first.answer).body, 'a["still there"]\n');
});

/** A poll that the server has and has nothing for. */
export async function poll(server: SockJsServer, session: string) {
  const { requests } = server;
  const asked = server.client.begin('POST', `${session}/xhr`);
  await until(() => server.requests > requests);
  return asked;
}

test('Protocol.test_closeSession', async () => {
  await using server = await closing();
  const session = server.session();
  const bodies = [];
  for (let i = 0; i < 3; i++) bodies.push(await bodyOf(server.client.post(`${session}/xhr`)));
  assert.deepEqual(bodies, ['o\n', 'c[3000,"Go away!"]\n', 'c[3000,"Go away!"]\n']);
});

test('XhrPolling.test_transport', async () => {
  await using server = await SockJsServer.echo();
  const session = server.session();
  const opened = await server.client.post(`${session}/xhr`, '', { Origin: 'test' });
  assert.deepEqual([opened.status, opened.body], [200, 'o\n']);
  assert.equal(opened.headers['content-type'], 'application/javascript; charset=UTF-8');
  const sent = await server.client.post(`${session}/xhr_send`, '["x"]', { Origin: 'test' });
  assert.deepEqual([sent.status, sent.body], [204, '']);
  assert.equal(sent.headers['content-type'], 'text/plain; charset=UTF-8');
  for (const answer of [opened, sent]) {
    assertCors(answer, 'test');
    assertNeverCached(answer);
  }
  assert.equal(await bodyOf(server.client.post(`${session}/xhr`)), 'a["x"]\n');
});

test('XhrPolling.test_invalid_session', async () => {
  await using server = await SockJsServer.echo();
  assert.equal((await server.client.post(`${server.session()}/xhr_send`, '["x"]')).status, 404);
});

test('XhrPolling.test_invalid_json', async () => {
  await using server = await SockJsServer.echo();
  const session = server.session();
  await server.client.post(`${session}/xhr`);
  for (const [body, answer] of [
    ['["x', 'Broken JSON encoding.'],
    ['', 'Payload expected.'],
    ['[1]', 'Broken JSON encoding.'],
    ['{"a":"b"}', 'Broken JSON encoding.'],
    ['["\\ud800"]', 'Broken JSON encoding.'],
  ] as const) {
    const { status, body: text } = await server.client.post(`${session}/xhr_send`, body);
    assert.deepEqual([status, text], [500, answer]);
  }
  await assertSent(server.client.post(`${session}/xhr_send`, '["a"]'));
  assert.equal(await bodyOf(server.client.post(`${session}/xhr`)), 'a["a"]\n');
});

test('XhrPolling.test_content_types', async () => {
  await using server = await SockJsServer.echo();
  const session = server.session();
  await server.client.post(`${session}/xhr`);
  const types = [
    ...['text/plain', 'T', 'application/json', 'application/xml', '', 'application/json; charset=utf-8'],
    ...['text/xml; charset=utf-8', 'text/xml'],
  ];
  for (const type of types) {
    const sent = await server.client.post(`${session}/xhr_send`, '["a"]', { 'Content-Type': type });
    assert.deepEqual([sent.status, sent.body], [204, '']);
  }
  assert.equal(await bodyOf(server.client.post(`${session}/xhr`)), `a[${types.map(() => '"a"').join(',')}]\n`);
});

test('XhrPolling.test_sending_empty_frame', async () => {
  await using server = await SockJsServer.echo();
  const session = server.session();
  await server.client.post(`${session}/xhr`);
  for (const body of ['[]', '["a"]', '"b"']) await assertSent(server.client.post(`${session}/xhr_send`, body));
  assert.equal(await bodyOf(server.client.post(`${session}/xhr`)), 'a["a","b"]\n');
});

test('JsonPolling.test_transport', async () => {
  await using server = await SockJsServer.echo();
  const session = server.session();
  const opened = await server.client.get(`${session}/jsonp?c=%63allback`);
  assert.deepEqual([opened.status, opened.body], [200, '/**/callback("o");\r\n']);
  assert.equal(opened.headers['content-type'], 'application/javascript; charset=UTF-8');
  assertNeverCached(opened);
  const sent = await server.client.form(`${session}/jsonp_send`, 'd=%5B%22x%22%5D');
  assert.deepEqual([sent.status, sent.body], [200, 'ok']);
  assert.equal(sent.headers['content-type'], 'text/plain; charset=UTF-8');
  assertNeverCached(sent);
  assert.equal(await bodyOf(server.client.get(`${session}/jsonp?c=%63allback`)), '/**/callback("a[\\"x\\"]");\r\n');
});

test('JsonPolling.test_no_callback and test_invalid_callback', async () => {
  await using server = await SockJsServer.echo();
  const missing = await server.client.get('/a/a/jsonp');
  assert.deepEqual([missing.status, missing.body], [500, '"callback" parameter required']);
  for (const callback of ['%20', '*', 'abc(', 'abc%28', 'a'.repeat(129)]) {
    const { status, body } = await server.client.get(`/a/a/jsonp?c=${callback}`);
    assert.deepEqual([status, body], [500, 'invalid "callback" parameter']);
  }
  for (const callback of ['aZ0-_.', 'a'.repeat(128)]) {
    assert.equal(
      await bodyOf(server.client.get(`${server.session()}/jsonp?c=${callback}`)),
      `/**/${callback}("o");\r\n`,
    );
  }
});

test('JsonPolling.test_invalid_json', async () => {
  await using server = await SockJsServer.echo();
  const session = server.session();
  await server.client.get(`${session}/jsonp?c=x`);
  for (const body of ['d=%5B%22x', 'd=%5B%22%FF%22%5D', 'd=%5B%22%ED%A0%80%22%5D']) {
    const broken = await server.client.form(`${session}/jsonp_send`, body);
    assert.deepEqual([broken.status, broken.body], [500, 'Broken JSON encoding.'], body);
  }
  for (const body of ['', 'd=', 'p=p']) {
    const { status, body: text } = await server.client.form(`${session}/jsonp_send`, body);
    assert.deepEqual([status, text], [500, 'Payload expected.']);
  }
  assert.equal(await bodyOf(server.client.form(`${session}/jsonp_send`, 'd=%5B%22b%22%5D')), 'ok');
  assert.equal(await bodyOf(server.client.get(`${session}/jsonp?c=x`)), '/**/x("a[\\"b\\"]");\r\n');
});

test('a field of a form is read as browsers write it, and as others do', async () => {
  await using server = await SockJsServer.echo();
  const session = server.session();
  await server.client.get(`${session}/jsonp?c=x`);
  const texts = ['+ %&=', '\u00fc\u{1f600}', ' '];
  const form = new URLSearchParams({ a: 'b', d: JSON.stringify(texts) }).toString();
  for (const body of [form, 'd=["100%","%zz","\u00fc"]&d=["not this"]']) {
    assert.equal(await bodyOf(server.client.form(`${session}/jsonp_send`, body)), 'ok');
  }
  const [, frame = ''] = /\((".*")\)/.exec(await bodyOf(server.client.get(`${session}/jsonp?c=x`))) ?? [];
  assert.equal(JSON.parse(JSON.parse(frame).slice(1)).join(''), [...texts, '100%', '%zz', '\u00fc'].join(''));
});

test('JsonPolling.test_content_types', async () => {
  await using server = await SockJsServer.echo();
  const session = server.session();
  await server.client.get(`${session}/jsonp?c=x`);
  assert.equal(await bodyOf(server.client.form(`${session}/jsonp_send`, 'd=%5B%22abc%22%5D')), 'ok');
  const plain = await server.client.post(`${session}/jsonp_send`, '["%61bc"]', { 'Content-Type': 'text/plain' });
  assert.equal(plain.body, 'ok');
  assert.equal(await bodyOf(server.client.get(`${session}/jsonp?c=x`)), '/**/x("a[\\"abc\\",\\"%61bc\\"]");\r\n');
});

test('JsonPolling.test_close', async () => {
  await using server = await closing();
  const session = server.session();
  const bodies = [];
  for (let i = 0; i < 3; i++) bodies.push(await bodyOf(server.client.get(`${session}/jsonp?c=x`)));
  const close = '/**/x("c[3000,\\"Go away!\\"]");\r\n';
  assert.deepEqual(bodies, ['/**/x("o");\r\n', close, close]);
});

test('JsonPolling.test_sending_empty_frame', async () => {
  await using server = await SockJsServer.echo();
  const session = server.session();
  await server.client.get(`${session}/jsonp?c=x`);
  for (const body of ['d=%5B%5D', 'd=%5B%22x%22%5D']) {
    assert.equal(await bodyOf(server.client.form(`${session}/jsonp_send`, body)), 'ok');
  }
  assert.equal(await bodyOf(server.client.get(`${session}/jsonp?c=x`)), '/**/x("a[\\"x\\"]");\r\n');
});

test('HandlingClose.test_abort_xhr_polling', async () => {
  await using server = await SockJsServer.echo();
  const session = server.session();
  await server.client.post(`${session}/xhr`);
  const first = await poll(server, session);
  const { body } = await server.client.post(`${session}/xhr`);
  assert.equal(body, 'c[2010,"Another connection still open"]\n');
  first.abort();
  await until(() => server.host.last.over);
  assert.equal(await bodyOf(server.client.post(`${session}/xhr`)), 'c[1002,"Connection interrupted"]\n');
});

/** Text in characters from U+00FF on that browsers garble, as the server must send it. */
const garbled = Array.from({ length: 65_536 }, (_, code) => code)
  .filter(
    (code) => code >= 255 && /[\u200c-\u200f\u2028-\u202f\u2060-\u206f\ufff0-\uffff]/.test(String.fromCharCode(code)),
  )
  .map((code) => `\\u${code.toString(16).padStart(4, '0')}`)
  .join('');

test('JSONEncoding.test_xhr_server_encodes', async () => {
  await using server = await SockJsServer.echo();
  const session = server.session();
  await server.client.post(`${session}/xhr`);
  const plain = JSON.parse(`"${garbled}"`);
  await assertSent(server.client.post(`${session}/xhr_send`, `["${plain}"]`));
  assert.equal(await bodyOf(server.client.post(`${session}/xhr`)), `a["${garbled}"]\n`);
});

test('JSONEncoding.test_xhr_server_decodes', async () => {
  await using server = await SockJsServer.echo();
  const session = server.session();
  await server.client.post(`${session}/xhr`);
  // Every character that is no surrogate: more than any client escapes.
  const codes = Array.from({ length: 65_536 }, (_, code) => code).filter((code) => code < 0xd800 || code > 0xdfff);
  const characters = codes.map((code) => String.fromCharCode(code)).join('');
  for (let at = 0; at < characters.length; at += 16_384) {
    const part = characters.slice(at, at + 16_384);
    const escaped = [...part].map((each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, '0')}`).join('');
    await assertSent(server.client.post(`${session}/xhr_send`, `["${escaped}"]`));
    const { body } = await server.client.post(`${session}/xhr`);
    assert.deepEqual(JSON.parse(body.slice(1)), [part]);
  }
});
