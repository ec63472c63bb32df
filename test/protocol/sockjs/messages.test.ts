import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  eventSource,
  htmlFile,
  jsonpAnswer,
  jsonpPolling,
  xhrAnswer,
  xhrPolling,
} from '../../../server/protocol/sockjs/forms.ts';
import { decodeMessages, decodeText } from '../../../server/protocol/sockjs/messages.ts';
import { ownerOf } from '../../../server/protocol/sockjs/owner.ts';
import { parseCallback, parsePath } from '../../../server/protocol/sockjs/path.ts';

test('a client sends an array of strings or a string, and nothing else', () => {
  assert.deepEqual(decodeMessages('["a","","\u00fcb"]'), Buffer.from('a\u00fcb'));
  assert.deepEqual(decodeMessages('"a"'), Buffer.from('a'));
  assert.deepEqual(decodeMessages('[]'), Buffer.of());
  for (const text of ['', '[', '1', 'null', '{}', '[1]', '[["a"]]', '["\\udc00"]']) {
    assert.equal(decodeMessages(text), undefined, text);
  }
  assert.equal(decodeText(Buffer.from([0x22, 0xff, 0x22])), undefined);
});

test('elements put one after the other are an array in the answer to a poll', () => {
  for (const [form, answer, read] of [
    [xhrPolling, xhrAnswer, (text: string) => text],
    [jsonpPolling, jsonpAnswer('f'), (text: string) => JSON.parse(text.slice('/**/f('.length, -');\r\n'.length))],
  ] as const) {
    const texts = ['a', '</script>"\\', '\u2028😀'];
    const slice = Buffer.concat(texts.map((text) => form.message(text)));
    const [before, after] = answer.around;
    const frame = read(before + slice.subarray(0, -1).toString() + after).trim();
    assert.equal(frame[0], 'a');
    assert.deepEqual(JSON.parse(frame.slice(1)), texts);
  }
});

test('a frame of a stream is one event, or one script', () => {
  assert.equal(String(eventSource.message('a\nb')), 'data: a["a\\nb"]\r\n\r\n');
  assert.equal(String(htmlFile.message('<')), '<script>\np("a[\\"\\u003c\\"]");\n</script>\r\n');
});

test('a path names a session by its second part alone', () => {
  assert.deepEqual(parsePath('/000/abc/xhr'), { kind: 'session', session: 'abc', transport: 'xhr' });
  for (const path of [
    '/0.0/abc/xhr',
    '/000/a.c/xhr',
    '/000//xhr',
    '//abc/xhr',
    '/000/abc/',
    '/000/abc/xhr/',
    '/abc/xhr',
  ]) {
    assert.equal(parsePath(path), undefined, path);
  }
});

test('a callback is the name of a function and nothing more', () => {
  const callback = (query: string) => parseCallback(new URLSearchParams(query));
  assert.deepEqual(
    [callback('c=_jp.a-1'), callback('callback=f'), callback(''), callback('c=')],
    ['_jp.a-1', 'f', undefined, undefined],
  );
  for (const query of ['c=a(', 'c=%3Cscript%3E', 'c=a%0Ab', 'c=a%C3%A4', `c=${'a'.repeat(129)}`])
    assert.equal(callback(query), false);
});

test('every process gets about as many sessions, and each session always the same one', () => {
  const counts = [0, 0, 0, 0];
  for (let index = 0; index < 4_000; index++) {
    const owner = ownerOf(`s${index}x`, 4);
    assert.equal(ownerOf(`s${index}x`, 4), owner);
    counts[owner] = (counts[owner] ?? 0) + 1;
  }
  for (const count of counts) assert.ok(count > 800 && count < 1_200, `${counts}`);
});
