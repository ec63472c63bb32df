import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { inflateRawSync } from 'node:zlib';
import { markedBlocks } from '../../scripts/blocks.ts';
import { internetChecksum } from '../../scripts/examples/http.ts';
import { permessageDeflate } from '../../scripts/examples/websocket.ts';
import { examplePages, examples } from '../../scripts/examples.ts';

const root = join(import.meta.dirname, '..', '..');
const made = await examples();
const pages = examplePages
  .map((path) => ({ path, blocks: markedBlocks(readFileSync(join(root, path), 'utf8')) }))
  .filter(({ blocks }) => blocks.size > 0);
const all = new Map(pages.flatMap(({ blocks }) => [...blocks]));

for (const { path, blocks } of pages) {
  test(`the examples of ${path} are what our codecs make`, () => {
    for (const [id, text] of blocks) assert.equal(text, `${made.get(id)}\n`, `${id} is stale: npm run docs`);
  });
}

test('every example that is made is shown', () => {
  assert.deepEqual(
    [...made.keys()].filter((id) => !all.has(id)),
    [],
  );
});

test('the masked Hello and the compressed Hello are those of RFC 6455 and RFC 7692', () => {
  assert.equal(made.get('ws-masked'), '81 85 37 fa 21 3d 7f 9f 4d 51 58');
  assert.equal(made.get('deflate-hello'), 'c1 07 f2 48 cd c9 c9 07 00');
});

test('what lost its 00 00 ff ff inflates again once it has it back', () => {
  const whole = Buffer.concat([permessageDeflate(Buffer.from('Hello')), Buffer.from('0000ffff', 'hex')]);
  // The block is not the last of its stream: only what was flushed can be read.
  assert.equal(inflateRawSync(whole, { finishFlush: 2 }).toString(), 'Hello');
});

test('the checksum of the SYN is right: with it the sum is 0', () => {
  const segment = Buffer.from((made.get('tcp-syn') ?? '').replaceAll(/\s/g, ''), 'hex');
  const pseudo = Buffer.from([192, 0, 2, 1, 192, 0, 2, 2, 0, 6, 0, segment.length]);
  assert.equal(internetChecksum(Buffer.concat([pseudo, segment])), 0);
});
