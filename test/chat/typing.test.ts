import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Author } from '../../server/chat/author.ts';
import { ChatStats } from '../../server/chat/stats.ts';
import { Typing } from '../../server/chat/typing.ts';
import { InProcessBackplane } from '../../server/engines/embedded/in-process-backplane.ts';
import { Refusal } from '../../server/errors.ts';
import { Hub } from '../../server/hub/hub.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { turn } from './turn.ts';
import { follow, ofState } from './world.ts';

const clocks: ManualClock[] = [];

function guest(session: string, name: string | undefined = undefined): Author {
  return { session, name, fallback: `guest-${session}` };
}

function say(typing: Typing, name: string, yes = true): void {
  typing.say({ typing: yes }, guest(name, name));
}

/** Instances that hear one another, and what a subscriber of each got. */
async function setUp(count = 1) {
  const clock = new ManualClock();
  clocks.push(clock);
  const peers = new Set<InProcessBackplane>();
  const published: string[] = [];
  const instances = Array.from({ length: count }, (_, i) => {
    const backplane = new InProcessBackplane(peers);
    const stats = new ChatStats();
    const hub = new Hub({ clock, latencyBudget: 0, stallTimeout: 30_000 });
    const typing = new Typing({ hub, backplane, clock, stats, instance: `i${i}` });
    const seen = follow(hub, typing.state.stream, ofState, typing.state.start().next);
    void backplane.subscribe('typing-channel', {
      message: (payload) => typing.hear(payload),
      resumed: () => undefined,
    });
    return { typing, stats, hub, backplane, seen, states: () => seen().map((json) => JSON.parse(json)) };
  });
  const listener = new InProcessBackplane(peers);
  await listener.subscribe('typing-channel', {
    message: (payload) => void published.push(payload),
    resumed: () => undefined,
  });
  await turn(clock, 1);
  return { clock, instances, published };
}

/** The first of some instances. */
async function one() {
  const { clock, instances, published } = await setUp();
  const [instance] = instances;
  assert.ok(instance !== undefined);
  return { clock, published, ...instance };
}

test('a new subscriber gets the present state first, then each change', async () => {
  const { clock, typing, states, seen, hub } = await one();
  assert.deepEqual(states(), [{ users: [], count: 0 }]);
  say(typing, 'ann');
  await turn(clock, 1);
  assert.deepEqual(states().at(-1), { users: ['ann'], count: 1 });
  const late = follow(hub, typing.state.stream, ofState, typing.state.start().next);
  assert.deepEqual(late(), seen().slice(-1));
});

test('a typist who says no more is forgotten after 3 s, and one who says it again is not', async () => {
  const { clock, typing, states } = await one();
  say(typing, 'ann');
  say(typing, 'bob');
  for (let i = 0; i < 2; i++) {
    await turn(clock, 1_000, 50);
    say(typing, 'bob');
  }
  await turn(clock, 900, 50);
  assert.deepEqual(states().at(-1), { users: ['ann', 'bob'], count: 2 });
  await turn(clock, 400, 50);
  assert.deepEqual(states().at(-1), { users: ['bob'], count: 1 });
  await turn(clock, 3_000, 50);
  assert.deepEqual(states().at(-1), { users: [], count: 0 });
});

test('who says false, or whose session ends, types no more', async () => {
  const { clock, typing, states } = await one();
  for (const name of ['ann', 'bob', 'cyd']) say(typing, name);
  await turn(clock, 250);
  say(typing, 'ann', false);
  typing.ended('bob');
  typing.ended('nobody');
  await turn(clock, 250);
  assert.deepEqual(states().at(-1), { users: ['cyd'], count: 1 });
});

test('at most five names are shown, in the order in which they began, and all are counted', async () => {
  const { clock, typing, states } = await one();
  for (const name of ['g', 'f', 'e', 'd', 'c', 'b', 'a']) say(typing, name);
  say(typing, 'g');
  await turn(clock, 250);
  assert.deepEqual(states().at(-1), { users: ['g', 'f', 'e', 'd', 'c'], count: 7 });
});

test('a name that types in two sessions counts once, and a guest may name itself', async () => {
  const { clock, typing, states } = await one();
  typing.say({ typing: true }, guest('1', 'ann'));
  typing.say({ typing: true, sender: 'ann' }, guest('2'));
  typing.say({ typing: true }, guest('3'));
  await turn(clock, 250);
  assert.deepEqual(states().at(-1), { users: ['ann', 'guest-3'], count: 2 });
  typing.say({ typing: true, sender: 'dan' }, guest('2'));
  typing.ended('1');
  await turn(clock, 250);
  assert.deepEqual(states().at(-1), { users: ['dan', 'guest-3'], count: 2 });
});

test('a flood of frames makes at most four states a second, and none without a change', async () => {
  const { clock, typing, states, published } = await one();
  for (let ms = 0; ms < 1_000; ms++) {
    for (let i = 0; i < 20; i++) say(typing, 'ann', i % 2 === 0);
    say(typing, `other-${ms}`);
    await turn(clock, 1);
  }
  assert.ok(states().length <= 1 + 5, `${states().length} states`);
  assert.ok(published.length <= 5, `${published.length} reports`);
  await turn(clock, 5_000, 50);
  const settled = states().length;
  say(typing, 'ann');
  await turn(clock, 500);
  say(typing, 'ann');
  await turn(clock, 500);
  say(typing, 'ann');
  await turn(clock, 500);
  assert.equal(states().length, settled + 1);
});

test('no more than 10,000 typists are kept', async () => {
  const { clock, typing, states } = await one();
  for (let i = 0; i < 10_050; i++) say(typing, `user-${i}`);
  await turn(clock, 250, 50);
  assert.equal(states().at(-1)?.count, 10_000);
});

test('what is no typing frame is refused', async () => {
  const { typing } = await one();
  assert.throws(() => typing.say(Buffer.from('{}'), guest('1')), Refusal);
  assert.throws(() => typing.say({ typing: true }, guest('1', 'a\nb')), Refusal);
});

test('every instance shows the typists of all, the same ones in the same order', async () => {
  const { clock, instances } = await setUp(3);
  const names = [['ann', 'bob'], ['cyd'], ['ann', 'dan', 'eve', 'fay']];
  for (const [i, users] of names.entries()) for (const user of users) if (instances[i]) say(instances[i].typing, user);
  await turn(clock, 1_000, 10);
  for (const { states } of instances) {
    const { users, count } = states().at(-1);
    assert.equal(count, 6);
    assert.equal(users.length, 5);
  }
  assert.equal(new Set(instances.map(({ states }) => JSON.stringify(states().at(-1)))).size, 1);
});

test('typists of an instance that falls silent are forgotten after 3 s, of one that goes on are not', async () => {
  const { clock, instances } = await setUp(3);
  const [here, dying, living] = instances;
  assert.ok(here !== undefined && dying !== undefined && living !== undefined);
  say(dying.typing, 'ann');
  say(living.typing, 'bob');
  await turn(clock, 500, 10);
  assert.deepEqual(here.states().at(-1), { users: ['ann', 'bob'], count: 2 });
  await dying.backplane.close();
  for (let i = 0; i < 4; i++) {
    say(living.typing, 'bob');
    await turn(clock, 1_000, 10);
  }
  assert.deepEqual(here.states().at(-1), { users: ['bob'], count: 1 });
  say(living.typing, 'bob', false);
  await turn(clock, 500, 10);
  assert.deepEqual(here.states().at(-1), { users: [], count: 0 });
});

test('strange reports are counted and dropped', async () => {
  const { clock, typing, stats, states } = await one();
  const good = { from: 'x', users: ['ann'], count: 1 };
  const wrong: object[] = [
    { users: 'ann' }, { users: Array(6).fill('a') }, { users: [''] }, { users: ['a\nb'] }, { count: -1 }, { count: 0.5 },
    { count: 0 }, { count: 2_000_000 }, { from: 1 }, { from: '' }, { more: 'x'.repeat(9_000) },
  ]; // biome-ignore format: one change after the other
  const payloads = ['', '{', 'null', '7', ...wrong.map((change) => JSON.stringify({ ...good, ...change }))];
  for (const payload of payloads) typing.hear(payload);
  await turn(clock, 500, 10);
  assert.equal(stats.strange, payloads.length);
  assert.equal(states().length, 1);
  typing.hear(JSON.stringify(good));
  await turn(clock, 1);
  assert.equal(states().length, 2);
});

test('reports of more than 1,000 instances are not kept', async () => {
  const { clock, typing, states } = await one();
  for (let i = 0; i < 1_010; i++) typing.hear(JSON.stringify({ from: `x${i}`, users: [`u${i}`], count: 1 }));
  await turn(clock, 250, 10);
  assert.equal(states().at(-1)?.count, 1_000);
});

test('when nobody types there is no timer, and none after close', async () => {
  const { clock, typing, hub } = await one();
  hub.close();
  assert.equal(clock.pending, 0);
  say(typing, 'ann');
  await turn(clock, 4_000, 50);
  assert.equal(clock.pending, 0);
  say(typing, 'ann');
  typing.close();
  say(typing, 'bob');
  assert.equal(clock.pending, 0);
});
