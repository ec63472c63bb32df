import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { explainHttpHead } from '../../../web/src/lab/model/http-head.ts';
import { problemsOf } from '../../../web/src/lab/model/part.ts';

test('a request is its line, its headers and an empty line', () => {
  const head = 'GET /ws-endpoint HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n\r\n';
  const { parts, length, missing } = explainHttpHead(Buffer.from(`${head}rest`));
  assert.deepEqual(
    parts.map(({ name }) => name),
    ['request line', 'header', 'header', 'empty line'],
  );
  assert.deepEqual([length, missing, problemsOf(parts)], [head.length, 0, []]);
  assert.match(parts[2]?.text ?? '', /protocol to speak/);
});

test('a 101 says that no HTTP follows', () => {
  const { parts } = explainHttpHead(Buffer.from('HTTP/1.1 101 Switching Protocols\r\n\r\n'));
  assert.deepEqual([parts[0]?.name, parts[0]?.text], ['status line', 'Behind the head no HTTP is spoken any more.']);
});

test('what is wrong is told', () => {
  const problems = (text: string) => problemsOf(explainHttpHead(Buffer.from(text)).parts).join('\n');
  assert.match(problems('GET / HTTP/1.1\nHost: a\n\n'), /CR LF/);
  assert.match(problems('GET / HTTP/1.1\r\nHost : a\r\n\r\n'), /right behind it/);
  assert.match(problems('hello\r\n\r\n'), /neither a request line/);
});

test('a head without its empty line misses something', () => {
  assert.equal(explainHttpHead(Buffer.from('GET / HTTP/1.1\r\nHost: a\r\n')).missing, 1);
});

test('any bytes are explained, and nothing is thrown', () => {
  fc.assert(fc.property(fc.uint8Array(), (any) => assert.ok(explainHttpHead(any).length <= any.length)));
});
