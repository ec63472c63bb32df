import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Window } from '../../server/hub/window.ts';
import { numbered, numbersOf, StateStream, StoredStream, settle, world } from '../support/hub-world.ts';

test('a window counts what is on its way, whatever is acknowledged in whatever order', () => {
  const step = fc.record({ kind: fc.constantFrom('send', 'send', 'skip', 'one', 'up to'), at: fc.nat(60) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const window = new Window(50);
      const model = new Set<number>();
      let next = 0;
      for (const { kind, at } of steps) {
        if (kind === 'skip') next += 1 + (at % 3);
        if (kind === 'send' && window.room > 0) {
          model.add(next);
          window.sent(next++);
        }
        if (kind === 'one' && model.delete(at)) window.acknowledge(at);
        else if (kind === 'one') window.acknowledge(at);
        if (kind === 'up to') {
          for (const position of model) if (position <= at) model.delete(position);
          window.acknowledgeUpTo(at);
        }
        assert.equal(window.room, 50 - model.size);
      }
    }),
    { numRuns: 500 },
  );
});

test('a message that was never sent is not reached, one that was sent is for ever', () => {
  const window = new Window(3);
  assert.equal(window.reached(0), false);
  window.sent(4);
  window.acknowledge(4);
  assert.deepEqual([window.reached(4), window.reached(5)], [true, false]);
});

test('a cursor goes no further than its window, and on when there is room again', () => {
  const { hub, clock, connect } = world();
  const chat = new StoredStream(hub, { count: 100, bytes: 1_000_000, age: 60_000 });
  const { client, sink } = connect();
  const window = new Window(3);
  client.follow(chat.stream, numbered(), { next: 0 }, window);
  for (let n = 0; n < 10; n++) chat.append();
  clock.run();
  assert.deepEqual(numbersOf(sink), [0, 1, 2]);
  window.acknowledgeUpTo(1);
  client.goOn();
  assert.deepEqual(numbersOf(sink), [0, 1, 2, 3, 4]);
});

test('a full window is no stall, costs no pass, and holds up no other cursor of the client', () => {
  const { hub, clock, connect } = world();
  const chat = new StoredStream(hub);
  const other = new StoredStream(hub);
  const { client, sink } = connect();
  client.follow(chat.stream, numbered(), { next: 0 }, new Window(1));
  client.follow(other.stream, numbered('other'), { next: 0 });
  chat.append();
  chat.append();
  clock.run();
  const { passes } = hub.stats;
  clock.advance(120_000);
  assert.equal(hub.stats.passes, passes);
  assert.equal(sink.closed, undefined);
  other.append();
  clock.run();
  assert.deepEqual(numbersOf(sink), [0, 0]);
});

test('events without bytes are not counted', () => {
  const { hub, clock, connect } = world();
  const chat = new StoredStream(hub, { count: 100, bytes: 1_000_000, age: 60_000 });
  const { client, sink } = connect();
  const odd = { key: 'odd', encode: ({ n }: { n: number }) => Buffer.from(n % 2 === 1 ? `${n};` : '') };
  client.follow(chat.stream, odd, { next: 0 }, new Window(2));
  for (let n = 0; n < 9; n++) chat.append();
  clock.run();
  assert.deepEqual(numbersOf(sink), [1, 3]);
});

test('a window shares the bytes of those who have none', () => {
  const { hub, clock, connect } = world();
  const chat = new StoredStream(hub);
  const [one, two] = [connect(), connect()];
  one.client.follow(chat.stream, numbered(), { next: 0 });
  two.client.follow(chat.stream, numbered(), { next: 0 }, new Window(1));
  chat.append();
  chat.append();
  clock.run();
  assert.equal(two.sink.text, '0;');
  assert.equal(two.sink.parts[0]?.buffer, one.sink.parts[0]?.buffer);
});

test('what the log has dropped meanwhile comes from the store', async () => {
  const { hub, clock, connect } = world();
  const chat = new StoredStream(hub);
  const { client, sink } = connect();
  const window = new Window(2);
  client.follow(chat.stream, numbered(), { next: 0 }, window);
  for (let n = 0; n < 50; n++) chat.append();
  await settle(clock);
  for (let n = 0; n < 50; n++) {
    window.acknowledge(n);
    client.goOn();
    await settle(clock);
  }
  assert.deepEqual(
    numbersOf(sink),
    Array.from({ length: 50 }, (_, n) => n),
  );
});

test('in a latest stream who acknowledges late goes on with the newest state, and no further than the window', () => {
  const { hub, clock, connect } = world();
  const state = new StateStream(hub);
  const { client, sink } = connect();
  const window = new Window(2);
  client.follow(state.stream, numbered(), { next: 0 }, window);
  for (let n = 0; n < 50; n++) state.append();
  clock.run();
  const before = numbersOf(sink);
  assert.equal(window.room, 2 - before.length);
  window.acknowledgeUpTo(49);
  client.goOn();
  for (let n = 0; n < 50; n++) state.append();
  clock.run();
  window.acknowledgeUpTo(49);
  client.goOn();
  assert.equal(numbersOf(sink).at(-1), 99);
  assert.ok(window.room >= 0);
  window.acknowledgeUpTo(99);
  assert.equal(window.room, 2);
});

type Step = { kind: 'append' | 'one' | 'up to' | 'block' | 'drain' | 'time' | 'store'; n: number };

test('whatever is acknowledged when, nothing is lost or repeated and no more is on its way than the window', async () => {
  const kinds = ['append', 'append', 'one', 'one', 'up to', 'block', 'drain', 'time', 'store'] as const;
  const steps = fc.array(fc.record({ kind: fc.constantFrom<Step['kind'][]>(...kinds), n: fc.nat(40) }), {
    minLength: 10,
    maxLength: 60,
  });
  const property = fc.asyncProperty(fc.integer({ min: 1, max: 12 }), fc.boolean(), steps, async (size, shared, all) => {
    const { hub, clock, connect } = world();
    const chat = new StoredStream(hub, { count: 30, bytes: 100_000, age: 5_000 });
    // The 64 shared encodings are taken: this one is made for its client alone.
    if (!shared) for (let i = 0; i < 64; i++) connect().client.follow(chat.stream, numbered(`k${i}`), { next: 0 });
    const { client, sink } = connect();
    const window = new Window(size);
    client.follow(chat.stream, numbered('own'), { next: 0 }, window);
    const open = new Set<number>();
    let read = 0;
    const look = (): void => {
      const numbers = numbersOf(sink);
      for (const n of numbers.slice(read)) open.add(n);
      read = numbers.length;
      assert.equal(window.room, size - open.size);
      assert.ok(open.size <= size);
    };
    const acknowledge = (n: number, kind: 'one' | 'up to'): void => {
      const position = [...open][n % Math.max(1, open.size)] ?? -1;
      if (kind === 'one') window.acknowledge(position);
      else window.acknowledgeUpTo(position);
      for (const each of open) if (each === position || (kind === 'up to' && each < position)) open.delete(each);
      client.goOn();
    };
    const drain = (): void => {
      Object.assign(sink, { blocking: false, waiting: 0 });
      client.drained();
    };
    for (const { kind, n } of all) {
      if (kind === 'append') for (let i = 0; i < n; i++) chat.append();
      else if (kind === 'one' || kind === 'up to') acknowledge(n, kind);
      else if (kind === 'block') sink.blocking = true;
      else if (kind === 'drain') drain();
      else if (kind === 'time') clock.advance(n * 20);
      else chat.down = n % 2 === 0;
      await settle(clock);
      look();
    }
    chat.down = false;
    drain();
    for (let round = 0; read < chat.stored.length && round < 3_000; round++) {
      acknowledge(0, 'one');
      if (round % 20 === 0) clock.advance(1_000);
      await settle(clock);
      look();
    }
    assert.deepEqual(
      numbersOf(sink),
      chat.stored.map(({ n }) => n),
    );
    hub.close();
  });
  await fc.assert(property, { numRuns: 60 });
});
