// RFC 6455, byte by byte: what a server must do about what a client sends. Each test names its section.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { BINARY, CLOSE, type FrameParts, frame, PING, PONG, RawWebSocket, TEXT } from '../support/raw-websocket.ts';
import { TestServer } from './websocket-server.ts';

let server: TestServer;

before(async () => {
  server = await new TestServer().listen();
});
after(() => server[Symbol.asyncDispose]());

const open = (): Promise<RawWebSocket> => RawWebSocket.open(server.port);
const CONNECT = 'CONNECT\naccept-version:1.2\nhost:x\n\n\0';
/** A frame whose RECEIPT comes at once. */
const asking = (receipt: string): string =>
  `SUBSCRIBE\nid:${receipt}\ndestination:/user/queue/errors\nreceipt:${receipt}\n\n\0`;

/** A client that has CONNECTed. */
async function connected(): Promise<RawWebSocket> {
  const client = await open();
  client.stomp(CONNECT);
  assert.match(String((await client.next())?.payload), /^CONNECTED/);
  return client;
}

async function answersReceipt(client: RawWebSocket, id: string): Promise<void> {
  const next = await client.next();
  assert.equal(next?.opcode, TEXT);
  assert.match(String(next?.payload), new RegExp(`^RECEIPT\nreceipt-id:${id}\n`));
}

test('1.3 and 4.2.2: the accept key is made of the client’s key', async () => {
  const client = await open();
  assert.match(client.head, /^HTTP\/1\.1 101 /);
  assert.match(client.head, /^Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK\+xOo=\r$/im);
  assert.match(client.head, /^Connection: Upgrade\r$/im);
  assert.match(client.head, /^Upgrade: websocket\r$/im);
  client.socket.destroy();
});

const closing: readonly (readonly [says: string, code: number, ...frames: FrameParts[]])[] = [
  ['5.1: a frame without a mask closes with 1002', 1002, { payload: CONNECT, masked: false }],
  ['5.1: a control frame without a mask closes with 1002', 1002, { opcode: PING, masked: false }],
  ['5.2: RSV1 without an extension closes with 1002', 1002, { reserved: 0b100, payload: 'x' }],
  ['5.2: RSV2 closes with 1002', 1002, { reserved: 0b010, payload: 'x' }],
  ['5.2: RSV3 closes with 1002', 1002, { reserved: 0b001, payload: 'x' }],
  ['5.4: a continuation of nothing closes with 1002', 1002, { opcode: 0, payload: 'x' }],
  ['5.4: a new message inside another closes with 1002', 1002, { fin: false, payload: 'x' }, { payload: 'y' }],
  ['5.5: a fragmented control frame closes with 1002', 1002, { opcode: PING, fin: false }],
  ['5.5: a control frame above 125 bytes closes with 1002', 1002, { opcode: PING, payload: 'x'.repeat(126) }],
  ['5.5.1: a close frame of one byte closes with 1002', 1002, { opcode: CLOSE, payload: 'x' }],
  ['5.5.1: a reason that is not UTF-8 closes with 1007', 1007, { opcode: CLOSE, payload: Buffer.of(3, 232, 0xff) }],
  ['5.5.1: a close frame without a code is answered by one', 1005, { opcode: CLOSE }],
  ['5.5.1: a close frame is answered with its code', 1000, { opcode: CLOSE, payload: Buffer.of(3, 232) }],
  ['8.1: text that is not UTF-8 closes with 1007', 1007, { payload: Buffer.of(0xce, 0xba, 0xe1, 0xbd) }],
  [
    '8.1: text whose fragments together are not UTF-8 closes with 1007',
    1007,
    { fin: false, payload: Buffer.of(0xf0, 0x9f) },
    { opcode: 0, payload: Buffer.of(0x41) },
  ],
  ['10.4: a message above the limit closes with 1009', 1009, { opcode: BINARY, payload: Buffer.alloc(131_073) }],
  [
    '10.4: fragments above the limit close with 1009',
    1009,
    { fin: false, payload: Buffer.alloc(65_536, 'x') },
    { opcode: 0, fin: false, payload: Buffer.alloc(65_537, 'x') },
  ],
];
for (const [says, code, ...frames] of closing) {
  test(says, async () => {
    const client = await open();
    client.send(...frames);
    assert.equal(await client.closeCode(), code);
  });
}

for (const opcode of [3, 4, 5, 6, 7, 11, 12, 13, 14, 15]) {
  test(`5.2: the reserved opcode ${opcode} closes with 1002`, async () => {
    const client = await open();
    client.send({ opcode });
    assert.equal(await client.closeCode(), 1002);
  });
}

for (const code of [0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000]) {
  test(`7.4: a close frame with ${code}, which may not be sent, closes with 1002`, async () => {
    const client = await open();
    client.send({ opcode: CLOSE, payload: Buffer.of(code >> 8, code & 0xff) });
    assert.equal(await client.closeCode(), 1002);
  });
}

for (const code of [1000, 1001, 1003, 1011, 3000, 4999]) {
  test(`7.4: a close frame with ${code} is answered with it`, async () => {
    const client = await open();
    client.send({ opcode: CLOSE, payload: Buffer.of(code >> 8, code & 0xff) });
    assert.equal(await client.closeCode(), code);
  });
}

test('5.2: a length of 64 bits that nothing can hold closes with 1009', async () => {
  const client = await open();
  client.socket.write(Buffer.of(0x82, 0xff, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 2, 3, 4));
  assert.equal(await client.closeCode(), 1009);
});

test('5.2: a large length is refused before any of its bytes came', async () => {
  const client = await open();
  client.socket.write(Buffer.of(0x82, 0xff, 0, 0, 0, 0, 0x40, 0, 0, 0));
  assert.equal(await client.closeCode(), 1009);
});

test('5.4: 1,024 fragments are one message', async () => {
  const client = await connected();
  const bytes = Buffer.from(asking('many').padEnd(1_024, '\n'));
  client.send(
    ...Array.from(bytes, (byte, i) => ({
      opcode: i === 0 ? TEXT : 0,
      fin: i === bytes.length - 1,
      payload: Buffer.of(byte),
    })),
  );
  await answersReceipt(client, 'many');
  client.socket.destroy();
});

test('5.4: fragments without end close with 1008, empty ones too', async () => {
  const client = await open();
  const rest = Array.from({ length: 5_000 }, () => ({ opcode: 0, fin: false }));
  client.send({ fin: false }, ...rest);
  assert.equal(await client.closeCode(), 1008);
});

test('5.4: a character may be cut by fragments, and control frames may stand between them', async () => {
  const client = await connected();
  const bytes = Buffer.from(`SUBSCRIBE\nid:é😀\ndestination:/user/queue/errors\nreceipt:cut\n\n\0`);
  const at = bytes.indexOf(0xf0) + 2;
  client.send(
    { fin: false, payload: bytes.subarray(0, at) },
    { opcode: PING, payload: 'between' },
    { opcode: 0, payload: bytes.subarray(at) },
  );
  const pong = await client.next();
  assert.deepEqual([pong?.opcode, String(pong?.payload)], [PONG, 'between']);
  await answersReceipt(client, 'cut');
  client.socket.destroy();
});

test('5.2: frames are understood at every split, and byte by byte', async () => {
  const client = await connected();
  const bytes = Buffer.concat([
    frame({ payload: asking('a') }),
    frame({ opcode: PONG }),
    frame({ payload: asking('b') }),
  ]);
  client.socket.setNoDelay();
  for (const byte of bytes) {
    client.socket.write(Buffer.of(byte));
    await new Promise((resolve) => setImmediate(resolve));
  }
  await answersReceipt(client, 'a');
  await answersReceipt(client, 'b');
  client.socket.destroy();
});

test('5.6: binary messages carry STOMP as text does', async () => {
  const client = await connected();
  client.send({ opcode: BINARY, payload: asking('bin') });
  await answersReceipt(client, 'bin');
  client.socket.destroy();
});

test('a message of 65,536 bytes passes', async () => {
  const client = await connected();
  const head = 'SEND\ndestination:/app/chat\nreceipt:big\n\n';
  client.send({ payload: `${head}${'x'.repeat(65_536 - head.length - 1)}\0` });
  while (server.destinations.sent.length === 0) await new Promise((resolve) => setImmediate(resolve));
  server.destinations.sent.pop()?.accept();
  await answersReceipt(client, 'big');
  client.socket.destroy();
});

test('5.5.2: a ping is answered with its bytes, and 5.5.3: a pong that nobody asked for is nothing', async () => {
  const client = await connected();
  client.send({ opcode: PONG, payload: 'unasked' }, { opcode: PING, payload: 'x'.repeat(125) });
  const pong = await client.next();
  assert.deepEqual([pong?.opcode, pong?.payload.length], [PONG, 125]);
  client.socket.destroy();
});

test('5.5.2: 60 pings at once are answered, and who asks for more than it takes is cut off', async () => {
  const client = await connected();
  const pings = (count: number): FrameParts[] => Array.from({ length: count }, () => ({ opcode: PING, payload: 'x' }));
  client.send(...pings(60));
  for (let i = 0; i < 60; i++) assert.equal((await client.next())?.opcode, PONG);
  const closed = new Promise((resolve) => client.socket.once('close', resolve));
  client.send(...pings(1_000));
  await closed;
});

test('5.5.1: what comes after a close frame is not read', async () => {
  const client = await connected();
  const before = server.destinations.sent.length;
  client.send({ opcode: CLOSE, payload: Buffer.of(3, 232) }, { payload: 'SEND\ndestination:/app/chat\n\nlate\0' });
  assert.equal(await client.closeCode(), 1000);
  assert.equal(server.destinations.sent.length, before);
});

test('7.1.1: after both close frames it is the server that closes', async () => {
  const client = await open();
  client.send({ opcode: CLOSE, payload: Buffer.of(3, 232) });
  assert.equal((await client.next())?.opcode, CLOSE);
  assert.equal(await client.next(), undefined);
});

test('5.2: a frame of 60,000 bytes may come in thousands of reads, as over a slow link', async () => {
  const client = await connected();
  client.socket.setNoDelay();
  const head = 'SEND\ndestination:/app/chat\nreceipt:slow\n\n';
  const bytes = frame({ payload: `${head}${'x'.repeat(60_000 - head.length - 1)}\0` });
  const slowly = 5_000;
  for (let i = 0; i < slowly; i++) {
    client.socket.write(bytes.subarray(i, i + 1));
    await new Promise((resolve) => setImmediate(resolve));
  }
  client.socket.write(bytes.subarray(slowly));
  while (server.destinations.sent.length === 0) await new Promise((resolve) => setImmediate(resolve));
  const sent = server.destinations.sent.pop();
  assert.equal(sent?.body, 'x'.repeat(60_000 - head.length - 1));
  sent.accept();
  await answersReceipt(client, 'slow');
  client.socket.destroy();
});
