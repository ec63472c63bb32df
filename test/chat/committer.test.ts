import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Committer, type Sent } from '../../server/chat/committer.ts';
import { ChatStats } from '../../server/chat/stats.ts';
import type { Draft, Message } from '../../server/engines/message-store.ts';
import { type ErrorCode, Refusal } from '../../server/errors.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { MemoryStore, type Trouble } from './memory-store.ts';
import { recordingLog } from './recording-log.ts';
import { settle, turn } from './turn.ts';

let made = 0;

function draft(fields: Partial<Draft> = {}): Draft {
  made++;
  return { room: 'global', id: `id-${made}`, sender: 'ann', content: `text ${made}`, time: made, ...fields };
}

function setUp(told: (message: Message) => void = () => undefined) {
  const clock = new ManualClock();
  const store = new MemoryStore();
  const stats = new ChatStats();
  const { log, lines } = recordingLog();
  const stored: Message[] = [];
  const found: Message[] = [];
  const committer = new Committer({
    store,
    clock,
    log,
    stats,
    stored: (message) => {
      stored.push(message);
      told(message);
    },
    found: (message) => void found.push(message),
  });
  return { clock, store, stats, lines, stored, found, committer };
}

/** What became of a send so far: its seq, the code of its refusal, or `waiting`. */
function watch(sent: Promise<Sent>): { fate: number | ErrorCode | 'waiting' } {
  const watched: { fate: number | ErrorCode | 'waiting' } = { fate: 'waiting' };
  sent.then(
    ({ message }) => (watched.fate = message.seq),
    (error) => (watched.fate = error instanceof Refusal ? error.code : 'internal'),
  );
  return watched;
}

function seqs(store: MemoryStore): number[] {
  return store.of('global').map((message) => message.seq);
}

test('sends of the same millisecond are one group, answered in order', async () => {
  const { committer, store, stored, clock, stats } = setUp();
  const sends = Array.from({ length: 20 }, () => watch(committer.commit(draft())));
  await settle();
  assert.deepEqual(store.groups, []);
  await turn(clock, 1);
  assert.deepEqual(store.groups, [20]);
  const expected = Array.from({ length: 20 }, (_, i) => i + 1);
  assert.deepEqual(
    sends.map((send) => send.fate),
    expected,
  );
  assert.deepEqual(
    stored.map((message) => message.seq),
    expected,
  );
  assert.equal(stats.accepted, 20);
});

test('a message is handed on before its sender is answered', async () => {
  const { committer, stored, clock } = setUp();
  const order: string[] = [];
  const sent = committer.commit(draft()).then(() => order.push(`answered after ${stored.length}`));
  await turn(clock, 1);
  await sent;
  assert.deepEqual(order, ['answered after 1']);
});

test('what comes while a group is committed is the next group, of at most 500', async () => {
  const { committer, store, clock } = setUp();
  let commits: (() => void)[] = [];
  store.latency = () => new Promise((resolve) => void commits.push(resolve));
  const go = async (): Promise<void> => {
    while (commits.length > 0) {
      const waiting = commits;
      commits = [];
      for (const resolve of waiting) resolve();
      await settle();
    }
  };
  const first = committer.commit(draft());
  await turn(clock, 1);
  const later = Array.from({ length: 1_200 }, () => committer.commit(draft()));
  await turn(clock, 50);
  assert.deepEqual(store.groups, [1]);
  await go();
  await Promise.all([first, ...later]);
  assert.deepEqual(store.groups, [1, 500, 500, 200]);
});

test('the store has the next group before the one that is done is told of', async () => {
  const groups: string[] = [];
  const { committer, store, clock } = setUp((message) => void groups.push(`${message.seq}: ${store.groups.length}`));
  const gate = Promise.withResolvers<void>();
  store.latency = () => gate.promise;
  const sends = [committer.commit(draft())];
  await turn(clock, 1);
  sends.push(committer.commit(draft()), committer.commit(draft()));
  gate.resolve();
  await Promise.all(sends);
  assert.deepEqual(store.groups, [1, 2]);
  assert.deepEqual(groups, ['1: 2', '2: 2', '3: 2']);
});

test('what is sent when a group is told of is committed, though nothing else waits', async () => {
  const later: Promise<Sent>[] = [];
  const { committer, clock } = setUp(({ seq }) => {
    if (seq < 3) later.push(committer.commit(draft()));
  });
  const first = committer.commit(draft());
  await turn(clock, 5);
  const all = await Promise.all([first, ...later]);
  assert.deepEqual(all.map(({ message }) => message.seq).toSorted(), [1, 2, 3]);
});

test('a resend is answered with the message that is stored, and told as found', async () => {
  const { committer, clock, stored, found, stats } = setUp();
  const one = draft();
  const first = committer.commit(one);
  await turn(clock, 1);
  const again = committer.commit({ ...one, time: one.time + 1 });
  await turn(clock, 1);
  assert.deepEqual(await first, { message: { ...one, seq: 1 }, duplicate: false });
  assert.deepEqual(await again, { message: { ...one, seq: 1 }, duplicate: true });
  assert.deepEqual([stored.length, found.length, stats.resent], [1, 1, 1]);
});

test('the same id with other content is id-conflict, and nobody else in the group notices', async () => {
  const { committer, clock, store } = setUp();
  const one = draft();
  const sends = [one, { ...one, content: 'other' }, draft()].map((each) => watch(committer.commit(each)));
  await turn(clock, 1);
  assert.deepEqual(
    sends.map((send) => send.fate),
    [1, 'id-conflict', 2],
  );
  assert.deepEqual(seqs(store), [1, 2]);
});

test('a store that is down refuses each send at once, and takes them again when it is back', async () => {
  const { committer, clock, store, stored, stats, lines } = setUp();
  store.trouble = 'down';
  const refused = [watch(committer.commit(draft())), watch(committer.commit(draft()))];
  await turn(clock, 1);
  const later = watch(committer.commit(draft()));
  await turn(clock, 1);
  assert.deepEqual(
    [...refused, later].map((send) => send.fate),
    ['store-down', 'store-down', 'store-down'],
  );
  assert.deepEqual([stored.length, stats.storeDown, lines.length], [0, 3, 1]);
  store.trouble = undefined;
  const sent = watch(committer.commit(draft()));
  await turn(clock, 1);
  assert.equal(sent.fate, 1);
  assert.deepEqual(
    lines.map((line) => line.level),
    ['error', 'info'],
  );
});

for (const trouble of ['cut-before', 'cut-after', 'broken'] as const) {
  test(`a commit with an unknown fate (${trouble}) is settled as soon as the store answers, stored once`, async () => {
    const { committer, clock, store, stored, stats } = setUp();
    store.trouble = trouble;
    const sends = [watch(committer.commit(draft())), watch(committer.commit(draft()))];
    await turn(clock, 1_000, 10);
    assert.deepEqual(
      sends.map((send) => send.fate),
      ['waiting', 'waiting'],
    );
    store.trouble = undefined;
    await turn(clock, 500, 10);
    assert.deepEqual(
      sends.map((send) => send.fate),
      [1, 2],
    );
    assert.deepEqual([seqs(store), stored.map((message) => message.seq), stats.accepted], [[1, 2], [1, 2], 2]);
  });
}

test('what an earlier send stored is still told as a duplicate when its resend was cut', async () => {
  const { committer, clock, store, stored, found } = setUp();
  const one = draft();
  const first = committer.commit(one);
  await turn(clock, 1);
  await first;
  store.trouble = 'cut-after';
  const again = committer.commit({ ...one, time: one.time + 1 });
  await turn(clock, 10);
  store.trouble = undefined;
  await turn(clock, 500, 10);
  assert.equal((await again).duplicate, true);
  assert.deepEqual([stored.length, found.length], [1, 1]);
});

test('while a fate is open and the store does not answer, sends are refused at once', async () => {
  const { committer, clock, store } = setUp();
  store.trouble = 'cut-before';
  const open = watch(committer.commit(draft()));
  await turn(clock, 10);
  const refused = watch(committer.commit(draft()));
  await settle();
  assert.deepEqual([open.fate, refused.fate], ['waiting', 'store-down']);
});

test('sends that waited behind a cut commit are refused once the store is seen not to answer', async () => {
  const { committer, clock, store } = setUp();
  store.trouble = 'cut-before';
  store.latency = () => new Promise((resolve) => void clock.after(100, resolve));
  const open = watch(committer.commit(draft()));
  await turn(clock, 50);
  const behind = watch(committer.commit(draft()));
  await turn(clock, 60);
  assert.deepEqual([open.fate, behind.fate], ['waiting', 'waiting']);
  await turn(clock, 100);
  assert.deepEqual([open.fate, behind.fate], ['waiting', 'store-down']);
});

test('a fate that stays unknown is told within 5 s, and then the store is asked until it answers', async () => {
  const { committer, clock, store, stats } = setUp();
  store.trouble = 'cut-before';
  store.readable = false;
  const open = watch(committer.commit(draft()));
  await turn(clock, 4_900, 50);
  assert.equal(open.fate, 'waiting');
  await turn(clock, 200, 50);
  assert.equal(open.fate, 'store-unknown');
  assert.equal(stats.storeUnknown, 1);
  await turn(clock, 2_000, 50);
  const refused = watch(committer.commit(draft()));
  await settle();
  assert.equal(refused.fate, 'store-down');
  store.trouble = undefined;
  store.readable = true;
  await turn(clock, 1_000, 50);
  const sent = watch(committer.commit(draft()));
  await turn(clock, 1);
  assert.equal(sent.fate, 1);
});

test('an answer within 5 s comes even while the store hangs, and what it stores later is handed on', async () => {
  const { committer, clock, store, stored } = setUp();
  store.trouble = 'cut-before';
  const open = watch(committer.commit(draft()));
  await turn(clock, 4_000, 50);
  store.trouble = undefined;
  store.latency = () => new Promise((resolve) => void clock.after(2_000, resolve));
  await turn(clock, 1_100, 10);
  assert.equal(open.fate, 'store-unknown');
  await turn(clock, 4_000, 50);
  assert.deepEqual([seqs(store), stored.length], [[1], 1]);
});

test('a queue of 20,000 is full: one more is refused at once, and says that the server is busy', async () => {
  const { committer, clock } = setUp();
  const sends = Array.from({ length: 20_000 }, () => committer.commit(draft()));
  await assert.rejects(committer.commit(draft()), (error) => {
    return error instanceof Refusal && error.code === 'store-down' && /busy/.test(error.message);
  });
  await turn(clock, 1);
  await Promise.all(sends);
});

test('the queue is bounded by the length of the contents, too', async () => {
  const { committer, clock } = setUp();
  const content = 'x'.repeat(4_000_000);
  const sends = [committer.commit(draft({ content })), committer.commit(draft({ content }))];
  await assert.rejects(committer.commit(draft()), /busy/);
  await turn(clock, 1);
  await Promise.all(sends);
  const after = committer.commit(draft());
  await turn(clock, 1);
  await after;
});

test('close commits what waits, and refuses what comes after', async () => {
  const { committer, clock } = setUp();
  const sent = watch(committer.commit(draft()));
  const closed = committer.close();
  await assert.rejects(committer.commit(draft()), (error) => error instanceof Refusal && error.code === 'stopping');
  await turn(clock, 1);
  await closed;
  assert.equal(sent.fate, 1);
});

/** What became of a send of several so far. */
function watchAll(sent: Promise<readonly Sent[]>): { fate: readonly number[] | ErrorCode | 'waiting' } {
  const watched: { fate: readonly number[] | ErrorCode | 'waiting' } = { fate: 'waiting' };
  sent.then(
    (all) => (watched.fate = all.map(({ message }) => message.seq)),
    (error) => (watched.fate = error instanceof Refusal ? error.code : 'internal'),
  );
  return watched;
}

test('several that are sent as one are stored in order, with nothing between', async () => {
  const { committer, clock, stored } = setUp();
  const [before, all, after] = [
    watch(committer.commit(draft())),
    watchAll(committer.commitAll([draft(), draft(), draft()])),
    watch(committer.commit(draft())),
  ];
  await turn(clock, 1);
  assert.deepEqual([before.fate, all.fate, after.fate], [1, [2, 3, 4], 5]);
  assert.deepEqual(
    stored.map(({ seq }) => seq),
    [1, 2, 3, 4, 5],
  );
});

test('one id conflict refuses all that are sent as one, and nobody else', async () => {
  const { committer, clock, store, stats } = setUp();
  const one = draft();
  const before = watch(committer.commit(one));
  const all = committer.commitAll([draft(), { ...one, content: 'other' }, draft()]);
  const after = watch(committer.commit(draft()));
  const refused = assert.rejects(all, (error) => error instanceof Refusal && /none was stored/.test(error.message));
  await turn(clock, 1);
  await refused;
  assert.deepEqual([before.fate, after.fate], [1, 2]);
  assert.deepEqual(seqs(store), [1, 2]);
  assert.equal(stats.refused, 3);
});

test('several that are sent as one are never split over two groups', async () => {
  const { committer, clock, store } = setUp();
  const drafts = (count: number): Draft[] => Array.from({ length: count }, () => draft());
  const sends = [450, 100, 450, 50].map((count) => watchAll(committer.commitAll(drafts(count))));
  await turn(clock, 5);
  assert.deepEqual(store.groups, [450, 100, 500]);
  assert.ok(sends.every(({ fate }) => typeof fate === 'object'));
});

test('several that are sent as one count one by one among those that wait', async () => {
  const { committer } = setUp();
  for (let i = 0; i < 199; i++) void committer.commitAll(Array.from({ length: 100 }, () => draft()));
  await assert.rejects(committer.commitAll(Array.from({ length: 101 }, () => draft())), /busy/);
  const last = watchAll(committer.commitAll(Array.from({ length: 100 }, () => draft())));
  await settle();
  assert.equal(last.fate, 'waiting');
  await assert.rejects(committer.commit(draft()), /busy/);
});

test('when the fate of several is open, all of them get to know it together', async () => {
  const { committer, clock, store } = setUp();
  store.trouble = 'cut-after';
  const all = watchAll(committer.commitAll([draft(), draft()]));
  await turn(clock, 10);
  assert.equal(all.fate, 'waiting');
  store.trouble = undefined;
  await turn(clock, 100);
  assert.deepEqual(all.fate, [1, 2]);
});

test('whatever the store does, each send is answered, what is accepted is stored, and each is handed on once', async () => {
  const troubles = fc.constantFrom<(Trouble | undefined)[]>(undefined, 'down', 'cut-before', 'cut-after');
  const moment = fc.record({ sends: fc.nat(5), trouble: troubles, wait: fc.nat(120), resend: fc.boolean() });
  const property = fc.asyncProperty(fc.array(moment, { maxLength: 25 }), async (moments) => {
    const { committer, store, clock, stored } = setUp();
    const drafts: Draft[] = [];
    const sends: ReturnType<typeof watch>[] = [];
    for (const { sends: count, trouble, wait, resend } of moments) {
      store.trouble = trouble;
      for (let i = 0; i < count; i++) {
        const old = resend ? drafts[i] : undefined;
        const one = old === undefined ? draft() : { ...old, time: old.time + 1_000_000 + made++ };
        drafts.push(one);
        sends.push(watch(committer.commit(one)));
      }
      await turn(clock, wait, 20);
    }
    store.trouble = undefined;
    await turn(clock, 6_000, 250);
    const messages = store.of('global');
    for (const [i, { fate }] of sends.entries()) {
      assert.notEqual(fate, 'waiting');
      if (typeof fate === 'number') assert.equal(messages[fate - 1]?.id, drafts[i]?.id);
    }
    const handedOn = stored.map((message) => message.seq);
    assert.deepEqual(handedOn, [...new Set(handedOn)], 'each once');
    assert.deepEqual(
      [...handedOn].sort((a, b) => a - b),
      handedOn,
      'in order',
    );
  });
  await fc.assert(property, { numRuns: 60 });
});

test('whatever the store does, what is sent as one is stored whole and together, or not at all', async () => {
  const troubles = fc.constantFrom<(Trouble | undefined)[]>(undefined, undefined, 'down', 'cut-before', 'cut-after');
  const part = fc.record({ size: fc.integer({ min: 1, max: 6 }), conflict: fc.boolean() });
  const moment = fc.record({ parts: fc.array(part, { maxLength: 5 }), trouble: troubles, wait: fc.nat(120) });
  const property = fc.asyncProperty(fc.array(moment, { maxLength: 20 }), async (moments) => {
    const { committer, store, clock, stored } = setUp();
    const taken = draft();
    const first = watch(committer.commit(taken));
    await turn(clock, 2);
    assert.equal(first.fate, 1);
    const sent: { drafts: Draft[]; conflict: boolean; watched: ReturnType<typeof watchAll> }[] = [];
    for (const { parts, trouble, wait } of moments) {
      store.trouble = trouble;
      for (const { size, conflict } of parts) {
        const drafts = Array.from({ length: size }, () => draft());
        if (conflict) drafts.push({ ...taken, content: 'other' });
        sent.push({ drafts, conflict, watched: watchAll(committer.commitAll(drafts)) });
      }
      await turn(clock, wait, 20);
    }
    store.trouble = undefined;
    await turn(clock, 6_000, 250);
    const ids = store.of('global').map(({ id }) => id);
    for (const { drafts, conflict, watched } of sent) {
      const places = drafts.map(({ id }) => ids.indexOf(id));
      const whole = places.every((place, i) => place > 0 && place === (places[0] ?? 0) + i);
      if (typeof watched.fate === 'object') assert.deepEqual([whole, conflict], [true, false]);
      else assert.notEqual(watched.fate, 'waiting');
      const fresh = conflict ? places.slice(0, -1) : places;
      assert.ok((whole && !conflict) || fresh.every((place) => place === -1), `${places}`);
    }
    const handedOn = stored.map((message) => message.seq);
    assert.deepEqual(handedOn, [...new Set(handedOn)], 'each once');
  });
  await fc.assert(property, { numRuns: 60 });
});
