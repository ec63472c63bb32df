import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Gate } from '../../server/chat/gate.ts';
import { ChatStats } from '../../server/chat/stats.ts';
import type { Entry, Message } from '../../server/engines/message-store.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { MemoryStore } from './memory-store.ts';
import { recordingLog } from './recording-log.ts';
import { settle, turn } from './turn.ts';

function message(seq: number): Message {
  return { room: 'global', seq, id: `id-${seq}`, sender: 'ann', content: `text ${seq}`, time: seq };
}

/** A gate, its store with so many messages, and what passed. */
function setUp(stored = 0) {
  const clock = new ManualClock();
  const store = new MemoryStore();
  const stats = new ChatStats();
  const { log, lines } = recordingLog();
  const passed: number[] = [];
  const entries: Entry[] = [];
  const plane = { up: true };
  const gate = new Gate({
    room: 'global',
    store,
    clock,
    log,
    stats,
    next: 1,
    backplaneUp: () => plane.up,
    pass: (one) => {
      passed.push(one.seq);
      entries.push(one);
    },
  });
  const commit = (count: number): void => {
    for (let i = 0; i < count; i++) store.entries('global').push(message(store.entries('global').length + 1));
  };
  commit(stored);
  return { clock, store, stats, lines, passed, entries, plane, gate, commit };
}

function upTo(n: number): number[] {
  return Array.from({ length: n }, (_, i) => i + 1);
}

test('messages in order pass at once, without a look at the store', () => {
  const { gate, passed, store } = setUp(3);
  for (const seq of [1, 2, 3]) gate.offer(message(seq));
  assert.deepEqual(passed, [1, 2, 3]);
  assert.equal(store.reads, 0);
});

test('a lower seq is a duplicate and is dropped', () => {
  const { gate, passed, stats } = setUp(2);
  for (const seq of [1, 1, 2, 1]) gate.offer(message(seq));
  assert.deepEqual(passed, [1, 2]);
  assert.equal(stats.duplicates, 2);
});

test('a hole that the backplane fills within 25 ms costs no read', async () => {
  const { gate, passed, store, clock } = setUp(3);
  gate.offer(message(2));
  gate.offer(message(3));
  gate.offer(message(3));
  await turn(clock, 24);
  assert.deepEqual(passed, []);
  gate.offer(message(1));
  await turn(clock, 100);
  assert.deepEqual(passed, [1, 2, 3]);
  assert.equal(store.reads, 0);
});

test('a hole that stays is filled by one read after 25 ms', async () => {
  const { gate, passed, store, stats, clock } = setUp(9);
  for (const seq of [4, 9, 7]) gate.offer(message(seq));
  await turn(clock, 24);
  assert.equal(store.reads, 0);
  await turn(clock, 1);
  assert.deepEqual(passed, upTo(9));
  assert.equal(store.reads, 1);
  assert.equal(stats.filled, 6);
});

test('while the backplane is down a hole is filled at once', async () => {
  const { gate, passed, plane } = setUp(4);
  plane.up = false;
  gate.offer(message(4));
  await settle();
  assert.deepEqual(passed, upTo(4));
});

test('a hole of any size is filled page by page', async () => {
  const { gate, passed, store, clock } = setUp(1_200);
  gate.offer(message(1_200));
  await turn(clock, 25);
  assert.deepEqual(passed, upTo(1_200));
  assert.equal(store.reads, 3);
});

test('a seq above the head of the store is a ghost: counted, dropped, and what comes later is not held up', async () => {
  const { gate, passed, stats, store, clock, commit } = setUp(2);
  gate.offer(message(1));
  gate.offer(message(1_000_000));
  await turn(clock, 100);
  assert.deepEqual(passed, [1, 2]);
  assert.equal(stats.ghosts, 1);
  assert.equal(store.reads, 1);
  commit(1);
  gate.offer(message(3));
  assert.deepEqual(passed, [1, 2, 3]);
});

test('a flood of ghosts costs one read in 25 ms and a bounded buffer', async () => {
  const { gate, stats, store, clock } = setUp(0);
  for (let ms = 0; ms < 100; ms++) {
    for (let i = 0; i < 50; i++) gate.offer(message(1_000_000 + ms * 50 + i));
    await turn(clock, 1);
  }
  await turn(clock, 50);
  assert.ok(store.reads <= 8, `${store.reads} reads`);
  assert.ok(stats.ghosts >= 4_000, `${stats.ghosts} ghosts`);
});

test('more than the buffer holds still comes, from the store', async () => {
  const { gate, passed, clock } = setUp(3_000);
  for (let seq = 2; seq <= 3_000; seq++) gate.offer(message(seq));
  await turn(clock, 100);
  assert.deepEqual(passed, upTo(3_000));
});

test('catching up finds what nobody told, and what comes during the read is not lost', async () => {
  const { gate, passed, store, clock, commit } = setUp(3);
  const answer = holdRead(store);
  gate.catchUp();
  commit(2);
  gate.offer(message(5));
  gate.catchUp();
  answer();
  await settle();
  assert.deepEqual(passed, [1, 2, 3]);
  await turn(clock, 25);
  assert.deepEqual(passed, upTo(5));
});

/** Holds the next read of the store back until the answer is let go. */
function holdRead(store: MemoryStore): () => void {
  let go: () => void = () => undefined;
  store.latency = () => new Promise((resolve) => (go = resolve));
  return () => {
    store.latency = async () => undefined;
    go();
  };
}

test('what comes during a read and follows on it passes without another read', async () => {
  const { gate, passed, store, clock, commit } = setUp(3);
  const answer = holdRead(store);
  gate.catchUp();
  commit(1);
  gate.offer(message(4));
  answer();
  await turn(clock, 100);
  assert.deepEqual([passed, store.reads], [upTo(4), 1]);
});

test('what comes during a read and leaves a hole is no ghost: the hole is filled', async () => {
  const { gate, passed, stats, store, clock, commit } = setUp(3);
  const answer = holdRead(store);
  gate.catchUp();
  commit(2);
  gate.offer(message(5));
  answer();
  await turn(clock, 25);
  assert.deepEqual([passed, stats.ghosts], [upTo(5), 0]);
});

test('what found no place in the buffer during a read comes with the next one', async () => {
  const { gate, passed, store, clock, commit } = setUp(1);
  const answer = holdRead(store);
  gate.catchUp();
  commit(1_500);
  for (let seq = 2; seq <= 1_501; seq++) gate.offer(message(seq));
  answer();
  await turn(clock, 50);
  assert.deepEqual(passed, upTo(1_501));
});

test('a store that cannot be read is asked again until it answers, and the log says so once', async () => {
  const { gate, passed, store, clock, lines } = setUp(3);
  store.readable = false;
  gate.catchUp();
  for (let i = 0; i < 100; i++) {
    gate.catchUp();
    gate.offer(message(3));
    await turn(clock, 10);
  }
  assert.ok(store.reads <= 6, `${store.reads} reads in a second`);
  assert.equal(lines.length, 1);
  store.readable = true;
  await turn(clock, 250);
  assert.deepEqual(passed, upTo(3));
});

test('there is one read at a time: a hole whose time is over waits for the one under way', async () => {
  const { gate, passed, store, clock } = setUp(3);
  let reading = 0;
  let most = 0;
  store.latency = async () => {
    most = Math.max(most, ++reading);
    await new Promise<void>((resolve) => void clock.after(40, resolve));
    reading--;
  };
  gate.offer(message(3));
  gate.catchUp();
  await turn(clock, 200);
  assert.deepEqual(passed, [1, 2, 3]);
  assert.equal(most, 1);
});

test('a store with a hole in it lets nothing past the hole', async () => {
  const { gate, passed, store, lines, clock } = setUp(4);
  store.entries('global').splice(1, 1);
  gate.offer(message(4));
  await turn(clock, 1_000, 25);
  assert.deepEqual(passed, [1]);
  assert.match(lines[0]?.text ?? '', /cannot be read/);
});

test('what retention took while the gate was away passes as deleted, and the rest follows', async () => {
  const { gate, passed, entries, store, clock } = setUp(6);
  store.entries('global').splice(0, 3);
  gate.offer(message(6));
  await turn(clock, 25);
  assert.deepEqual(passed, upTo(6));
  assert.deepEqual(
    entries.map((entry) => ('target' in entry ? `${entry.target} deleted` : entry.seq)),
    ['1 deleted', '2 deleted', '3 deleted', 4, 5, 6],
  );
});

test('after close nothing passes from a read, and no timer stays', async () => {
  const { gate, passed, clock } = setUp(3);
  gate.offer(message(3));
  gate.catchUp();
  gate.close();
  await turn(clock, 1_000, 25);
  assert.deepEqual(passed, []);
  assert.equal(clock.pending, 0);
});

type Step =
  | { readonly kind: 'commit'; readonly count: number }
  | { readonly kind: 'tell'; readonly which: number }
  | { readonly kind: 'ghost'; readonly above: number }
  | { readonly kind: 'wait'; readonly ms: number }
  | { readonly kind: 'plane' | 'store' | 'catch-up' };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('commit' as const), count: fc.integer({ min: 1, max: 9 }) }) },
  { weight: 12, arbitrary: fc.record({ kind: fc.constant('tell' as const), which: fc.nat(60) }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('ghost' as const), above: fc.integer({ min: 900, max: 999 }) }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 40 }) }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constantFrom('plane' as const, 'store' as const, 'catch-up' as const) }),
  },
);

test('whatever the order, repetition, loss, ghosts and outages: what passes is the store, in order, once', async () => {
  const property = fc.asyncProperty(
    fc.array(step, { maxLength: 60 }),
    fc.infiniteStream(fc.nat(3)),
    async (steps, waits) => {
      const { gate, passed, store, plane, clock, commit } = setUp();
      store.latency = () => new Promise((resolve) => void clock.after(waits.next().value, resolve));
      for (const one of steps) {
        const head = store.of('global').length;
        if (one.kind === 'commit') commit(one.count);
        else if (one.kind === 'tell' && head > 0) gate.offer(message((one.which % head) + 1));
        else if (one.kind === 'ghost') gate.offer(message(head + one.above));
        else if (one.kind === 'wait') await turn(clock, one.ms);
        else if (one.kind === 'plane') plane.up = !plane.up;
        else if (one.kind === 'store') store.readable = !store.readable;
        else if (one.kind === 'catch-up') gate.catchUp();
        assert.deepEqual(passed, upTo(passed.length));
        assert.ok(passed.length <= store.of('global').length, 'nothing passes that is not stored');
      }
      store.readable = true;
      gate.catchUp();
      await turn(clock, 600, 5);
      assert.deepEqual(passed, upTo(store.of('global').length));
      gate.close();
    },
  );
  await fc.assert(property, { numRuns: 300 });
});

test('the last message alone is enough for all before it to pass', async () => {
  const property = fc.asyncProperty(fc.integer({ min: 1, max: 30 }), fc.array(fc.nat(29)), async (head, told) => {
    const { gate, passed, clock } = setUp(head);
    for (const which of [...told, head - 1]) gate.offer(message((which % head) + 1));
    await turn(clock, 30);
    assert.deepEqual(passed, upTo(head));
  });
  await fc.assert(property, { numRuns: 100 });
});
