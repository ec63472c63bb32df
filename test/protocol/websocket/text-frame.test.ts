import assert from 'node:assert/strict';
import test from 'node:test';
import { textFrame } from '../../../server/protocol/websocket/text-frame.ts';

test('a short text has its length in the second byte', () => {
  assert.deepEqual(textFrame(Buffer.from('Hello')), Buffer.from([0x81, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f]));
});

for (const [length, head] of [
  [0, [0x81, 0]],
  [125, [0x81, 125]],
  [126, [0x81, 126, 0, 126]],
  [65_535, [0x81, 126, 0xff, 0xff]],
  [65_536, [0x81, 127, 0, 0, 0, 0, 0, 1, 0, 0]],
] as const) {
  test(`${length} bytes of text have the shortest head that tells their length`, () => {
    const payload = Buffer.alloc(length, 'x');
    const frame = textFrame(payload);
    assert.deepEqual(frame.subarray(0, head.length), Buffer.from(head));
    assert.deepEqual(frame.subarray(head.length), payload);
  });
}
