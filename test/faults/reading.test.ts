import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ChatSaid, readChat } from './chat-reading.ts';
import { type MarketSaid, readMarket } from './market-reading.ts';
import { SharedReading } from './shared-reading.ts';

const message = (seq: number): string =>
  `MESSAGE\ndestination:/topic/chat\n\n${JSON.stringify({ kind: 'message', seq, id: `id-${seq}`, content: 'x'.repeat(100) })}\0`;
const textFrame = (text: string): Buffer => {
  const length = Buffer.byteLength(text);
  const size = length < 126 ? Buffer.of(length) : Buffer.of(126, length >> 8, length & 255);
  return Buffer.concat([Buffer.of(0x81), size, Buffer.from(text)]);
};
const chunk = (text: string): string => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;
const tick = { symbol: 'BTC-USD', price: 1, size: 2, change: 0, time: 3 };
const tickEvent = `event: market-tick\nid: epoch:1,2,3\ndata: ${JSON.stringify(tick)}\n\n`;

/** What a client hears whose bytes come in two pieces, cut at `at`. */
function inTwo<Said>(
  read: (bytes: Buffer) => { said: readonly Said[]; rest: Buffer },
  bytes: Buffer,
  at: number,
): Said[] {
  const first = read(bytes.subarray(0, at));
  const second = read(Buffer.concat([first.rest, bytes.subarray(at)]));
  assert.equal(second.rest.length, 0);
  return [...first.said, ...second.said];
}

test('a chat is read alike wherever its bytes are cut', () => {
  const texts = ['CONNECTED\nversion:1.2\n\n\0', message(1), 'RECEIPT\nreceipt-id:one\n\n\0', message(2) + message(3)];
  const refusal = `MESSAGE\ndestination:/user/queue/errors\n\n${JSON.stringify({ code: 'x', receipt: 'two' })}\0`;
  const bytes = Buffer.concat([...texts.map(textFrame), textFrame(refusal), Buffer.of(0x88, 2, 3, 232)]);
  const wanted: ChatSaid[] = [
    { kind: 'connected' },
    { kind: 'message', seq: 1, id: 'id-1' },
    { kind: 'accepted', id: 'one' },
    { kind: 'message', seq: 2, id: 'id-2' },
    { kind: 'message', seq: 3, id: 'id-3' },
    { kind: 'refused', id: 'two' },
    { kind: 'goodbye' },
  ];
  for (let at = 0; at <= bytes.length; at++) assert.deepEqual(inTwo(readChat, bytes, at), wanted);
});

test('a stream is read alike wherever its bytes are cut, and its events may lie across chunks', () => {
  const across = [chunk(tickEvent.slice(0, 30)), chunk(tickEvent.slice(30))].join('');
  const text = chunk('event: market-snapshot\nid: epoch:1,2,2\ndata: {"ticks":[]}\n\n') + chunk(': beat\n\n') + across;
  const bytes = Buffer.from(text + chunk(tickEvent + tickEvent));
  const said: MarketSaid = { kind: 'tick', id: 'epoch:1,2,3', offsets: [1, 2, 3], tick };
  const wanted = [{ kind: 'snapshot', id: 'epoch:1,2,2', offsets: [1, 2, 2] }, said, said, said];
  for (let at = 0; at <= bytes.length; at++) assert.deepEqual(inTwo(readMarket, bytes, at), wanted);
});

test('bytes that several clients get are read once, and bytes that differ by one are not taken for them', () => {
  let count = 0;
  const reading = new SharedReading((bytes) => {
    count++;
    return readChat(bytes);
  });
  const one = reading.read(textFrame(message(1)));
  assert.equal(reading.read(textFrame(message(1))), one);
  assert.equal(count, 1);
  assert.deepEqual(reading.read(textFrame(message(2))).said, [{ kind: 'message', seq: 2, id: 'id-2' }]);
  for (let seq = 10; seq < 2_000; seq++) reading.read(textFrame(message(seq)));
  assert.deepEqual(reading.read(textFrame(message(1))).said, one.said);
});
