// permessage-deflate (RFC 7692), both ways.
import assert from 'node:assert/strict';
import test, { mock } from 'node:test';
import { constants, deflateRawSync, inflateRawSync } from 'node:zlib';
import { headerOf } from '../../server/protocol/stomp/frame.ts';
import { StompSocket } from '../../server/transports/websocket-pipe.ts';
import { PING, RawWebSocket, type ReceivedFrame, TEXT } from '../support/raw-websocket.ts';
import { TestClient, TestServer } from './websocket-server.ts';

const OFFER = { 'Sec-WebSocket-Extensions': 'permessage-deflate; client_max_window_bits' };
const COMPRESSED = 0b100;

/** RFC 7692 section 7.2.1: deflated, flushed, without the four bytes that every message would end with. */
function deflated(text: string): Buffer {
  return deflateRawSync(Buffer.from(text), { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4);
}

test('it is agreed on without a context on either side', async () => {
  await using server = await new TestServer().listen();
  const client = await RawWebSocket.open(server.port, OFFER);
  assert.match(client.head, /permessage-deflate/);
  assert.match(client.head, /client_no_context_takeover/);
  assert.match(client.head, /server_no_context_takeover/);
  client.socket.destroy();
});

test('a compressed message is understood, and the answers are not compressed', async () => {
  await using server = await new TestServer().listen();
  const client = await RawWebSocket.open(server.port, OFFER);
  client.send({ reserved: COMPRESSED, payload: deflated('CONNECT\naccept-version:1.2\n\n\0') });
  const connected = await client.next();
  assert.equal(connected?.opcode, TEXT);
  assert.match(String(connected?.payload), /^CONNECTED\n/);
  // Fragments are compressed together: only the first has the bit (section 6.1).
  const bytes = deflated('SUBSCRIBE\nid:1\ndestination:/user/queue/errors\nreceipt:r\n\n\0');
  client.send(
    { reserved: COMPRESSED, fin: false, payload: bytes.subarray(0, 5) },
    { opcode: PING },
    { opcode: 0, payload: bytes.subarray(5) },
  );
  await client.next();
  assert.match(String((await client.next())?.payload), /^RECEIPT\nreceipt-id:r\n/);
  client.socket.destroy();
});

test('many compressed messages one after the other are understood, each for itself', async () => {
  await using server = await new TestServer().listen();
  const client = await new TestClient(server.url, ['v12.stomp'], { perMessageDeflate: { threshold: 0 } }).connect();
  assert.match(client.socket.extensions, /permessage-deflate/);
  const destination = '/topic/news';
  for (let i = 0; i < 200; i++) client.send('SUBSCRIBE', { id: 'x'.repeat(i), destination, receipt: `${i}` });
  for (let i = 0; i < 200; i++) assert.equal(headerOf(await client.next('RECEIPT'), 'receipt-id'), `${i}`);
  client.socket.terminate();
});

for (const [says, code, frames] of [
  ['a bomb', 1009, [{ reserved: COMPRESSED, payload: deflated('\n'.repeat(50_000_000)) }]],
  [
    'a bomb in fragments',
    1009,
    [
      { reserved: COMPRESSED, fin: false, payload: deflated('\n'.repeat(50_000_000)).subarray(0, 100) },
      { opcode: 0, payload: deflated('\n'.repeat(50_000_000)).subarray(100) },
    ],
  ],
  ['what is not deflated', 1007, [{ reserved: COMPRESSED, payload: Buffer.alloc(100, 0xff) }]],
  ['text that is not UTF-8 when inflated', 1007, [{ reserved: COMPRESSED, payload: badText() }]],
  [
    'the bit on a continuation (section 6.1)',
    1002,
    [{ fin: false }, { opcode: 0, reserved: COMPRESSED, payload: deflated('x') }],
  ],
  ['the bit on a control frame (section 6.1)', 1002, [{ opcode: PING, reserved: COMPRESSED }]],
] as const) {
  test(`${says} closes with ${code}, and costs the server no more than the limit`, async () => {
    await using server = await new TestServer().listen();
    const client = await RawWebSocket.open(server.port, OFFER);
    client.send(...frames);
    assert.equal(await client.closeCode(), code);
  });
}

function badText(): Buffer {
  return deflateRawSync(Buffer.of(0xff, 0xfe), { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4);
}

test('where it is off, it is not agreed on, and the bit closes with 1002', async () => {
  await using server = await new TestServer({ compression: false }).listen();
  const client = await RawWebSocket.open(server.port, OFFER);
  assert.doesNotMatch(client.head, /deflate/);
  client.send({ reserved: COMPRESSED, payload: deflated('x') });
  assert.equal(await client.closeCode(), 1002);
});

test('an offer of a window that is too small for what is shared is no reason to refuse', async () => {
  await using server = await new TestServer().listen();
  const client = await RawWebSocket.open(server.port, {
    'Sec-WebSocket-Extensions': 'permessage-deflate; server_max_window_bits=10',
  });
  assert.match(client.head, / 101 /);
  client.socket.destroy();
});

test('a connection that sent something compressed keeps nothing of what inflated it', async () => {
  const seen = new Set<StompSocket>();
  const { release } = StompSocket.prototype;
  const spy = mock.method(StompSocket.prototype, 'release', function (this: StompSocket) {
    seen.add(this);
    release.call(this);
  });
  await using server = await new TestServer().listen();
  const clients = await Promise.all(
    Array.from({ length: 10 }, () =>
      new TestClient(server.url, ['v12.stomp'], { perMessageDeflate: { threshold: 0 } }).connect(),
    ),
  );
  // What `ws` would keep is not told by anything public; see `StompSocket.release`.
  const kept = [...seen].filter((socket) => {
    const { _extensions } = socket as unknown as { _extensions: Record<string, { _inflate: unknown }> };
    return _extensions['permessage-deflate']?._inflate !== null;
  });
  spy.mock.restore();
  assert.equal(seen.size, 10);
  assert.equal(kept.length, 0);
  for (const client of clients) client.socket.terminate();
});

const END = Buffer.from('0000ffff', 'hex');

/** A client that made this offer and follows the news. */
async function follower(server: TestServer, offer = OFFER['Sec-WebSocket-Extensions']): Promise<RawWebSocket> {
  const client = await RawWebSocket.open(server.port, { 'Sec-WebSocket-Extensions': offer });
  client.stomp('CONNECT\naccept-version:1.2\n\n^');
  await client.next();
  client.stomp('SUBSCRIBE\nid:sub-0\ndestination:/topic/news\nreceipt:r\n\n^');
  await client.next();
  return client;
}

function inflated({ compressed, payload }: ReceivedFrame): string {
  const text = compressed
    ? inflateRawSync(Buffer.concat([payload, END]), { finishFlush: constants.Z_SYNC_FLUSH })
    : payload;
  return text.toString();
}

/** The WebSocket frames in which so many MESSAGEs came. */
async function framesOf(client: RawWebSocket, messages: number): Promise<ReceivedFrame[]> {
  const frames: ReceivedFrame[] = [];
  for (let count = 0; count < messages; ) {
    const next = await client.next();
    if (next === undefined) assert.fail('the connection ended');
    frames.push(next);
    count += inflated(next).split('MESSAGE\n').length - 1;
  }
  return frames;
}

const numbers = (text: string): number[] => [...text.matchAll(/"news (\d+)"/g)].map(([, n]) => Number(n));

test('what gathers for many goes out as few compressed messages, the same for all, of at most 16 KB inflated', async () => {
  await using server = await new TestServer().listen();
  const clients = [await follower(server), await follower(server)];
  for (let n = 0; n < 500; n++) server.destinations.news.append(`news ${n}`);
  const got = await Promise.all(clients.map((client) => framesOf(client, 500)));
  for (const frames of got) {
    assert.ok(frames.length < 10);
    for (const frame of frames) {
      assert.ok(frame.compressed);
      assert.ok(inflated(frame).length <= 16_384);
      assert.ok(frame.payload.length < inflated(frame).length / 4);
    }
    assert.deepEqual(
      numbers(frames.map(inflated).join('')),
      Array.from({ length: 500 }, (_, n) => n),
    );
  }
  assert.deepEqual(got[0], got[1]);
  for (const { socket } of clients) socket.destroy();
});

for (const [says, offer, texts] of [
  ['little text', OFFER['Sec-WebSocket-Extensions'], ['news 0', 'news 1']],
  ['an event larger than a block', OFFER['Sec-WebSocket-Extensions'], [`news ${'0'.repeat(20_000)}`]],
  [
    'text for a client with a smaller window',
    'permessage-deflate; server_max_window_bits=12',
    Array.from({ length: 100 }, (_, n) => `news ${n}`),
  ],
  ['text for a client that did not offer it', 'x-other', Array.from({ length: 100 }, (_, n) => `news ${n}`)],
] as const)
  test(`${says} is sent as it is, each event as a message`, async () => {
    await using server = await new TestServer().listen();
    const client = await follower(server, offer);
    for (const text of texts) server.destinations.news.append(text);
    const frames = await framesOf(client, texts.length);
    assert.equal(frames.length, texts.length);
    assert.ok(frames.every(({ compressed }) => !compressed));
    client.socket.destroy();
  });

test('a client library reads them, among heart-beats and receipts, in order', async () => {
  await using server = await new TestServer().listen();
  const client = await new TestClient(server.url, ['v12.stomp'], { perMessageDeflate: true }).connect();
  client.send('SUBSCRIBE', { id: 'sub-0', destination: '/topic/news', receipt: 'r' });
  await client.next('RECEIPT');
  for (let n = 0; n < 1_000; n++) server.destinations.news.append(`news ${n}`);
  for (let n = 0; n < 1_000; n++) {
    const message = await client.next('MESSAGE');
    assert.equal(headerOf(message, 'message-id'), `m:${n}`);
  }
  client.socket.terminate();
});
