import assert from 'node:assert/strict';
import type { Writable } from 'node:stream';
import test from 'node:test';
import * as ws from 'ws';
import { boundPieces } from '../../server/transports/websocket-pieces.ts';
import { frame, PING } from '../support/raw-websocket.ts';

/** What is looked at of the receiver of `ws`; the types do not know it. */
interface Inside extends Writable {
  readonly _buffers: Buffer[];
  readonly _fragments: Buffer[];
}

const { Receiver } = ws as unknown as { readonly Receiver: new (options: object) => Inside };

/** A receiver as each WebSocket of a server has one. */
function receiver(): Inside {
  const made = new Receiver({ isServer: true, maxPayload: 131_072 });
  // The rest of a WebSocket is not looked at.
  boundPieces({ _receiver: made } as unknown as ws.WebSocket);
  return made;
}

/** The memory that buffers hold, each of which may be a part of something larger. */
const held = (buffers: readonly Buffer[]): number =>
  [...new Set(buffers.map(({ buffer }) => buffer))].reduce((sum, { byteLength }) => sum + byteLength, 0);

test('a frame that comes byte by byte is kept in few pieces, and is whole at its end', () => {
  const made = receiver();
  const texts: string[] = [];
  made.on('message', (data: Buffer) => texts.push(data.toString()));
  const text = Array.from({ length: 20_000 }, (_, i) => `${i},`)
    .join('')
    .slice(0, 60_000);
  let most = 0;
  for (const byte of frame({ payload: text })) {
    made.write(Buffer.of(byte));
    most = Math.max(most, made._buffers.length);
  }
  assert.ok(most <= 256, `${most} pieces`);
  assert.deepEqual(texts, [text]);
});

test('fragments of a message hold no more than themselves, whatever was read with them', () => {
  const made = receiver();
  const texts: string[] = [];
  made.on('message', (data: Buffer) => texts.push(data.toString()));
  const pings = Buffer.concat(Array.from({ length: 400 }, () => frame({ opcode: PING, payload: 'x'.repeat(125) })));
  const read = (parts: Parameters<typeof frame>[0]): void => {
    // As a read of a socket: memory of its own.
    const bytes = Buffer.concat([pings, frame(parts), pings]);
    made.write(Buffer.from(new Uint8Array(bytes).buffer));
  };
  for (const message of [0, 1]) {
    for (let i = 0; i < 100; i++) read({ opcode: i === 0 ? 1 : 0, fin: false, payload: `${message}` });
    made.write(Buffer.of());
    assert.equal(made._fragments.length, 100);
    // All but those of the last read.
    assert.ok(held(made._fragments.slice(0, -1)) < 200, `${held(made._fragments)} bytes`);
    read({ opcode: 0, payload: '!' });
  }
  assert.deepEqual(texts, [`${'0'.repeat(100)}!`, `${'1'.repeat(100)}!`]);
});
