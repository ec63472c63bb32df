import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import type { FrameHeader } from '../../../server/protocol/stomp/frame.ts';
import { joinFrame, serializeFrame } from '../../../server/protocol/stomp/serialize.ts';
import { type Version, versions } from '../../../server/protocol/stomp/version.ts';
import { parse } from './frames.ts';

const text = (command: string, headers: FrameHeader[], body: string | undefined, version: Version): string =>
  serializeFrame(command, headers, body === undefined ? undefined : Buffer.from(body), version).toString('utf8');

test('a frame without a body has no content-length', () => {
  assert.equal(text('RECEIPT', [['receipt-id', '7']], undefined, '1.2'), 'RECEIPT\nreceipt-id:7\n\n\0');
});

test('content-length counts the bytes of the body', () => {
  assert.equal(
    text('ERROR', [['message', 'no']], 'naïve 😀', '1.2'),
    'ERROR\nmessage:no\ncontent-length:11\n\nnaïve 😀\0',
  );
});

test('header values are escaped as the version defines it', () => {
  const value = 'a:b\\c\nd\re';
  const line = (version: Version): string | undefined =>
    /h:(.*)\n\n/s.exec(text('X', [['h', value]], undefined, version))?.[1];
  assert.equal(line('1.0'), 'a:b\\c\ufffdd\re');
  assert.equal(line('1.1'), 'a\\cb\\\\c\\nd\re');
  assert.equal(line('1.2'), 'a\\cb\\\\c\\nd\\re');
});

test('header names are escaped too', () => {
  assert.equal(text('X', [['a:b', 'c']], undefined, '1.2'), 'X\na\\cb:c\n\n\0');
});

test('CONNECTED is not escaped in any version, and cannot be broken by its values', () => {
  for (const version of versions) {
    assert.equal(
      text('CONNECTED', [['user-name', 'a:b\\\nx\0']], undefined, version),
      'CONNECTED\nuser-name:a:b\\\ufffdx\ufffd\n\n\0',
    );
  }
});

test('a NUL in a header never ends the frame', () => {
  for (const version of versions) assert.equal(text('X', [['h', 'a\0b']], undefined, version), 'X\nh:a\ufffdb\n\n\0');
});

test('what is joined is head, body and a NUL', () => {
  assert.deepEqual(joinFrame('ä\n\n', Uint8Array.of(1, 0, 2)), Buffer.from([0xc3, 0xa4, 10, 10, 1, 0, 2, 0]));
});

test('whatever a header says, the parser of the same version reads it back', () => {
  const anyText = fc.string({ unit: 'binary' }).map((value) => value.replaceAll('\0', ''));
  fc.assert(
    fc.property(fc.constantFrom('1.1', '1.2'), anyText, anyText, fc.uint8Array(), (version, name, value, body) => {
      const bytes = serializeFrame('SEND', [[`x${name}`, value]], body, version);
      const [frame, more] = parse(version, bytes);
      assert.deepEqual(frame?.headers[0], [`x${name}`, value]);
      assert.deepEqual(Buffer.from(frame.body), Buffer.from(body));
      assert.equal(more, undefined);
    }),
    { numRuns: 500 },
  );
});
