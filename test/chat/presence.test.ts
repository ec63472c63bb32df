import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Presence } from '../../server/chat/presence.ts';
import { InProcessBackplane } from '../../server/engines/embedded/in-process-backplane.ts';
import { InProcessPresenceStore, type Report } from '../../server/engines/embedded/in-process-presence-store.ts';
import type { InstancePresence, PresenceStore, PresenceTotals } from '../../server/engines/presence-store.ts';
import { Hub } from '../../server/hub/hub.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { recordingLog } from './recording-log.ts';
import { turn } from './turn.ts';
import { follow, ofState } from './world.ts';

/** A store that counts its calls and can be away. */
class WatchedStore implements PresenceStore {
  reports = 0;
  reads = 0;
  away = false;
  readonly #store: PresenceStore;

  constructor(store: PresenceStore) {
    this.#store = store;
  }

  async report(instance: string, presence: InstancePresence): Promise<void> {
    this.reports++;
    if (this.away) throw new Error('away');
    return this.#store.report(instance, presence);
  }

  async totals(): Promise<PresenceTotals> {
    this.reads++;
    if (this.away) throw new Error('away');
    return this.#store.totals();
  }

  close(): Promise<void> {
    return this.#store.close();
  }
}

async function setUp(count = 1) {
  const clock = new ManualClock();
  const peers = new Set<InProcessBackplane>();
  const reports = new Map<string, Report>();
  const instances = Array.from({ length: count }, (_, i) => {
    const backplane = new InProcessBackplane(peers);
    const presenceStore = new WatchedStore(new InProcessPresenceStore(clock, reports));
    const hub = new Hub({ clock, latencyBudget: 0, stallTimeout: 30_000 });
    const { log, lines } = recordingLog();
    const presence = new Presence({ hub, backplane, presenceStore, clock, log, instance: `i${i}` });
    void backplane.subscribe('presence-channel', { message: (from) => presence.hear(from), resumed: () => undefined });
    const seen = follow(hub, presence.state.stream, ofState, presence.state.start().next);
    return { presence, presenceStore, hub, lines, states: () => seen().map((json) => JSON.parse(json)) };
  });
  await turn(clock, 1);
  return { clock, instances };
}

async function one() {
  const { clock, instances } = await setUp();
  const [instance] = instances;
  assert.ok(instance !== undefined);
  return { clock, ...instance };
}

test('a new subscriber gets the present state, then each change, at most one a second', async () => {
  const { clock, presence, states } = await one();
  assert.deepEqual(states(), [{ users: 0, connections: 0, instances: 1 }]);
  for (let i = 0; i < 30; i++) {
    presence.opened();
    presence.joined(`user-${i}`);
    await turn(clock, 100, 10);
  }
  assert.ok(states().length >= 3 && states().length <= 4, `${states().length} states`);
  await turn(clock, 1_100, 10);
  assert.deepEqual(states().at(-1), { users: 30, connections: 30, instances: 1 });
});

test('a name counts until its last session has left', async () => {
  const { clock, presence, states } = await one();
  for (const name of ['ann', 'ann', 'bob']) presence.joined(name);
  presence.left('ann');
  presence.left('nobody');
  await turn(clock, 1_100, 10);
  assert.equal(states().at(-1)?.users, 2);
  presence.left('ann');
  await turn(clock, 1_100, 10);
  assert.equal(states().at(-1)?.users, 1);
});

test('connections are counted apart from names', async () => {
  const { clock, presence, states } = await one();
  for (let i = 0; i < 3; i++) presence.opened();
  presence.closed();
  await turn(clock, 1_100, 10);
  assert.deepEqual(states().at(-1), { users: 0, connections: 2, instances: 1 });
});

test('without a change nothing is sent, and the store is told every 10 s that we are here', async () => {
  const { clock, presence, states, presenceStore } = await one();
  presence.joined('ann');
  await turn(clock, 2_000, 10);
  const before = { states: states().length, reports: presenceStore.reports };
  await turn(clock, 60_000, 100);
  assert.equal(states().length, before.states);
  assert.equal(presenceStore.reports, before.reports + 6);
});

test('with more than 1,000 users a state is sent every 5 s', async () => {
  const { clock, presence, states } = await one();
  for (let i = 0; i < 1_500; i++) presence.joined(`user-${i}`);
  await turn(clock, 1_100, 10);
  const before = states().length;
  for (let i = 0; i < 100; i++) {
    presence.joined(`more-${i}`);
    await turn(clock, 100, 10);
  }
  const after = states().length - before;
  assert.ok(after >= 1 && after <= 2, `${after} states in 10 s`);
});

test('every instance sees the users of all soon after a change', async () => {
  const { clock, instances } = await setUp(3);
  await turn(clock, 2_000, 10);
  for (const [i, { presence }] of instances.entries()) {
    presence.opened();
    presence.joined(`user-${i}`);
    presence.joined('everywhere');
  }
  await turn(clock, 2_500, 10);
  for (const { states } of instances) assert.deepEqual(states().at(-1), { users: 4, connections: 3, instances: 3 });
});

test('the users of a dead instance vanish', async () => {
  const { clock, instances } = await setUp(2);
  const [living, dead] = instances;
  assert.ok(living !== undefined && dead !== undefined);
  dead.presence.joined('ann');
  await turn(clock, 3_000, 10);
  assert.equal(living.states().at(-1)?.users, 1);
  await dead.presence.close();
  await turn(clock, 41_000, 100);
  assert.deepEqual(living.states().at(-1), { users: 0, connections: 0, instances: 1 });
});

test('with the store away the own figures are given, marked partial, and all come back with it', async () => {
  const { clock, instances } = await setUp(2);
  const [here, there] = instances;
  assert.ok(here !== undefined && there !== undefined);
  here.presence.joined('ann');
  there.presence.joined('bob');
  await turn(clock, 3_000, 10);
  here.presenceStore.away = true;
  here.presence.joined('cyd');
  await turn(clock, 5_000, 10);
  const partial = { users: 2, connections: 0, instances: 1, partial: true };
  assert.deepEqual([await here.presence.totals(), here.states().at(-1)], [partial, partial]);
  assert.equal(here.lines.length, 1);
  here.presenceStore.away = false;
  await turn(clock, 2_000, 10);
  assert.deepEqual(await here.presence.totals(), { users: 3, connections: 0, instances: 2 });
  assert.equal(there.states().at(-1)?.users, 3);
});

test('asking for the figures again and again costs one look at the store a second', async () => {
  const { clock, presence, presenceStore } = await one();
  const before = presenceStore.reads;
  for (let i = 0; i < 100; i++) {
    const asked = [presence.totals(), presence.totals()];
    await turn(clock, 30, 10);
    for (const totals of asked) assert.deepEqual(await totals, { users: 0, connections: 0, instances: 1 });
  }
  assert.ok(presenceStore.reads - before <= 4, `${presenceStore.reads - before} reads in 3 s`);
});

test('after close there is no timer', async () => {
  const { clock, presence, hub } = await one();
  presence.joined('ann');
  hub.close();
  await presence.close();
  presence.joined('bob');
  assert.equal(clock.pending, 0);
});
