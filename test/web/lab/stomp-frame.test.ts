import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { serializeFrame } from '../../../server/protocol/stomp/serialize.ts';
import { problemsOf } from '../../../web/src/lab/model/part.ts';
import { explainStomp } from '../../../web/src/lab/model/stomp-frame.ts';

test('a frame is its command, headers, empty line, body and NUL', () => {
  const frame = serializeFrame('MESSAGE', [['destination', '/topic/chat']], Buffer.from('{}'), '1.2');
  const { parts, length, missing } = explainStomp(frame);
  assert.deepEqual(
    parts.map(({ name, value }) => [name, value]),
    [
      ['command', 'MESSAGE'],
      ['header', 'destination:/topic/chat'],
      ['header', 'content-length:2'],
      ['empty line', '\\n'],
      ['body', '7b 7d'],
      ['NUL', '00'],
    ],
  );
  assert.deepEqual([length, missing, problemsOf(parts)], [frame.length, 0, []]);
});

test('what an escaped header stands for is told', () => {
  const { parts } = explainStomp(serializeFrame('ERROR', [['message', 'a:b']], undefined, '1.2'));
  assert.equal(parts[1]?.value, 'message:a\\cb');
  assert.match(parts[1]?.text ?? '', /It stands for "a:b"/);
});

test('content-length counts bytes: a body may hold NUL and characters of several bytes', () => {
  const frame = serializeFrame('SEND', [['destination', '/a']], Buffer.from('ü\0€'), '1.2');
  const { parts, length } = explainStomp(Buffer.concat([frame, Buffer.from('\n')]));
  assert.equal(length, frame.length);
  assert.equal(parts.find(({ name }) => name === 'body')?.value, 'c3 bc 00 e2 82 ac');
});

test('line feeds outside of frames are heart-beats', () => {
  const { parts, length } = explainStomp(Buffer.from('\n\nSEND\n'));
  assert.deepEqual([parts[0]?.name, length], ['heart-beat', 2]);
});

const broken: readonly (readonly [what: string, text: string, says: RegExp])[] = [
  ['a command that there is not', 'HELLO\n\n\0', /is no command/],
  ['a header without a colon', 'SEND\nnonsense\n\n\0', /needs a colon/],
  ['a header without a name', 'SEND\n:x\n\n\0', /needs a name/],
  ['an escape that there is not', 'SEND\na:\\t\n\n\0', /an escape other than/],
  ['a body longer than content-length', 'SEND\ncontent-length:1\n\nab\0', /no NUL/],
];
for (const [what, text, says] of broken) {
  test(`what is wrong is told: ${what}`, () => {
    assert.match(problemsOf(explainStomp(Buffer.from(text)).parts).join('\n'), says);
  });
}

test('a frame that is not whole misses something at each cut', () => {
  const frame = serializeFrame('MESSAGE', [['id', '1']], Buffer.from('body'), '1.2');
  for (let cut = 0; cut < frame.length; cut++) assert.ok(explainStomp(frame.subarray(0, cut)).missing > 0, `${cut}`);
});

test('any bytes are explained, and nothing is thrown', () => {
  fc.assert(fc.property(fc.uint8Array(), (any) => assert.ok(explainStomp(any).length <= any.length)));
});
