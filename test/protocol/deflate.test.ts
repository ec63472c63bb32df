import assert from 'node:assert/strict';
import { test } from 'node:test';
import { constants, gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { deflatedBlock, GZIP_HEAD, storedBlocks } from '../../server/protocol/deflate.ts';

/** What a client reads that got these pieces, in a stream that goes on. */
const read = (...pieces: readonly Uint8Array[]): Buffer =>
  gunzipSync(Buffer.concat([GZIP_HEAD, ...pieces]), { finishFlush: constants.Z_SYNC_FLUSH });

test('pieces follow each other in any order, stored or deflated', () => {
  const piece = fc.record({ text: fc.string({ maxLength: 3_000 }), stored: fc.boolean() });
  fc.assert(
    fc.property(fc.array(piece, { minLength: 1, maxLength: 8 }), (pieces) => {
      const made = pieces.map(({ text, stored }) => (stored ? storedBlocks : deflatedBlock)(Buffer.from(text)));
      assert.equal(read(...made).toString(), Buffer.concat(pieces.map(({ text }) => Buffer.from(text))).toString());
    }),
  );
});

for (const length of [0, 1, 65_535, 65_536, 200_000])
  test(`${length} bytes can be stored`, () => {
    const bytes = Buffer.alloc(length, 'abc');
    assert.deepEqual(read(storedBlocks(bytes)), bytes);
    assert.equal(storedBlocks(bytes).length - length, 5 * Math.ceil(length / 65_535));
  });

test('a deflated piece ends with the empty block of a full flush', () => {
  assert.equal(
    Buffer.from(deflatedBlock(Buffer.from('hello')))
      .subarray(-4)
      .toString('hex'),
    '0000ffff',
  );
});
