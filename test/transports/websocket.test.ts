import assert from 'node:assert/strict';
import test from 'node:test';
import { WebSocket } from 'ws';
import { headerOf } from '../../server/protocol/stomp/frame.ts';
import { code, statusOf, TestClient, TestServer } from './websocket-server.ts';

const NEWS = '/topic/news';

for (const version of ['1.0', '1.1', '1.2'] as const) {
  test(`a session of STOMP ${version} from CONNECT to DISCONNECT`, async () => {
    await using server = await new TestServer().listen();
    const client = await new TestClient(server.url, [`v${version.replace('.', '')}.stomp`]).connect(version);
    assert.equal(server.endpoint.connections, 1);
    client.send('SUBSCRIBE', { id: 's', destination: NEWS, receipt: 'sub' });
    assert.equal(headerOf(await client.next('RECEIPT'), 'receipt-id'), 'sub');
    server.destinations.news.append('hé😀');
    const message = await client.next('MESSAGE');
    assert.equal(headerOf(message, 'kind'), 'a:b');
    assert.equal(Buffer.from(message.body).toString(), '"hé😀"');
    client.send('DISCONNECT', { receipt: 'bye' });
    assert.equal(headerOf(await client.next('RECEIPT'), 'receipt-id'), 'bye');
    assert.equal((await client.closed()).code, 1000);
    assert.equal(server.destinations.present.length, 0);
  });
}

for (const [offered, chosen] of [
  [['v10.stomp', 'v11.stomp', 'v12.stomp'], 'v12.stomp'],
  [['v11.stomp', 'v10.stomp'], 'v11.stomp'],
  [['v10.stomp'], 'v10.stomp'],
  [[], ''],
] as const) {
  test(`of the subprotocols [${offered.join(' ')}] "${chosen}" is chosen`, async () => {
    await using server = await new TestServer().listen();
    const client = await new TestClient(server.url, [...offered]).open();
    assert.equal(client.socket.protocol, chosen);
  });
}

test('no subprotocol is chosen of those that are not STOMP', async () => {
  await using server = await new TestServer().listen();
  assert.match(await statusOf(server.port, { ...handshake(), 'Sec-WebSocket-Protocol': 'mqtt' }), / 101 /);
});

test('the version is what accept-version agrees on, whatever the subprotocol', async () => {
  await using server = await new TestServer().listen();
  for (const [protocol, version] of [
    ['v10.stomp', '1.2'],
    ['v12.stomp', '1.1'],
  ] as const) {
    const client = await new TestClient(server.url, [protocol]).open();
    client.send('CONNECT', { 'accept-version': version });
    assert.equal(client.socket.protocol, protocol);
    assert.equal(headerOf(await client.next('CONNECTED'), 'version'), version);
    client.socket.terminate();
  }
});

test('a frame may come in several messages, and several frames in one', async () => {
  await using server = await new TestServer().listen();
  const client = await new TestClient(server.url).connect();
  const subscribe = (receipt: number): string =>
    `SUBSCRIBE\nid:s\ndestination:/user/queue/errors\nreceipt:${receipt}\n\n\0`;
  const unsubscribe = (receipt: number): string => `UNSUBSCRIBE\nid:s\nreceipt:${receipt}\n\n\0`;
  const frames = Buffer.from(`\n${subscribe(1)}\n\n${unsubscribe(2)}${subscribe(3)}${unsubscribe(4)}`);
  client.socket.send(frames);
  for (const byte of frames) client.socket.send(Buffer.of(byte));
  client.socket.send(frames.toString());
  for (const id of ['1', '2', '3', '4', '1', '2', '3', '4', '1', '2', '3', '4']) {
    assert.equal(headerOf(await client.next('RECEIPT'), 'receipt-id'), id);
  }
});

test('a fragmented WebSocket message is one message', async () => {
  await using server = await new TestServer().listen();
  const client = await new TestClient(server.url).connect();
  client.socket.send('SUBSCRIBE\nid:1\ndestination:/user/queue/errors\nrec', { fin: false });
  client.socket.send('eipt:r\n\n\0', { fin: true });
  assert.equal(headerOf(await client.next('RECEIPT'), 'receipt-id'), 'r');
});

test('an ERROR names the receipt of its frame and closes with 1008 and the code', async () => {
  await using server = await new TestServer().listen();
  const client = await new TestClient(server.url).connect();
  client.send('UNSUBSCRIBE', { id: 't', receipt: 'r' });
  const error = await client.next('ERROR');
  assert.equal(headerOf(error, 'receipt-id'), 'r');
  assert.deepEqual(await client.closed(), { code: 1008, reason: 'unknown-subscription' });
});

test('a frame above 64 KiB is an ERROR and closes with 1009', async () => {
  await using server = await new TestServer().listen();
  const client = await new TestClient(server.url).connect();
  client.send('SEND', { destination: '/app/chat', receipt: 'r' }, 'x'.repeat(65_536));
  const error = await client.next('ERROR');
  assert.deepEqual([code(error), headerOf(error, 'receipt-id')], ['too-large', 'r']);
  assert.equal((await client.closed()).code, 1009);
});

test('a message far above 64 KiB closes with 1009 before it is read', async () => {
  await using server = await new TestServer().listen();
  const client = await new TestClient(server.url).connect();
  client.send('SEND', { destination: '/app/chat' }, 'x'.repeat(1_000_000));
  assert.equal((await client.closed()).code, 1009);
  assert.deepEqual(server.destinations.sent, []);
});

test('text that is not UTF-8 closes with 1007', async () => {
  await using server = await new TestServer().listen();
  const client = await new TestClient(server.url).connect();
  client.socket.send(Buffer.of(0xff, 0xfe), { binary: false });
  assert.equal((await client.closed()).code, 1007);
});

test('a client that closes, or is cut off, leaves nothing behind', async () => {
  await using server = await new TestServer().listen();
  for (const end of ['close', 'terminate'] as const) {
    const client = await new TestClient(server.url).connect();
    client.send('SUBSCRIBE', { id: 's', destination: NEWS, receipt: 'r' });
    await client.next('RECEIPT');
    client.socket[end]();
    await client.closed();
    while (server.endpoint.connections > 0) await new Promise((resolve) => setImmediate(resolve));
    assert.equal(server.destinations.news.cursors.length, 0);
    assert.equal(server.hub.clients, 0);
    assert.equal(server.destinations.present.length, 0);
  }
});

test('close tells every session that the server stops, closes with 1012, and takes no more', async () => {
  await using server = await new TestServer().listen();
  const clients = await Promise.all(Array.from({ length: 120 }, () => new TestClient(server.url).connect()));
  const silent = await new TestClient(server.url).open();
  const done = server.endpoint.close();
  for (const client of [...clients, silent]) {
    assert.equal(code(await client.next('ERROR')), 'stopping');
    assert.deepEqual(await client.closed(), { code: 1012, reason: 'stopping' });
  }
  await done;
  assert.equal(server.endpoint.connections, 0);
  assert.match(await statusOf(server.port, handshake()), / 503 /);
  await server.endpoint.close();
});

test('a client that is told to leave hears why, and nobody new is taken', async () => {
  await using server = await new TestServer().listen();
  const client = await new TestClient(server.url).connect();
  const [guest] = server.endpoint.drain();
  assert.match(await statusOf(server.port, handshake()), / 503 /);
  guest?.leave(0);
  assert.equal(code(await client.next('ERROR')), 'stopping');
  assert.deepEqual(await client.closed(), { code: 1012, reason: 'stopping' });
});

function handshake(): Record<string, string> {
  return {
    Host: 'example.org',
    Upgrade: 'websocket',
    Connection: 'Upgrade',
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
  };
}

test('a wrong upgrade request is answered with an HTTP error', async () => {
  await using server = await new TestServer().listen();
  const { 'Sec-WebSocket-Key': _key, ...keyless } = handshake();
  assert.match(await statusOf(server.port, keyless), / 400 /);
  assert.match(await statusOf(server.port, { ...handshake(), 'Sec-WebSocket-Version': '1' }), / 426 /);
  assert.match(await statusOf(server.port, handshake(), 'POST'), / 405 /);
  assert.match(await statusOf(server.port, handshake()), / 101 /);
});

test('pages of the same host and of allowed sites may connect, others get 403', async () => {
  await using server = await new TestServer({ allowedOrigins: ['https://friend.example'] }).listen();
  const status = (origin: string, host = 'example.org'): Promise<string> =>
    statusOf(server.port, { ...handshake(), Host: host, Origin: origin });
  for (const [origin, host] of [
    ['http://example.org', 'example.org'],
    ['https://example.org', 'example.org'],
    ['https://example.org', 'example.org:443'],
    ['https://EXAMPLE.org', 'Example.Org'],
    ['http://example.org:8080', 'example.org:8080'],
    ['https://friend.example', 'example.org'],
  ] as const) {
    assert.match(await status(origin, host), / 101 /, `${origin} at ${host}`);
  }
  for (const [origin, host] of [
    ['http://evil.example', 'example.org'],
    ['http://example.org:8081', 'example.org:8080'],
    ['http://example.org.evil.example', 'example.org'],
    ['http://friend.example', 'example.org'],
    ['null', 'example.org'],
    ['nonsense', 'example.org'],
  ] as const) {
    assert.match(await status(origin, host), / 403 /, `${origin} at ${host}`);
  }
});

test('with * pages of any origin may connect', async () => {
  await using server = await new TestServer({ allowedOrigins: ['*'] }).listen();
  assert.match(await statusOf(server.port, { ...handshake(), Origin: 'null' }), / 101 /);
});

test('a WebSocket ping is answered', async () => {
  await using server = await new TestServer().listen();
  const client = await new TestClient(server.url).connect();
  const pong = new Promise((resolve) => client.socket.once('pong', resolve));
  client.socket.ping('still there?');
  assert.equal(String(await pong), 'still there?');
  assert.equal(client.socket.readyState, WebSocket.OPEN);
});
