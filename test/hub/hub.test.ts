import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PRIVATE_BYTES } from '../../server/hub/client.ts';
import { SLICE_BYTES } from '../../server/hub/tape.ts';
import { numbered, numbersOf, StateStream, StoredStream, settle, world } from '../support/hub-world.ts';

test('events appended together reach each client in one write of the same bytes', () => {
  const { hub, clock, connect } = world();
  const { stream } = new StoredStream(hub);
  const a = connect();
  const b = connect();
  a.client.follow(stream, numbered(), { next: 0 });
  b.client.follow(stream, numbered(), { next: 0 });
  for (let n = 0; n < 3; n++) stream.append({ n });
  clock.run();
  assert.equal(a.sink.text, '0;1;2;');
  assert.equal(a.sink.writes, 1);
  assert.equal(a.sink.parts[0], b.sink.parts[0], 'one slice object serves both');
});

test('an event is encoded once for all clients of an encoding, and not at all without one', () => {
  const { hub, clock, connect } = world();
  const { stream } = new StoredStream(hub);
  let encoded = 0;
  const encoding = {
    key: 'counting',
    encode: () => {
      encoded++;
      return Buffer.from('x');
    },
  };
  stream.append({ n: 0 });
  clock.run();
  assert.equal(encoded, 0);
  for (let i = 0; i < 50; i++) connect().client.follow(stream, encoding, { next: 0 });
  stream.append({ n: 1 });
  clock.run();
  assert.equal(encoded, 2);
});

test('a client that follows two streams gets both in one write', () => {
  const { hub, clock, connect } = world();
  const chat = new StoredStream(hub);
  const state = new StateStream(hub);
  const { client, sink } = connect();
  client.follow(chat.stream, numbered(), { next: 0 });
  client.follow(state.stream, numbered(), { next: 0 });
  chat.append();
  state.append();
  clock.run();
  assert.equal(sink.writes, 1);
  assert.deepEqual(numbersOf(sink), [0, 0]);
});

test('events before the start come first, and once', () => {
  const { hub, clock, connect } = world();
  const chat = new StoredStream(hub);
  for (let n = 0; n < 5; n++) chat.append();
  const { client, sink } = connect();
  client.follow(chat.stream, numbered(), { next: 3, before: [{ n: 100 }, { n: 101 }] });
  chat.append();
  clock.run();
  assert.deepEqual(numbersOf(sink), [100, 101, 3, 4, 5]);
});

test('an event that an encoding leaves out costs no write and does not come later', () => {
  const { hub, clock, connect } = world();
  const { stream } = new StoredStream(hub);
  const { client, sink } = connect();
  const even = { key: 'even', encode: (event: { n: number }) => Buffer.from(event.n % 2 === 0 ? `${event.n};` : '') };
  client.follow(stream, even, { next: 0 });
  stream.append({ n: 1 });
  clock.run();
  assert.equal(sink.writes, 0);
  stream.append({ n: 2 });
  clock.run();
  assert.deepEqual(numbersOf(sink), [2]);
});

test('a client behind the log of a complete stream goes on from the store and then from the log', async () => {
  const { hub, clock, connect } = world();
  const chat = new StoredStream(hub);
  for (let n = 0; n < 450; n++) chat.append();
  const { client, sink } = connect();
  client.follow(chat.stream, numbered(), { next: 7 });
  await settle(clock);
  chat.append();
  clock.run();
  assert.deepEqual(
    numbersOf(sink),
    Array.from({ length: 444 }, (_, i) => i + 7),
  );
});

test('many clients behind the log share the reads of the store', async () => {
  const { hub, clock, connect } = world();
  const chat = new StoredStream(hub);
  for (let n = 0; n < 400; n++) chat.append();
  const sinks = Array.from({ length: 100 }, (_, i) => {
    const { client, sink } = connect();
    client.follow(chat.stream, numbered(), { next: i });
    return sink;
  });
  await settle(clock);
  assert.equal(chat.reads, 2);
  for (const [i, sink] of sinks.entries()) assert.equal(numbersOf(sink)[0], i);
  for (const sink of sinks) assert.equal(numbersOf(sink).at(-1), 399);
});

test('what a store no longer has is announced once, and only to those who miss it', async () => {
  const { hub, clock, connect } = world();
  const chat = new StoredStream(hub);
  for (let n = 0; n < 300; n++) chat.append();
  chat.oldest = 50;
  const missing = connect();
  const fine = connect();
  missing.client.follow(chat.stream, numbered(), { next: 10 });
  fine.client.follow(chat.stream, numbered(), { next: 60 });
  await settle(clock);
  assert.deepEqual(numbersOf(missing.sink).slice(0, 3), [-1, 50, 51]);
  assert.deepEqual(numbersOf(fine.sink).slice(0, 2), [60, 61]);
  assert.equal(numbersOf(missing.sink).length, 251);
});

test('while the store is down a client behind the log waits, and goes on when it is back', async () => {
  const { hub, clock, connect } = world();
  const chat = new StoredStream(hub);
  for (let n = 0; n < 100; n++) chat.append();
  chat.down = true;
  const { client, sink } = connect();
  client.follow(chat.stream, numbered(), { next: 0 });
  await settle(clock);
  assert.equal(sink.text, '');
  chat.down = false;
  clock.advance(1_000);
  await settle(clock);
  assert.equal(numbersOf(sink).length, 100);
});

test('a client behind the log of a latest stream gets one snapshot and goes on from the head', () => {
  const { hub, clock, connect } = world();
  const state = new StateStream(hub);
  const { client, sink } = connect();
  client.follow(state.stream, numbered(), { next: 0 });
  sink.blocking = true;
  state.append();
  clock.run();
  for (let n = 0; n < 20; n++) state.append();
  sink.blocking = false;
  sink.waiting = 0;
  client.drained();
  state.append();
  clock.run();
  assert.deepEqual(numbersOf(sink), [0, 20, 21]);
  assert.equal(hub.stats.conflated, 1);
});

test('a blocked client is left alone, and gets the rest in order when it drains', () => {
  const { hub, clock, connect } = world();
  const chat = new StoredStream(hub);
  const { client, sink } = connect();
  client.follow(chat.stream, numbered(), { next: 0 });
  sink.blocking = true;
  chat.append();
  clock.run();
  chat.append();
  chat.append();
  clock.run();
  assert.deepEqual(numbersOf(sink), [0]);
  sink.blocking = false;
  sink.waiting = 0;
  client.drained();
  assert.deepEqual(numbersOf(sink), [0, 1, 2]);
});

test('a client that takes no byte for 30 s is closed as too slow, and costs nothing after', () => {
  const { hub, clock, connect } = world();
  const chat = new StoredStream(hub);
  const { client, sink } = connect();
  client.follow(chat.stream, numbered(), { next: 0 });
  sink.blocking = true;
  chat.append();
  clock.run();
  clock.advance(29_000);
  assert.equal(sink.closed, undefined);
  clock.advance(3_000);
  assert.equal(sink.closed, 'too-slow');
  assert.equal(hub.clients, 0);
  assert.equal(chat.stream.cursors.length, 0);
  assert.equal(hub.stats.stalled, 1);
});

test('a slice is at most 64 KB, and a larger event goes alone', () => {
  const { hub, clock, connect } = world();
  const chat = new StoredStream(hub, { count: 1_000, bytes: 1e9, age: 60_000 });
  const { client, sink } = connect();
  client.follow(chat.stream, numbered(), { next: 0 });
  for (let n = 0; n < 40; n++) chat.append('x'.repeat(n === 20 ? 100_000 : 6_000));
  clock.advance(100);
  assert.deepEqual(
    numbersOf(sink),
    Array.from({ length: 40 }, (_, i) => i),
  );
  for (const part of sink.parts) assert.ok(part.length <= SLICE_BYTES || part.length === 100_003);
});

test('one write to a client with many subscriptions carries about one slice', () => {
  const { hub, clock, connect } = world();
  const streams = Array.from({ length: 20 }, () => new StoredStream(hub));
  const { client, sink } = connect();
  for (const { stream } of streams) client.follow(stream, numbered(), { next: 0 });
  sink.blocking = true;
  for (const stored of streams) stored.append('x'.repeat(30_000));
  clock.run();
  assert.ok(sink.waiting < SLICE_BYTES * 2);
  for (let round = 0; round < 20; round++) {
    sink.waiting = 0;
    client.drained();
  }
  assert.equal(numbersOf(sink).length, 20);
});

test('private frames keep their order, and too many of them pause the reading', () => {
  const { connect } = world();
  const { client, sink } = connect();
  sink.blocking = true;
  client.send(Buffer.from('1;'));
  const chunk = PRIVATE_BYTES / 4;
  for (let n = 2; n < 8; n++) client.send(Buffer.from(`${n}${'x'.repeat(chunk)};`));
  assert.equal(sink.paused, true);
  assert.deepEqual(numbersOf(sink), [1]);
  sink.blocking = false;
  sink.waiting = 0;
  client.drained();
  assert.deepEqual(numbersOf(sink), [1, 2, 3, 4, 5, 6, 7]);
  assert.equal(sink.paused, false);
});

test('beyond the shared encodings clients are still served, one by one', () => {
  const { hub, clock, connect } = world();
  const stream = hub.stream<{ n: number }>({
    name: 'few',
    epoch: 'e',
    bounds: { count: 100, bytes: 1e6, age: 60_000 },
    size: () => 1,
    overflow: { policy: 'latest', snapshot: () => undefined },
    sharedEncodings: 2,
  });
  const sinks = Array.from({ length: 5 }, (_, i) => {
    const { client, sink } = connect();
    client.follow(stream, numbered(`key ${i}`), { next: 0 });
    return sink;
  });
  for (let n = 0; n < 3; n++) stream.append({ n });
  clock.run();
  for (const sink of sinks) assert.deepEqual(numbersOf(sink), [0, 1, 2]);
  for (let n = 3; n < 200; n++) stream.append({ n });
  assert.ok(stream.bytes.encoded <= 2 * 4_096);
});

test('an encoding that nobody uses any more is forgotten', () => {
  const { hub, clock, connect } = world();
  const { stream } = new StoredStream(hub);
  const { client } = connect();
  const cursor = client.follow(stream, numbered(), { next: 0 });
  stream.append({ n: 0 });
  clock.run();
  assert.ok(stream.bytes.encoded > 0);
  client.unfollow(cursor);
  assert.equal(stream.bytes.encoded, 0);
});

test('an encoding that leaves nearly everything out takes no more memory than another', () => {
  const { hub, clock, connect } = world();
  const chat = new StoredStream(hub, { count: 1_000, bytes: 1e9, age: 60_000 });
  const { client, sink } = connect();
  const rare = { key: 'rare', encode: (event: { n: number }) => Buffer.from(event.n === 50_000 ? `${event.n};` : '') };
  client.follow(chat.stream, rare, { next: 0 });
  for (let n = 0; n < 100_000; n++) {
    chat.append();
    if (n % 100 === 0) clock.run();
  }
  clock.run();
  assert.deepEqual(numbersOf(sink), [50_000]);
  assert.ok(chat.stream.bytes.encoded < 100_000, `${chat.stream.bytes.encoded} bytes`);
});

test('events too old leave a quiet log', () => {
  const { hub, clock, connect } = world();
  const chat = new StoredStream(hub);
  connect().client.follow(chat.stream, numbered(), { next: 0 });
  for (let n = 0; n < 5; n++) chat.append();
  clock.advance(61_000);
  assert.equal(chat.stream.next - chat.stream.first, 1, 'only the newest stays');
});

test('a client that ends in the middle of a pass disturbs nobody', () => {
  const { hub, clock, connect } = world();
  const chat = new StoredStream(hub);
  const all = Array.from({ length: 100 }, () => connect());
  for (const { client } of all) client.follow(chat.stream, numbered(), { next: 0 });
  const [first, victim] = [all[70], all[30]];
  assert.ok(first && victim);
  const write = first.sink.write.bind(first.sink);
  first.sink.write = (bytes) => {
    victim.client.end();
    return write(bytes);
  };
  chat.append();
  clock.run();
  for (const { sink } of all) if (sink !== victim.sink) assert.deepEqual(numbersOf(sink), [0]);
  assert.deepEqual(numbersOf(victim.sink), []);
});
