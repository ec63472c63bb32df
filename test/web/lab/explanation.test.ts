import assert from 'node:assert/strict';
import { test } from 'node:test';
import { constants, deflateRawSync } from 'node:zlib';
import type { Connection, Content, Entry, Sender } from '../../../web/src/lab/entry.ts';
import { explain, keyIn } from '../../../web/src/lab/explanation.ts';
import { bitRows } from '../../../web/src/lab/model/bit-rows.ts';
import { hexDump } from '../../../web/src/lab/model/hex-dump.ts';
import { problemsOf } from '../../../web/src/lab/model/part.ts';
import { rebuiltFrame } from '../../../web/src/lab/model/rebuild.ts';
import { explainFrame } from '../../../web/src/lab/model/websocket-frame.ts';

const chat: Connection = { name: 'chat', protocol: 'websocket', target: '/ws-endpoint' };

function entry(from: Sender, content: Content, connection: Connection = chat): Entry {
  return { n: 1, at: 0, from, connection, content };
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

for (const size of [0, 1, 125, 126, 65_535, 65_536]) {
  test(`a frame made again of ${size} bytes has the shortest length and no problem, either way`, () => {
    for (const from of ['client', 'server'] as const) {
      const frame = explainFrame(rebuiltFrame('x'.repeat(size), from), { from });
      assert.deepEqual(problemsOf(frame.parts), []);
      assert.equal(frame.payload.length, size);
      assert.equal(frame.missing, 0);
    }
  });
}

test('the grid draws FIN, three reserved bits, an opcode of four, MASK, a length of seven and the key', () => {
  const frame = rebuiltFrame('hello', 'client');
  const head = explainFrame(frame, { from: 'client' }).parts.filter(({ name }) => name !== 'payload');
  const [first = [], second = []] = bitRows(frame, head, 32);
  const runs = first.map(({ name, bits }) => `${name} ${bits}`);
  assert.deepEqual(runs.slice(0, 7), [
    'FIN 1',
    'RSV1 0',
    'RSV2 0',
    'RSV3 0',
    'opcode 0001',
    'MASK 1',
    'length, 7 bits 0000101',
  ]);
  assert.deepEqual(
    [first.at(-1)?.bits.length, second[0]?.bits.length, first.at(-1)?.first, second[0]?.first],
    [16, 16, true, false],
  );
});

test('a message of the page is a frame with a STOMP frame inside', async () => {
  const sections = await explain(entry('client', { kind: 'message', data: 'CONNECT\naccept-version:1.2\n\n\0' }));
  assert.deepEqual(
    sections.map(({ title }) => title),
    ['WebSocket frame', 'STOMP frame'],
  );
  assert.match(sections[0]?.note ?? '', /masking key/);
  assert.deepEqual(
    sections[1]?.parts.map(({ name }) => name),
    ['command', 'header', 'empty line', 'NUL'],
  );
});

test('several STOMP frames in one message are told apart', async () => {
  const data = 'RECEIPT\nreceipt-id:1\n\n\0RECEIPT\nreceipt-id:2\n\n\0';
  const sections = await explain(entry('server', { kind: 'message', data }));
  assert.equal(sections.length, 3);
});

test('a compressed message is inflated before it is read', async () => {
  const deflated = deflateRawSync(bytes('SEND\ndestination:/app/chat\n\nhello\0'), { finishFlush: 2 }).subarray(0, -4);
  const frame = rebuiltFrame(deflated, 'client');
  frame[0] = 0xc1;
  const sections = await explain(entry('client', { kind: 'frame', bytes: frame, seen: 'wire', deflate: true }));
  assert.equal(sections[1]?.title, 'STOMP frame');
  assert.match(sections[1]?.note ?? '', /Inflated/);
});

test('bytes that claim to be compressed and are not leave the frame alone', async () => {
  const frame = rebuiltFrame(bytes('not deflate'), 'client');
  frame[0] = 0xc1;
  const sections = await explain(entry('client', { kind: 'frame', bytes: frame, seen: 'wire', deflate: true }));
  assert.equal(sections.length, 1);
});

test('a chunk of the stream holds its events, and an event of the browser is its block', async () => {
  const block = 'event: market-tick\nid: e:1\ndata: {}\n\n';
  const prices: Connection = { name: 'prices', protocol: 'sse', target: '/stream' };
  const chunk = bytes(`${block.length.toString(16)}\r\n${block}\r\n`);
  const wire = await explain(entry('server', { kind: 'chunk', bytes: chunk, seen: 'wire', gzip: false }, prices));
  assert.deepEqual(
    wire.map(({ title }) => title),
    ['Chunk of HTTP/1.1', 'Block of the event stream'],
  );
  const [event] = await explain(entry('server', { kind: 'event', type: 'market-tick', data: '{}', id: 'e:1' }, prices));
  assert.equal(new TextDecoder().decode(event?.bytes), block);
});

test('a chunk of a stream in gzip is inflated by itself, with the head of gzip and without', async () => {
  const block = `event: market-tick\nid: e:1\ndata: {"text":"${'x'.repeat(600)}"}\n\n`;
  const flushed = deflateRawSync(block, { finishFlush: constants.Z_FULL_FLUSH });
  const head = Buffer.from('1f8b08000000000000ff', 'hex');
  const prices: Connection = { name: 'prices', protocol: 'sse', target: '/stream' };
  for (const data of [flushed, Buffer.concat([head, flushed])]) {
    const chunk = Buffer.concat([bytes(`${data.length.toString(16)}\r\n`), data, bytes('\r\n')]);
    const [, event] = await explain(entry('server', { kind: 'chunk', bytes: chunk, seen: 'wire', gzip: true }, prices));
    assert.equal(event?.note, `Inflated: the block of ${flushed.length} bytes is ${block.length} bytes of text.`);
    assert.equal(new TextDecoder().decode(event?.bytes), block);
  }
});

test('over SockJS the envelope comes first, and the STOMP frame inside', async () => {
  const overSockJs: Connection = { ...chat, target: '/ws-endpoint/000/abc/websocket' };
  const sections = await explain(entry('client', { kind: 'message', data: '["CONNECT\\n\\n\\u0000"]' }, overSockJs));
  assert.deepEqual(
    sections.map(({ title }) => title),
    ['WebSocket frame', 'SockJS envelope', 'STOMP frame'],
  );
});

test('the key of an upgrade request is found, and bytes are dumped in lines of sixteen', () => {
  assert.equal(keyIn(bytes('GET / HTTP/1.1\r\nsec-WebSocket-key: abc==\r\n\r\n')), 'abc==');
  const [line, next] = hexDump(bytes('CONNECT\n12345678abc'), 512);
  assert.deepEqual([line?.text, next?.offset, next?.hex], ['CONNECT·12345678', '0010', '61 62 63']);
});
