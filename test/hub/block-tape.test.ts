import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Encoding } from '../../server/hub/encoding.ts';
import { type Numbered, numbered, numbersOf, StateStream, StoredStream, world } from '../support/hub-world.ts';

interface Packing extends Encoding<Numbered> {
  /** The text of each block that was packed, and of each that was only wrapped. */
  readonly packed: string[];
  readonly wrapped: string[];
}

function packing(bytes = 1_000, key = 'packed'): Packing {
  const packed: string[] = [];
  const wrapped: string[] = [];
  const keep = (list: string[]) => (events: readonly Uint8Array[]) => {
    const bytes = Buffer.concat(events);
    list.push(bytes.toString());
    return bytes;
  };
  return { ...numbered(key), packed, wrapped, blocks: { bytes, pack: keep(packed), wrap: keep(wrapped) } };
}

const upTo = (count: number, from = 0): number[] => Array.from({ length: count - from }, (_, i) => from + i);

test('what came since the last pass is one block, packed once for all', () => {
  const { hub, clock, connect } = world();
  const { stream, append } = chatOf(hub);
  const encoding = packing();
  const clients = [connect(), connect(), connect()];
  for (const { client } of clients) client.follow(stream, encoding, { next: 0 });
  for (let n = 0; n < 5; n++) append();
  clock.run();
  for (let n = 0; n < 3; n++) append();
  clock.advance(1_000);
  clock.run();
  assert.deepEqual(encoding.packed, ['0;1;2;3;4;', '5;6;7;']);
  assert.deepEqual(encoding.wrapped, []);
  for (const { sink } of clients) assert.deepEqual(numbersOf(sink), upTo(8));
  hub.close();
});

test('what comes while a pass runs is one block of the next pass, for all', () => {
  const { hub, clock, connect } = world();
  const { stream, append } = chatOf(hub);
  const encoding = packing();
  const clients = [connect(), connect(), connect()];
  for (const { client, sink } of clients) {
    client.follow(stream, encoding, { next: 0 });
    // Between two clients of the first pass something comes each time.
    const write = sink.write.bind(sink);
    sink.write = (bytes) => {
      if (stream.next < 4) append();
      return write(bytes);
    };
  }
  append();
  clock.run();
  clock.advance(1_000);
  clock.run();
  assert.deepEqual(encoding.packed, ['0;', '1;2;3;']);
  assert.deepEqual(encoding.wrapped, []);
  for (const { sink } of clients) {
    assert.deepEqual(numbersOf(sink), upTo(4));
    assert.equal(sink.writes, 2);
  }
  hub.close();
});

test('one who asks alone while events wait for a pass gets them with it, after what was cut before', () => {
  const { hub, clock, connect } = world();
  const { stream, append } = chatOf(hub);
  const encoding = packing();
  const [first, late] = [connect(), connect()];
  first.client.follow(stream, encoding, { next: 0 });
  append();
  clock.run();
  append();
  late.client.follow(stream, encoding, { next: 0 });
  assert.deepEqual(numbersOf(late.sink), [0]);
  clock.run();
  for (const { sink } of [first, late]) assert.deepEqual(numbersOf(sink), [0, 1]);
  assert.deepEqual([encoding.packed, encoding.wrapped], [['0;', '1;'], []]);
  hub.close();
});

test('one that begins between two cuts gets what leads to the next one for itself, and then shares', () => {
  const { hub, clock, connect } = world();
  const { stream, append } = chatOf(hub);
  const encoding = packing();
  const [first, late] = [connect(), connect()];
  first.client.follow(stream, encoding, { next: 0 });
  for (let n = 0; n < 6; n++) append();
  clock.run();
  late.client.follow(stream, encoding, { next: 4 });
  append();
  clock.advance(1_000);
  clock.run();
  assert.deepEqual(encoding.packed, ['0;1;2;3;4;5;', '6;']);
  assert.deepEqual(encoding.wrapped, ['4;5;']);
  assert.deepEqual(numbersOf(late.sink), [4, 5, 6]);
  hub.close();
});

test('those who come back get blocks that begin at round places, packed once', () => {
  const { hub, clock, connect } = world();
  const { stream, append } = chatOf(hub);
  const encoding = packing(100);
  for (let n = 0; n < 100; n++) append();
  const first = connect();
  first.client.follow(stream, encoding, { next: 100 });
  append();
  clock.run();
  const back = [connect(), connect()];
  for (const { client } of back) client.follow(stream, encoding, { next: 70 });
  clock.advance(1_000);
  clock.run();
  for (const { sink } of back) assert.deepEqual(numbersOf(sink), upTo(101, 70));
  assert.deepEqual(numbersOf(first.sink), [100]);
  assert.equal(
    encoding.packed.join(''),
    `100;${upTo(100)
      .map((n) => `${n};`)
      .join('')}`,
  );
  for (const block of encoding.packed) assert.ok(block.length <= 100, block);
  hub.close();
});

test('a block holds so many bytes at most, but a single event may be larger', () => {
  const { hub, clock, connect } = world();
  const { stream, append } = chatOf(hub);
  const encoding = packing(20);
  const { client, sink } = connect();
  client.follow(stream, encoding, { next: 0 });
  append();
  append('x'.repeat(50));
  append();
  append();
  clock.run();
  clock.advance(1_000);
  clock.run();
  assert.deepEqual(encoding.packed, ['0;', `1${'x'.repeat(50)};`, '2;3;']);
  assert.deepEqual(numbersOf(sink), upTo(4));
  hub.close();
});

test('events for one client alone are not packed', () => {
  const { hub, connect } = world();
  const state = new StateStream(hub);
  const encoding = packing();
  const { client, sink } = connect();
  client.follow(state.stream, encoding, { next: 0, before: [{ n: 7 }, { n: 8 }] });
  assert.deepEqual(numbersOf(sink), [7, 8]);
  assert.deepEqual([encoding.packed, encoding.wrapped], [[], ['7;8;']]);
  hub.close();
});

test('an encoding beyond those that are shared is never packed', () => {
  const { hub, clock, connect } = world();
  const stream = hub.stream<Numbered>({
    name: 'few',
    epoch: 'e',
    bounds: { count: 100, bytes: 1_000_000, age: 60_000 },
    size: () => 10,
    overflow: { policy: 'latest', snapshot: () => undefined },
    sharedEncodings: 1,
  });
  const [shared, own] = [packing(1_000, 'one'), packing(1_000, 'two')];
  const clients = [shared, own].map((encoding) => {
    const { client, sink } = connect();
    client.follow(stream, encoding, { next: 0 });
    return sink;
  });
  for (let n = 0; n < 3; n++) stream.append({ n });
  clock.run();
  for (const sink of clients) assert.deepEqual(numbersOf(sink), upTo(3));
  assert.deepEqual([shared.packed, shared.wrapped], [['0;1;2;'], []]);
  assert.deepEqual([own.packed, own.wrapped], [[], ['0;1;2;']]);
  hub.close();
});

function chatOf(hub: ConstructorParameters<typeof StoredStream>[0]) {
  const chat = new StoredStream(hub, { count: 1_000, bytes: 1_000_000, age: 60_000 });
  return { stream: chat.stream, append: chat.append.bind(chat) };
}
