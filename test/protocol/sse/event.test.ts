import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeComment, encodeEvent, encodeRetry } from '../../../server/protocol/sse/event.ts';

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString();
const utf8 = (data: string): Uint8Array => Buffer.from(data);

test('an event is its id, its type, its data, and an empty line', () => {
  const bytes = encodeEvent({ id: 'a:1,2', event: 'market-tick', data: utf8('{"price":1}') });
  assert.equal(text(bytes), 'id: a:1,2\nevent: market-tick\ndata: {"price":1}\n\n');
});

test('id and type may be left out', () => {
  assert.equal(text(encodeEvent({ data: utf8('x') })), 'data: x\n\n');
  assert.equal(text(encodeEvent({ id: '7', data: utf8('x') })), 'id: 7\ndata: x\n\n');
});

test('an empty id is sent: it resets that of the client', () => {
  assert.equal(text(encodeEvent({ id: '', data: utf8('x') })), 'id: \ndata: x\n\n');
});

test('data without bytes is one empty line', () => {
  assert.equal(text(encodeEvent({ data: utf8('') })), 'data: \n\n');
});

for (const [what, data] of [
  ['LF', 'a\nb\n'],
  ['CR', 'a\rb\r'],
  ['CR LF', 'a\r\nb\r\n'],
]) {
  test(`each line of data that ends with ${what} is a data line`, () => {
    assert.equal(text(encodeEvent({ data: utf8(data ?? '') })), 'data: a\ndata: b\ndata: \n\n');
  });
}

test('data of several lines keeps every character', () => {
  assert.equal(text(encodeEvent({ data: utf8('ä\n💧') })), 'data: ä\ndata: 💧\n\n');
});

test('a line end in the data cannot begin an event or a field of its own', () => {
  const bytes = encodeEvent({ data: utf8('x\n\nevent: forged\rid: 9') });
  assert.equal(text(bytes), 'data: x\ndata: \ndata: event: forged\ndata: id: 9\n\n');
});

for (const bad of ['a\nb', 'a\rb', 'a\0b']) {
  test(`an id or type with ${JSON.stringify(bad)} in it is an error`, () => {
    assert.throws(() => encodeEvent({ id: bad, data: utf8('') }), RangeError);
    assert.throws(() => encodeEvent({ event: bad, data: utf8('') }), RangeError);
    assert.throws(() => encodeComment(bad), RangeError);
  });
}

test('a comment is a block without an event, with or without an id', () => {
  assert.equal(text(encodeComment()), ':\n\n');
  assert.equal(text(encodeComment('a:1')), ':\nid: a:1\n\n');
});

test('a retry is whole milliseconds', () => assert.equal(text(encodeRetry(1_499.6)), 'retry: 1500\n\n'));
