import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { encodeComment, encodeEvent } from '../../../server/protocol/sse/event.ts';
import { chunked } from '../../../server/protocol/sse/framing.ts';
import { problemsOf } from '../../../web/src/lab/model/part.ts';
import { explainChunk, explainEvent } from '../../../web/src/lab/model/sse.ts';

const event = encodeEvent({ id: 'e:1,2,3', event: 'market-tick', data: Buffer.from('{"price":1}') });

test('a chunk is its length in hexadecimal, its data and CR LF', () => {
  const chunk = chunked.frame(event);
  const { parts, data, length, missing, last } = explainChunk(chunk);
  assert.deepEqual(
    parts.map(({ name }) => name),
    ['size', 'data', 'CR LF'],
  );
  assert.equal(parts[0]?.value, event.length.toString(16));
  assert.deepEqual([Buffer.from(data), length, missing, last], [Buffer.from(event), chunk.length, 0, false]);
});

test('a chunk of length 0 is the last', () => {
  const { last, length } = explainChunk(chunked.end);
  assert.deepEqual([last, length], [true, 5]);
});

test('what is wrong with a chunk is told', () => {
  const problems = (text: string) => problemsOf(explainChunk(Buffer.from(text)).parts).join();
  assert.match(problems('data: x\n\n'), /length in hexadecimal/);
  assert.match(problems('1\r\nabc'), /CR LF must follow/);
});

test('an event is its fields and the empty line that dispatches it', () => {
  const { parts, length } = explainEvent(event);
  assert.deepEqual(
    parts.map(({ name, value }) => [name, value]),
    [
      ['id', 'id: e:1,2,3'],
      ['event', 'event: market-tick'],
      ['data', 'data: {"price":1}'],
      ['empty line', '\\n'],
    ],
  );
  assert.equal(length, event.length);
  assert.match(parts.at(-1)?.text ?? '', /the page gets it/);
});

test('a comment is no event', () => {
  const { parts } = explainEvent(encodeComment('e:1'));
  assert.deepEqual(
    parts.map(({ name }) => name),
    ['comment', 'id', 'empty line'],
  );
  assert.match(parts.at(-1)?.text ?? '', /no event/);
});

test('any bytes are explained, and nothing is thrown', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (any) => {
      assert.ok(explainChunk(any).length <= any.length);
      assert.ok(explainEvent(any).length <= any.length);
    }),
  );
});
