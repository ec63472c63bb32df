import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { test } from 'node:test';
import { WebSocket } from 'ws';
import { clientAddresses } from '../../../server/limits/client-address.ts';
import { MAX_BODY } from '../../../server/transports/sockjs/send.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { rawRequest } from '../../support/raw-http.ts';
import { handshake } from '../../support/raw-websocket.ts';
import { closingHost } from './services.ts';
import { until } from './sockjs-client.ts';
import { SockJsServer } from './sockjs-server.ts';

/** A session over polls, opened. */
async function opened(server: SockJsServer): Promise<string> {
  const session = server.session();
  assert.equal((await server.client.post(`${session}/xhr`)).body, 'o\n');
  // The answer is with the operating system a turn later than with the client.
  await server.client.get('');
  return session;
}

test('a session whose client does not come back within 5 s has ended', async () => {
  await using server = await SockJsServer.echo();
  const session = await opened(server);
  server.clock.advance(4_800);
  assert.equal(server.endpoint.connections, 1);
  server.clock.advance(500);
  assert.equal(server.endpoint.connections, 0);
  assert.equal(server.host.last.over, true);
  assert.equal((await server.client.post(`${session}/xhr_send`, '["a"]')).status, 404);
  assert.equal((await server.client.post(`${session}/xhr`)).body, 'o\n');
});

test('a poll that nothing comes for gets a heart-beat after 25 s', async () => {
  await using server = await SockJsServer.echo();
  const session = await opened(server);
  const { requests } = server;
  const asked = server.client.begin('POST', `${session}/xhr`);
  await until(() => server.requests > requests);
  server.clock.advance(25_100);
  assert.equal((await asked.answer).body, 'h\n');
});

test('a session that the server ends says what it has to say, and then why', async () => {
  await using server = await SockJsServer.echo();
  const session = await opened(server);
  server.host.last.pipe.close('timeout');
  const bodies = [];
  for (let i = 0; i < 3; i++) bodies.push((await server.client.post(`${session}/xhr`)).body);
  assert.deepEqual(bodies, ['a["the end: timeout"]\n', 'c[1008,"timeout"]\n', 'c[1008,"timeout"]\n']);
});

test('a stream hears at once that the server stops', async () => {
  await using server = await SockJsServer.echo();
  const stream = await server.client.stream('POST', `${server.session()}/xhr_streaming`);
  await stream.read();
  await stream.read();
  await server.endpoint.close();
  assert.equal(await stream.read(), 'a["the end: stopping"]\n');
  assert.equal(await stream.read(), 'c[1012,"stopping"]\n');
  assert.equal(await stream.read(), undefined);
});

test('a client that takes nothing is written to no more, and goes on where it stopped', async () => {
  await using server = await SockJsServer.echo({ limits: { responseBytes: 1e9 } });
  const stream = await server.client.stream('POST', `${server.session()}/xhr_streaming`);
  await stream.read();
  await stream.read();
  stream.socket.pause();
  const { pipe } = server.host.last;
  let sent = 0;
  while (pipe.write(pipe.wire.wrap(Buffer.from(`${sent}:${'x'.repeat(60_000)}`)))) {
    sent++;
    await new Promise((resolve) => setImmediate(resolve));
  }
  stream.socket.resume();
  let text = '';
  while (!text.includes(`"${sent}:`) || !text.endsWith('"]\n')) text += await stream.read();
  const numbers = [...text.matchAll(/a\["(\d+):/g)].map(([, number]) => Number(number));
  assert.deepEqual(
    numbers,
    Array.from({ length: sent + 1 }, (_, index) => index),
  );
  stream.abort();
});

test('sends wait while the session does not read, and too many of them end it', async () => {
  await using server = await SockJsServer.echo();
  const session = await opened(server);
  const { last } = server.host;
  last.pipe.pauseReading();
  const { requests } = server;
  const sends = Array.from({ length: 8 }, () => server.client.post(`${session}/xhr_send`, '["a"]'));
  await until(() => server.requests === requests + 8);
  // Their bodies come with them; what is asked now comes later.
  await server.client.get('');
  assert.equal(last.refused, undefined);
  const one = await server.client.post(`${session}/xhr_send`, '["a"]');
  assert.equal(one.status, 204);
  assert.equal(last.refused, 'too-large');
  await Promise.all(sends);
  assert.equal(last.over, true);
});

test('a body that is too large is refused, and so is one session too many', async () => {
  const codes: string[] = [];
  const refused = (code: string): void => void codes.push(code);
  await using server = await SockJsServer.echo({ refused, limits: { sessionsPerAddress: 1 } });
  const session = await opened(server);
  assert.equal((await server.client.post(`${session}/xhr_send`, `["${'a'.repeat(MAX_BODY)}"]`)).status, 413);
  assert.deepEqual(codes, ['too-large']);
  const full = await server.client.post(`${server.session()}/xhr`, '', { Origin: 'https://a.example' });
  assert.deepEqual([full.status, JSON.parse(full.body).code], [429, 'too-many-sessions']);
  assert.equal(full.headers['access-control-allow-origin'], 'https://a.example');
  server.clock.advance(5_200);
  assert.equal((await server.client.post(`${server.session()}/xhr`)).body, 'o\n');
});

test('sessions are counted by network, so that the addresses of an IPv6 /64 are one', async () => {
  const addresses = clientAddresses(['loopback']);
  await using server = await SockJsServer.echo({ addresses, limits: { sessionsPerAddress: 1 } });
  const begin = async (address: string): Promise<number> =>
    (await server.client.post(`${server.session()}/xhr`, '', { 'X-Forwarded-For': address })).status;
  assert.equal(await begin('2001:db8::1'), 200);
  assert.equal(await begin('2001:db8::2'), 429);
  assert.equal(await begin('2001:db8:0:1::2'), 200);
  server.clock.advance(5_200);
  assert.equal(await begin('2001:db8::2'), 200);
});

test('a receiver of another transport is refused', async () => {
  await using server = await SockJsServer.echo();
  const session = await opened(server);
  assert.equal((await server.client.post(`${session}/xhr_streaming`)).status, 400);
});

/** What comes on a WebSocket, one after the other; `closed` at its end. */
function reader(socket: WebSocket): () => Promise<string> {
  const came: string[] = [];
  let wake = (): void => undefined;
  const add = (text: string): void => {
    came.push(text);
    wake();
  };
  socket.on('message', (data) => add(String(data)));
  socket.on('close', (code) => add(`closed ${code}`));
  return async () => {
    while (came.length === 0)
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    return came.shift() ?? '';
  };
}

const socketUrl = ({ port }: { port: number }, session: string) => `ws://127.0.0.1:${port}/base${session}/websocket`;

test('Websocket.test_transport, test_empty_frame and test_reuseSessionId', async () => {
  await using server = await SockJsServer.echo();
  const session = server.session();
  const sockets = [0, 1].map(() => {
    const socket = new WebSocket(socketUrl(server, session));
    return { socket, next: reader(socket) };
  });
  for (const [index, { socket, next }] of sockets.entries()) {
    assert.equal(await next(), 'o');
    for (const text of ['', '[]', `["${index}"]`, `"${index}"`]) socket.send(text);
    assert.equal(await next(), `a["${index}"]`);
    assert.equal(await next(), `a["${index}"]`);
  }
  server.clock.advance(25_100);
  for (const { socket, next } of sockets) {
    assert.equal(await next(), 'h');
    socket.close();
    assert.match(await next(), /^closed/);
  }
  // And so it is when those before have gone.
  const again = new WebSocket(socketUrl(server, session));
  const next = reader(again);
  assert.equal(await next(), 'o');
  again.send('["a"]');
  assert.equal(await next(), 'a["a"]');
  again.close();
});

test('Websocket.test_close', async () => {
  const clock = new ManualClock();
  await using server = await new SockJsServer(clock, closingHost(clock)).listen();
  const next = reader(new WebSocket(socketUrl(server, server.session())));
  assert.deepEqual([await next(), await next(), await next()], ['o', 'c[3000,"Go away!"]', 'closed 1000']);
});

/** What is answered to a handshake with these headers. */
const answerTo = (server: SockJsServer, headers: Record<string, string>): Promise<string> =>
  rawRequest(server.port, handshake({ path: `/base${server.session()}/websocket`, headers }), /\r\n\r\n/);

test('Websocket.test_headersSanity and WebsocketHybi10.test_headersSanity', async () => {
  await using server = await SockJsServer.echo();
  const headers = { 'Sec-WebSocket-Key': 'x3JJHMbDL1EzLkh9GBhXDw==', 'Sec-WebSocket-Origin': 'http://asd' };
  const answer = await answerTo(server, headers);
  assert.match(answer, /^HTTP\/1\.1 101 /);
  assert.match(answer, /^Sec-WebSocket-Accept: HSmrc0sMlYUkAGmm5OPpG2HaGWk=\r$/im);
  assert.match(answer, /^Connection: Upgrade\r$/im);
  assert.match(answer, /^Upgrade: websocket\r$/im);
  assert.doesNotMatch(answer, /content-length/i);
});

test('WebsocketHybi10.test_firefox_602_connection_header', async () => {
  await using server = await SockJsServer.echo();
  assert.match(await answerTo(server, { Connection: 'keep-alive, Upgrade' }), /^HTTP\/1\.1 101 /);
});

test('Websocket.test_haproxy and WebsocketHixie76: drafts before RFC 6455 are told which version is spoken', async () => {
  await using server = await SockJsServer.echo();
  const hixie = { 'Sec-WebSocket-Key1': '4 @1  46546xW%0l 1 5', 'Sec-WebSocket-Key2': '12998 5 Y3 1  .P00' };
  for (const headers of [{ ...hixie, 'Sec-WebSocket-Version': '' }, { 'Sec-WebSocket-Version': '7' }]) {
    const answer = await answerTo(server, headers);
    assert.match(answer, /^HTTP\/1\.1 426 [\s\S]*Sec-WebSocket-Version: 13\r\n/);
  }
});

test('whoever resets the connection of an upgrade that was refused ends nothing else, and who keeps it does not', async () => {
  await using server = await SockJsServer.echo();
  for (const [method, path] of [
    ['POST', '/base/0/0/websocket'],
    ['GET', '/base/0/0/xhr'],
  ] as const) {
    for (const resets of [true, false]) {
      const socket = connect({ port: server.port, host: '127.0.0.1', allowHalfOpen: true });
      socket.write(handshake({ method, path }));
      await once(socket, 'data');
      if (resets) socket.resetAndDestroy();
      await until(() => server.sockets.size === 0);
      socket.destroy();
    }
  }
});

test('RawWebsocket.test_transport', async () => {
  await using server = await SockJsServer.echo();
  const socket = new WebSocket(`ws://127.0.0.1:${server.port}/base/websocket`);
  const next = reader(socket);
  await once(socket, 'open');
  // What is no JSON, and what SockJS would escape, is as it was.
  for (const text of ['Hello world!\uffff', '["a"]', 'h']) {
    socket.send(text);
    assert.equal(await next(), text);
  }
  socket.terminate();
});

test('RawWebsocket.test_close', async () => {
  const clock = new ManualClock();
  await using server = await new SockJsServer(clock, closingHost(clock)).listen();
  const socket = new WebSocket(`ws://127.0.0.1:${server.port}/base/websocket`);
  const [code, reason] = await once(socket, 'close');
  assert.deepEqual([code, String(reason)], [1000, 'Go away!']);
});

test('InfoTest.test_disabled_websocket', async () => {
  await using server = await SockJsServer.echo({ websocket: false });
  assert.equal(JSON.parse((await server.client.get('/info')).body).websocket, false);
  for (const path of ['/websocket', '/0/s/websocket']) {
    assert.equal((await server.client.get(path)).status, 404);
    const answer = await rawRequest(server.port, handshake({ path: `/base${path}` }));
    assert.match(answer, /^HTTP\/1\.1 404 /);
  }
  assert.equal((await server.client.post('/0/s/xhr')).body, 'o\n');
});

test('Websocket.test_broken_json, and what else is no array of texts', async () => {
  await using server = await SockJsServer.echo();
  for (const junk of ['["a', '{}', '[1]', '["\\ud800"]', '[["a"]]', 'CONNECT\n\n\0', Buffer.of(0xff)]) {
    const socket = new WebSocket(socketUrl(server, server.session()));
    const next = reader(socket);
    assert.equal(await next(), 'o');
    socket.send(junk);
    assert.equal(await next(), 'closed 1007', String(junk));
  }
});

test('while the endpoint is emptied, sessions go on until they are told, and no new one begins', async () => {
  await using server = await SockJsServer.echo();
  const session = await opened(server);
  const [guest] = server.endpoint.drain();
  assert.equal((await server.client.post(`${server.session()}/xhr`)).status, 503);
  assert.equal((await server.client.post(`${session}/xhr_send`, '["still here"]')).status, 204);
  assert.equal((await server.client.post(`${session}/xhr`)).body, 'a["still here"]\n');
  guest?.leave(0);
  assert.equal((await server.client.post(`${session}/xhr`)).body, 'a["the end: stopping"]\n');
  assert.equal((await server.client.post(`${session}/xhr`)).body, 'c[1012,"stopping"]\n');
});
