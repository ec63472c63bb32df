import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chunked, plain } from '../../../server/protocol/sse/framing.ts';

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');

test('a chunk is its length in hexadecimal, a line end, the bytes, a line end', () => {
  assert.equal(text(chunked.frame(Buffer.from('0123456789abcdefghij'))), '14\r\n0123456789abcdefghij\r\n');
});

test('nothing is no chunk: a chunk of length 0 would end the response', () => {
  assert.equal(chunked.frame(new Uint8Array(0)).length, 0);
});

test('the last chunk has length 0 and no trailers', () => assert.equal(text(chunked.end), '0\r\n\r\n'));

test('chunks after each other stay as they are when more are made', () => {
  const chunks = Array.from({ length: 500 }, (_, i) => chunked.frame(Buffer.alloc(i + 1, i % 256)));
  for (const [i, chunk] of chunks.entries()) {
    const head = `${(i + 1).toString(16)}\r\n`;
    assert.equal(text(chunk), `${head}${text(Buffer.alloc(i + 1, i % 256))}\r\n`);
  }
});

test('without chunks the bytes go out as they are, and the body ends with the connection', () => {
  const bytes = Buffer.from('x');
  assert.equal(plain.frame(bytes), bytes);
  assert.equal(plain.end.length, 0);
});
