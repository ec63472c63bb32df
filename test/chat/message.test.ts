import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Author, nameOf } from '../../server/chat/author.ts';
import { readMessage } from '../../server/chat/message.ts';
import { readTypist } from '../../server/chat/typist.ts';
import { type ErrorCode, Refusal } from '../../server/errors.ts';

function bytes(body: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(body));
}

function refuses(read: () => unknown, code: ErrorCode, text: RegExp = /./): void {
  assert.throws(read, (error) => {
    assert.ok(error instanceof Refusal, `${error}`);
    assert.equal(error.code, code);
    assert.match(error.message, text);
    return true;
  });
}

test('a message is read from bytes and from an object, and unknown fields are ignored', () => {
  const body = { id: 'a-1', sender: 'ann', content: 'hello', mood: 'good' };
  for (const each of [body, bytes(body)]) {
    const { id, sender, content } = readMessage(each);
    assert.deepEqual({ id, sender, content }, { id: 'a-1', sender: 'ann', content: 'hello' });
  }
  assert.deepEqual(readMessage(bytes({ content: 'x' })), { content: 'x' });
});

test('content is taken exactly as it came', () => {
  for (const content of [' ', '\0', '  both  ', '\r\n', 'e\u0301', '👩‍👩‍👧', '\u202e', '\ufeff', '<b>&amp;']) {
    assert.equal(readMessage(bytes({ content })).content, content);
  }
});

test('content is limited to 2,000 code points, whatever their size', () => {
  for (const unit of ['a', 'é', '日', '😀']) {
    assert.equal(readMessage(bytes({ content: unit.repeat(2_000) })).content.length, 2_000 * unit.length);
    refuses(() => readMessage(bytes({ content: unit.repeat(2_001) })), 'invalid-message', /"content".*2,000/);
  }
});

test('content that is missing, empty, no string or holds a lone surrogate is refused by name', () => {
  for (const body of [{}, { content: '' }, { content: 1 }, { content: null }, { content: ['a'] }]) {
    refuses(() => readMessage(bytes(body)), 'invalid-message', /"content"/);
  }
  for (const content of ['\ud800', 'a\udc00b', '\ude00\ud83d']) {
    refuses(() => readMessage(bytes({ content })), 'invalid-message', /"content".*surrogate/);
  }
});

test('an id has 1 to 64 printable characters', () => {
  for (const id of ['x', 'é', '😀', 'a b', 'x'.repeat(64)]) assert.equal(readMessage({ id, content: 'x' }).id, id);
  for (const id of ['', 'x'.repeat(65), 'a\nb', '\0', '\u200b', '\u2028', '\ud800', 7, null]) {
    refuses(() => readMessage({ id, content: 'x' }), 'invalid-message', /"id".*64/);
  }
});

test('a sender has 1 to 100 characters without control characters, and is not trimmed', () => {
  for (const sender of [' ', ' ann ', '👩‍👩‍👧', '😀'.repeat(100)]) {
    assert.equal(readMessage({ sender, content: 'x' }).sender, sender);
  }
  for (const sender of ['', 'x'.repeat(101), 'a\nb', 'a\u0085b', '\u2029', '\udfff', 7, null]) {
    refuses(() => readMessage({ sender, content: 'x' }), 'invalid-message', /"sender".*100/);
  }
});

test('what is no object is refused', () => {
  for (const body of [null, [], ['content'], 'content', 7, true]) {
    refuses(() => readMessage(bytes(body)), 'invalid-message', /object/);
  }
});

test('broken JSON and broken UTF-8 are invalid-json', () => {
  for (const text of ['', '{', '{"content":"a"', "{'content':'a'}", '{"content":"a"}x', '{"content":"a\nb"}']) {
    refuses(() => readMessage(new TextEncoder().encode(text)), 'invalid-json');
  }
  const broken = Buffer.concat([Buffer.from('{"content":"'), Buffer.from([0xc3, 0x28]), Buffer.from('"}')]);
  refuses(() => readMessage(broken), 'invalid-json', /UTF-8/);
});

test('deep nesting and odd keys are harmless', () => {
  const deep = `{"content":"x","a":${'['.repeat(20_000)}${']'.repeat(20_000)}}`;
  assert.equal(readMessage(Buffer.from(deep)).content, 'x');
  assert.equal(readMessage(Buffer.from('{"__proto__":{"content":"y"},"content":"x"}')).content, 'x');
  refuses(() => readMessage(Buffer.from('{"__proto__":{"content":"y"}}')), 'invalid-message', /"content"/);
});

test('any bytes are a message or a refusal', () => {
  const body = fc.oneof(
    fc.uint8Array({ maxLength: 40 }),
    fc.json().map((text) => Buffer.from(text)),
  );
  const property = fc.property(body, (each) => {
    try {
      assert.ok(readMessage(each).content.length > 0);
    } catch (error) {
      assert.ok(error instanceof Refusal, `${error}`);
    }
  });
  fc.assert(property, { numRuns: 2_000 });
});

test('any text of up to 2,000 code points is accepted unless it is broken UTF-16', () => {
  const text = fc.oneof(fc.string({ unit: 'binary', minLength: 1 }), fc.string({ unit: 'grapheme', minLength: 1 }));
  fc.assert(fc.property(text, (content) => assert.equal(readMessage(bytes({ content })).content, content)));
});

const guest: Author = { session: 's', name: undefined, fallback: 'guest-1' };

test('the name is that of the sign-in, else the one given, else the fallback', () => {
  assert.equal(nameOf({ ...guest, name: 'ann' }, 'bob'), 'ann');
  assert.equal(nameOf(guest, 'bob'), 'bob');
  assert.equal(nameOf(guest, undefined), 'guest-1');
});

test('a name of the sign-in that cannot be shown is refused', () => {
  for (const name of ['', 'x'.repeat(101), 'a\nb']) {
    refuses(() => nameOf({ ...guest, name }, 'bob'), 'invalid-message', /signed in.*100/);
  }
});

test('a typist says true or false, and may say a name', () => {
  assert.deepEqual(readTypist(bytes({ typing: true })), { typing: true });
  assert.deepEqual(readTypist({ typing: false, sender: 'ann' }), { typing: false, sender: 'ann' });
  for (const body of [{}, { typing: 1 }, { typing: 'true' }, null, []]) {
    refuses(() => readTypist(bytes(body)), 'invalid-message', /"typing"/);
  }
  for (const sender of ['', 'a\nb', 7, '\ud800', 'x'.repeat(101)]) {
    refuses(() => readTypist({ typing: true, sender }), 'invalid-message', /"sender"/);
  }
  refuses(() => readTypist(Buffer.from('{')), 'invalid-json');
});
