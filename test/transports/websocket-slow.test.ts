import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import test from 'node:test';
import { systemClock } from '../../server/clock.ts';
import { headerOf } from '../../server/protocol/stomp/frame.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { code, TestClient, TestServer } from './websocket-server.ts';

const TEXT = 'x'.repeat(4_000);
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const turns = async (): Promise<void> => {
  for (let i = 0; i < 100; i++) await turn();
};

/** Of what is compressed well so much fits into the buffers of a connection that filling them takes seconds. */
function slowClient(server: TestServer, perMessageDeflate = false): TestClient {
  return new TestClient(server.url, ['v12.stomp'], { perMessageDeflate });
}

/** As long as `TEXT`; cannot be made much shorter. */
const noise = (): string => randomBytes(TEXT.length).toString('base64').slice(0, TEXT.length);

/** Appends until the one subscriber's socket takes no more; returns how many events there are. */
async function fill(server: TestServer, text = (): string => TEXT): Promise<number> {
  const { news } = server.destinations;
  const [cursor] = news.cursors;
  assert.ok(cursor);
  let count = 0;
  for (let blocked = 0; blocked < 5; blocked++) {
    while (cursor.client.writable) {
      blocked = 0;
      for (let i = 0; i < 50; i++, count++) news.append(`${count} ${text()}`);
      while (cursor.client.writable && !cursor.idle) await new Promise((go) => setTimeout(go, 1));
    }
    await turns();
  }
  return count;
}

for (const compressed of [false, true]) {
  const how = compressed ? 'compressed' : 'as it is';
  const text = compressed ? noise : (): string => TEXT;
  test(`${how}, a slow reader that was blocked gets everything, in order, when it reads again`, async () => {
    await using server = await new TestServer().listen();
    const client = await slowClient(server, compressed).connect();
    client.send('SUBSCRIBE', { id: 's', destination: '/topic/news', receipt: 'r' });
    await client.next('RECEIPT');
    client.socket.pause();
    const written = await fill(server, text);
    const count = written + 200;
    for (let i = written; i < count; i++) server.destinations.news.append(`${i} ${text()}`);
    await turns();
    assert.ok(server.hub.stats.deliveries <= written, 'the client was not blocked');
    client.socket.resume();
    for (let i = 0; i < count; i++) {
      const message = await client.next('MESSAGE');
      assert.equal(headerOf(message, 'message-id'), `m:${i}`);
      assert.equal(message.body.length, JSON.stringify(`${i} ${TEXT}`).length);
    }
    client.send('DISCONNECT', { receipt: 'bye' });
    assert.equal(headerOf(await client.next('RECEIPT'), 'receipt-id'), 'bye');
  });
}

test('private frames that wait for a slow reader come in order, however many they are', async () => {
  await using server = await new TestServer().listen();
  const client = await slowClient(server).connect();
  client.send('SUBSCRIBE', { id: 's', destination: '/topic/news', receipt: 'r' });
  await client.next('RECEIPT');
  client.socket.pause();
  await fill(server);
  const asked = 5_000;
  for (let i = 0; i < asked; i++) client.send('ACK', { id: '0@s', receipt: `${i}` });
  for (let i = 0; i < 50; i++) await turn();
  client.socket.resume();
  for (let i = 0; i < asked; i++) assert.equal(headerOf(await client.next('RECEIPT'), 'receipt-id'), `${i}`);
});

test('reading rests while answers wait, then while sends are in flight, and goes on after each', async () => {
  await using server = await new TestServer().listen();
  const client = await slowClient(server).connect();
  client.send('SUBSCRIBE', { id: 's', destination: '/topic/news', receipt: 'r' });
  await client.next('RECEIPT');
  client.socket.pause();
  await fill(server);
  // More RECEIPTs than may wait, and as many SENDs as may be in flight.
  const ack = `ACK\nid:0@s\nreceipt:${'r'.repeat(250)}\n\n\0`;
  const send = 'SEND\ndestination:/app/chat\n\nx\0';
  client.socket.send(ack.repeat(300) + send.repeat(64));
  const { sent } = server.destinations;
  await turns();
  assert.equal(sent.length, 0);
  client.socket.resume();
  while (sent.length < 64) await turn();
  client.socket.send(send);
  await turns();
  assert.equal(sent.length, 64);
  for (const one of [...sent]) one.accept();
  while (sent.length < 65) await turn();
});

/** A clock whose timers are turned by hand, while sockets live in real time. */
class SocketClock extends ManualClock {
  override soon(task: () => void): void {
    systemClock.soon(task);
  }
}

test('a client that takes nothing for 30 s is closed, and cut when it does not answer that', async () => {
  const clock = new SocketClock();
  await using server = await new TestServer({ clock }).listen();
  const client = await slowClient(server).connect();
  client.send('SUBSCRIBE', { id: 's', destination: '/topic/news', receipt: 'r' });
  await client.next('RECEIPT');
  client.socket.pause();
  await fill(server);
  // Found within 31 s, and cut 2 s later.
  clock.advance(31_500);
  assert.equal(server.hub.stats.stalled, 1);
  assert.equal(server.destinations.news.cursors.length, 0);
  assert.equal(server.endpoint.connections, 1);
  clock.advance(5_000);
  await turns();
  assert.equal(server.endpoint.connections, 0);
  client.socket.resume();
  assert.equal((await client.closed()).code, 1006);
});

test('a client that was stalled but reads again learns why it was closed', async () => {
  const clock = new SocketClock();
  await using server = await new TestServer({ clock }).listen();
  const client = await slowClient(server).connect();
  client.send('SUBSCRIBE', { id: 's', destination: '/topic/news', receipt: 'r' });
  await client.next('RECEIPT');
  client.socket.pause();
  await fill(server);
  // Found within 31 s, and cut 2 s later.
  clock.advance(31_500);
  client.socket.resume();
  assert.equal(code(await client.next('ERROR')), 'too-slow');
  assert.deepEqual(await client.closed(), { code: 1008, reason: 'too-slow' });
});

test('close does not wait for a client that never answers', async () => {
  const clock = new SocketClock();
  await using server = await new TestServer({ clock }).listen();
  const client = await slowClient(server).connect();
  client.socket.pause();
  const done = server.endpoint.close();
  clock.advance(10_000);
  await done;
  assert.equal(server.endpoint.connections, 0);
  client.socket.terminate();
});

test('close does not wait for a client that takes nothing', async () => {
  const clock = new SocketClock();
  await using server = await new TestServer({ clock }).listen();
  const client = await slowClient(server).connect();
  client.send('SUBSCRIBE', { id: 's', destination: '/topic/news', receipt: 'r' });
  await client.next('RECEIPT');
  client.socket.pause();
  await fill(server);
  const done = server.endpoint.close();
  clock.advance(10_000);
  await done;
  assert.equal(server.endpoint.connections, 0);
  client.socket.terminate();
});

test('the answer to a close is read, also of a client that was not read otherwise', async () => {
  // No timer turns here, and there is no time for others: the connection must end by itself.
  await using server = await new TestServer({ clock: new SocketClock() }).listen();
  const client = await slowClient(server).connect();
  client.socket.send('SEND\ndestination:/app/chat\n\nx\0'.repeat(64));
  while (server.destinations.sent.length < 64) await turn();
  const done = server.endpoint.close();
  await client.next('ERROR');
  while (server.endpoint.connections > 0) await turn();
  assert.equal((await client.closed()).code, 1012);
  await done;
});

test('heart-beats go both ways: the server beats, and drops a client that does not', async () => {
  const clock = new SocketClock();
  await using server = await new TestServer({ clock }).listen();
  const client = await new TestClient(server.url).connect('1.2', { 'heart-beat': '10000,10000' });
  clock.advance(10_000);
  while (!client.texts.includes('\n')) await turn();
  clock.advance(70_000);
  assert.equal(code(await client.next('ERROR')), 'timeout');
  assert.deepEqual(await client.closed(), { code: 1008, reason: 'timeout' });
});
