import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Encoding } from '../../server/hub/encoding.ts';
import { Log } from '../../server/hub/log.ts';
import { type Numbered, numbered, numbersOf, StoredStream, settle, world } from '../support/hub-world.ts';

const as = (events: readonly Uint8Array[]): Uint8Array => Buffer.concat(events);
const blocks: Encoding<Numbered> = { ...numbered('blocks'), blocks: { bytes: 300, pack: as, wrap: as } };

for (const [kind, encoding] of [
  ['single events', numbered()],
  ['blocks', blocks],
] as const) {
  test(`who comes after an event was replaced gets the other one, in ${kind}`, () => {
    const { hub, clock, connect } = world();
    const chat = new StoredStream(hub);
    const early = connect();
    early.client.follow(chat.stream, encoding, { next: 0 });
    for (let n = 0; n < 5; n++) chat.append();
    clock.run();
    chat.stream.replace(2, { n: 22 });
    const late = connect();
    late.client.follow(chat.stream, encoding, { next: 0 });
    chat.append();
    clock.run();
    assert.deepEqual(numbersOf(early.sink), [0, 1, 2, 3, 4, 5], 'what was sent was sent');
    assert.deepEqual(numbersOf(late.sink), [0, 1, 22, 3, 4, 5]);
  });

  test(`a client that was not sent the event yet gets the other one, in ${kind}`, () => {
    const { hub, clock, connect } = world();
    const chat = new StoredStream(hub);
    const { client, sink } = connect();
    client.follow(chat.stream, encoding, { next: 0 });
    sink.blocking = true;
    chat.append();
    clock.run();
    for (let n = 1; n < 5; n++) chat.append();
    clock.run();
    chat.stream.replace(3, { n: 33 });
    sink.blocking = false;
    sink.waiting = 0;
    client.drained();
    clock.run();
    assert.deepEqual(numbersOf(sink), [0, 1, 2, 33, 4]);
  });

  test(`pages of the store that were kept are read anew, in ${kind}`, async () => {
    const { hub, clock, connect } = world();
    const chat = new StoredStream(hub);
    for (let n = 0; n < 250; n++) chat.append();
    const follow = async (): Promise<number[]> => {
      const { client, sink } = connect();
      client.follow(chat.stream, encoding, { next: 0 });
      await settle(clock);
      return numbersOf(sink);
    };
    assert.equal((await follow())[7], 7);
    const { reads } = chat;
    await follow();
    assert.equal(chat.reads, reads + 1, 'the full page was kept');
    chat.stored[7] = { n: 77 };
    chat.stream.replace(7, { n: 77 });
    const numbers = await follow();
    assert.equal(numbers[7], 77);
    assert.equal(numbers.length, 250);
  });

  test(`a page on its way to a client has the other event, in ${kind}`, async () => {
    const { hub, clock, connect } = world();
    const chat = new StoredStream(hub);
    for (let n = 0; n < 100; n++) chat.append('x'.repeat(1_000));
    const { client, sink } = connect();
    client.follow(chat.stream, encoding, { next: 0 });
    sink.blocking = true;
    await settle(clock);
    const sent = numbersOf(sink).length;
    assert.ok(sent > 0 && sent < 90, 'it has a part of the page');
    chat.stream.replace(90, { n: 1_090 });
    sink.blocking = false;
    sink.waiting = 0;
    client.drained();
    await settle(clock);
    assert.deepEqual(numbersOf(sink).slice(89, 92), [89, 1_090, 91]);
  });
}

test('a log that replaces an event counts the bytes of the other one, and knows what it does not have', () => {
  const log = new Log<string>({ count: 3, bytes: 1_000, age: 1_000 }, (text) => text.length, 5);
  for (const text of ['aaaa', 'bbbb', 'cccc', 'dddd']) log.append(text, 0);
  assert.equal(log.replace(6, 'b'), true);
  assert.equal(log.at(6), 'b');
  assert.equal(log.bytes, 9);
  assert.equal(log.replace(5, 'a'), false, 'it has left the log');
  assert.equal(log.replace(9, 'e'), false, 'it is not there yet');
  assert.equal(log.next, 9);
});
