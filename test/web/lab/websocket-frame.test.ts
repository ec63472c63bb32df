import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { textFrame } from '../../../server/protocol/websocket/text-frame.ts';
import { type Part, problemsOf } from '../../../web/src/lab/model/part.ts';
import { explainFrame, unmask } from '../../../web/src/lab/model/websocket-frame.ts';

const client = { from: 'client' } as const;
const server = { from: 'server' } as const;

function bytes(hex: string): Uint8Array {
  return Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
}

function valuesOf(parts: readonly Part[]): Record<string, string> {
  return Object.fromEntries(parts.map(({ name, value }) => [name, value]));
}

test('the masked Hello of RFC 6455, section 5.7, is taken apart bit by bit', () => {
  const { parts, payload, length, missing } = explainFrame(bytes('81 85 37 fa 21 3d 7f 9f 4d 51 58'), client);
  assert.deepEqual(valuesOf(parts), {
    FIN: '1',
    RSV1: '0',
    RSV2: '0',
    RSV3: '0',
    opcode: '0x1',
    MASK: '1',
    'length, 7 bits': '5',
    'masking key': '37 fa 21 3d',
    payload: '7f 9f 4d 51 58',
  });
  assert.deepEqual([Buffer.from(payload).toString(), length, missing], ['Hello', 11, 0]);
  assert.deepEqual(problemsOf(parts), []);
});

test('the opcode is four bits wide', () => {
  const opcode = explainFrame(bytes('81 00'), server).parts.find(({ name }) => name === 'opcode');
  assert.deepEqual(opcode?.bits, { from: 4, to: 8 });
});

test('every bit belongs to exactly one part, whatever the length', () => {
  for (const size of [0, 1, 125, 126, 127, 65_535, 65_536]) {
    const frame = textFrame(Buffer.alloc(size, 'x'));
    const { parts, length } = explainFrame(frame, server);
    assert.equal(length, frame.length);
    let at = 0;
    for (const { bits } of parts) {
      assert.equal(bits.from, at);
      at = bits.to;
    }
    assert.equal(at, frame.length * 8);
    assert.deepEqual(problemsOf(parts), []);
  }
});

test('lengths of 7, 16 and 64 bits are told by their names', () => {
  const names = (size: number) => explainFrame(textFrame(Buffer.alloc(size)), server).parts.map(({ name }) => name);
  assert.ok(!names(125).some((name) => /16|64/.test(name)));
  assert.ok(names(126).includes('length, 16 bits'));
  assert.ok(names(65_536).includes('length, 64 bits'));
});

test('a close is a code and a reason', () => {
  const { parts } = explainFrame(bytes('88 05 03 e9 62 79 65'), server);
  const inner = parts.at(-1)?.parts ?? [];
  assert.deepEqual(valuesOf(inner), { 'close code': '1001', reason: 'bye' });
  assert.deepEqual(inner[0]?.bits, { from: 16, to: 32 });
});

test('masking twice gives back what was masked', () => {
  const key = bytes('01 02 03 04');
  assert.deepEqual(unmask(unmask(bytes('0a 0b 0c 0d 0e'), key), key), bytes('0a 0b 0c 0d 0e'));
});

const broken: readonly (readonly [what: string, hex: string, from: 'client' | 'server', says: RegExp])[] = [
  ['a frame of a client without a mask', '81 01 61', 'client', /must mask/],
  ['a frame of a server with a mask', '81 81 00 00 00 00 61', 'server', /must not mask/],
  ['a reserved opcode', '83 00', 'server', /opcode 0x3 is reserved/],
  ['RSV1 without an extension', 'c1 00', 'server', /RSV1 is set/],
  ['RSV2', 'a1 00', 'server', /RSV2 is set/],
  ['a ping in pieces', '09 00', 'server', /must not be fragmented/],
  ['a ping of 126 bytes', '89 7e 00 7e', 'server', /at most 125 bytes/],
  ['a length of 5 in 16 bits', '81 7e 00 05', 'server', /shortest form/],
  ['a length of 5 in 64 bits', '81 7f 00 00 00 00 00 00 00 05', 'server', /shortest form/],
  ['a 64-bit length with its highest bit', '81 7f 80 00 00 00 00 00 00 00', 'server', /highest bit/],
  ['text that is not UTF-8', '81 01 ff', 'server', /1007/],
  ['a close of one byte', '88 01 03', 'server', /2 bytes at least/],
  ['a close with 1006', '88 02 03 ee', 'server', /must not be sent/],
  ['a close with 999', '88 02 03 e7', 'server', /no valid close code/],
];
for (const [what, hex, from, says] of broken) {
  test(`what is wrong is told: ${what}`, () => {
    assert.match(problemsOf(explainFrame(bytes(hex), { from }).parts).join('\n'), says);
  });
}

test('with permessage-deflate RSV1 is a compressed message, on its first frame only', () => {
  assert.deepEqual(problemsOf(explainFrame(bytes('c1 01 00'), { ...server, deflate: true }).parts), []);
  assert.match(problemsOf(explainFrame(bytes('c0 01 00'), { ...server, deflate: true }).parts).join(), /first frame/);
});

test('of a frame that is not whole it is told how much is missing at least', () => {
  const whole = bytes('81 85 37 fa 21 3d 7f 9f 4d 51 58');
  const missing = [...whole.keys()].map((cut) => explainFrame(whole.subarray(0, cut), client).missing);
  assert.deepEqual(missing, [2, 1, 4, 3, 2, 1, 5, 4, 3, 2, 1]);
});

test('any bytes are explained, and nothing is thrown', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.constantFrom(client, server), (any, context) => {
      const { length, missing } = explainFrame(any, context);
      assert.ok(length <= any.length && missing >= 0);
    }),
  );
});
