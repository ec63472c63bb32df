import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isFrom, readNews, writeNews } from '../../server/chat/news.ts';
import type { Message } from '../../server/engines/message-store.ts';

const message: Message = { room: 'global', seq: 7, id: 'id', sender: 'ann', content: 'hello', time: 5 };

test('news say what was committed, whatever the text', () => {
  const text = fc.string({ unit: 'binary', minLength: 1, maxLength: 100 });
  const property = fc.property(text, text, fc.integer({ min: 1 }), (content, sender, seq) => {
    const told = { ...message, content, sender, seq };
    assert.deepEqual(readNews(writeNews('a', 'epoch', told), 'epoch'), told);
  });
  fc.assert(property);
});

test('the longest message fits, however it is escaped', () => {
  for (const unit of ['\0', '😀', '"']) {
    const long = { ...message, content: unit.repeat(2_000), sender: '😀'.repeat(100), id: '"'.repeat(64) };
    assert.deepEqual(readNews(writeNews('a', 'epoch', long), 'epoch'), long);
  }
});

test("one's own news are known without parsing, another's are not taken for them", () => {
  const payload = writeNews('in"stance', 'epoch', message);
  assert.equal(isFrom('in"stance', payload), true);
  assert.equal(isFrom('in', payload), false);
  assert.equal(isFrom('in"stance2', payload), false);
});

test('news of another history are none', () => {
  assert.equal(readNews(writeNews('a', 'other', message), 'epoch'), undefined);
});

test('strange payloads are none', () => {
  const good = { from: 'a', epoch: 'epoch', ...message };
  assert.notEqual(readNews(JSON.stringify(good), 'epoch'), undefined);
  const wrong: object[] = [
    { seq: 0 }, { seq: -1 }, { seq: 1.5 }, { seq: '7' }, { seq: 2 ** 53 }, { seq: null }, { room: 1 }, { id: '' },
    { sender: '' }, { content: '' }, { content: 'x'.repeat(2_001) }, { time: 'now' }, { from: undefined }, { epoch: 1 },
  ]; // biome-ignore format: one change after the other
  for (const change of wrong) assert.equal(readNews(JSON.stringify({ ...good, ...change }), 'epoch'), undefined);
  for (const payload of ['', '{', 'null', '[]', '7', '"x"', JSON.stringify({ ...good, more: 'x'.repeat(40_000) })]) {
    assert.equal(readNews(payload, 'epoch'), undefined);
  }
});
