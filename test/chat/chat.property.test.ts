import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Sent } from '../../server/chat/committer.ts';
import type { ChatEvent } from '../../server/chat/event.ts';
import type { Backplane, BackplaneListener, Channel } from '../../server/engines/backplane.ts';
import { type Deletion, isDeletion } from '../../server/engines/message-store.ts';
import type { ManualClock } from '../support/manual-clock.ts';
import { turn } from './turn.ts';
import { ChatWorld, follow } from './world.ts';

/** What becomes of a payload on its way to one instance: lost, or so many milliseconds late. */
type Fate = 'lost' | number;

/** A plane that loses and delays as it is told; between two instances payloads stay in order. */
class LossyPlane {
  readonly #clock: ManualClock;
  readonly #fates: Iterator<Fate>;
  readonly instances: LossyBackplane[] = [];

  constructor(clock: ManualClock, fates: Iterator<Fate>) {
    this.#clock = clock;
    this.#fates = fates;
  }

  connect(): LossyBackplane {
    const backplane = new LossyBackplane(this);
    this.instances.push(backplane);
    return backplane;
  }

  carry(to: LossyBackplane, channel: Channel, payload: string): void {
    const fate: Fate = this.#fates.next().value ?? 0;
    if (fate !== 'lost') this.#clock.after(fate, () => to.hear(channel, payload));
  }
}

class LossyBackplane implements Backplane {
  up = true;
  readonly #plane: LossyPlane;
  readonly #listeners = new Map<Channel, BackplaneListener>();

  constructor(plane: LossyPlane) {
    this.#plane = plane;
  }

  async publish(channel: Channel, payload: string): Promise<number> {
    if (!this.up) throw new Error('away');
    const listening = this.#plane.instances.filter((instance) => instance.up);
    for (const instance of listening) this.#plane.carry(instance, channel, payload);
    return listening.length;
  }

  async subscribe(channel: Channel, listener: BackplaneListener): Promise<void> {
    this.#listeners.set(channel, listener);
    listener.resumed();
  }

  hear(channel: Channel, payload: string): void {
    if (this.up) this.#listeners.get(channel)?.message(payload);
  }

  /** Goes away, or comes back and says so. */
  set(up: boolean): void {
    this.up = up;
    if (up) for (const listener of this.#listeners.values()) listener.resumed();
  }

  async close(): Promise<void> {
    this.up = false;
  }
}

const INSTANCES = 2;

type Step =
  | { readonly kind: 'post'; readonly by: number; readonly count: number; readonly resend: boolean }
  | { readonly kind: 'delete'; readonly by: number; readonly seq: number }
  | { readonly kind: 'join'; readonly to: number; readonly after: number }
  | { readonly kind: 'wait'; readonly ms: number }
  | { readonly kind: 'plane'; readonly of: number }
  | { readonly kind: 'store'; readonly trouble: 'down' | 'cut-before' | 'cut-after' | undefined };

const by = fc.nat(INSTANCES - 1);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('post' as const),
      by,
      count: fc.integer({ min: 1, max: 6 }),
      resend: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('delete' as const), by, seq: fc.integer({ min: 1, max: 30 }) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('join' as const), to: by, after: fc.integer({ min: 0, max: 30 }) }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 60 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('plane' as const), of: by }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('store' as const),
      trouble: fc.constantFrom(undefined, undefined, 'down' as const, 'cut-before' as const, 'cut-after' as const),
    }),
  },
);
const fates = fc.infiniteStream(fc.oneof(fc.constant<Fate>('lost'), fc.nat(3), fc.nat(40)));
const waits = fc.infiniteStream(fc.nat(4));

/** Runs the steps on instances that share a store and a lossy plane; returns all that is needed to judge them. */
async function play(steps: readonly Step[], fate: Iterator<Fate>, wait: Iterator<number>) {
  const world = new ChatWorld();
  const plane = new LossyPlane(world.clock, fate);
  const instances = await Promise.all(
    Array.from({ length: INSTANCES }, () => world.instance({ backplane: plane.connect() })),
  );
  world.store.latency = () => new Promise((resolve) => void world.clock.after(wait.next().value ?? 0, resolve));
  const join = (to: number, after: number): (() => string[]) => {
    const instance = instances[to];
    if (instance === undefined) throw new Error(`there is no instance ${to}`);
    const { stream } = instance.chat.room('global');
    return follow(instance.hub, stream, line, Math.min(after + 1, stream.next));
  };
  const seen = instances.map((_, to) => join(to, 0));
  /** Those who came later: what they had before they came is what the store had then. */
  const later: { readonly had: number; readonly texts: () => string[] }[] = [];
  const deleted: { readonly seq: number; deletion: Deletion | undefined }[] = [];
  const answers: { readonly id: string; sent: Sent | undefined; settled: boolean }[] = [];
  const post = (one: Extract<Step, { kind: 'post' }>, i: number): void => {
    const id = one.resend ? (answers[i]?.id ?? 'first') : `id-${answers.length}`;
    const answer: (typeof answers)[number] = { id, sent: undefined, settled: false };
    answers.push(answer);
    const author = { session: 's', name: 'ann', fallback: '' };
    instances[one.by]?.chat.post('global', { id, content: `text of ${id}` }, author).then(
      (sent) => Object.assign(answer, { sent, settled: true }),
      () => Object.assign(answer, { settled: true }),
    );
  };
  for (const one of steps) {
    if (one.kind === 'post') for (let i = 0; i < one.count; i++) post(one, i);
    else if (one.kind === 'delete') {
      const asked: (typeof deleted)[number] = { seq: one.seq, deletion: undefined };
      deleted.push(asked);
      instances[one.by]?.chat.moderation.delete('global', one.seq, { by: 'mod', reason: '' }).then(
        (deletion) => Object.assign(asked, { deletion }),
        () => undefined,
      );
    } else if (one.kind === 'join') {
      const next = instances[one.to]?.chat.room('global').stream.next ?? 1;
      later.push({ had: Math.min(one.after, next - 1), texts: join(one.to, one.after) });
    } else if (one.kind === 'wait') await turn(world.clock, one.ms);
    else if (one.kind === 'plane') plane.instances[one.of]?.set(!plane.instances[one.of]?.up);
    else world.store.trouble = one.trouble;
  }
  world.store.trouble = undefined;
  await turn(world.clock, 12_000, 20);
  return { world, seen, later, deleted, answers };
}

/** A message by seq and id, a deletion by its own seq and what it takes. */
function line(event: ChatEvent): string {
  if (event.kind === 'message') return `${event.message.seq} ${event.message.id}`;
  return event.kind === 'deleted' ? `${event.deletion.seq} -${event.deletion.target}` : event.kind;
}

/** What a page shows after these events: the messages that no deletion took. */
function visible(lines: readonly string[]): string[] {
  const shown = new Map<number, string>();
  for (const [seq, what = ''] of lines.map((text) => text.split(' '))) {
    if (what.startsWith('-')) shown.delete(-Number(what));
    else shown.set(Number(seq), what);
  }
  return [...shown.values()];
}

test('two instances, one store, a plane that loses: everyone sees the store, in order, once, deletions included, and every answer holds', async () => {
  const property = fc.asyncProperty(fc.array(step, { maxLength: 40 }), fates, waits, async (steps, fate, wait) => {
    const { world, seen, later, deleted, answers } = await play(steps, fate, wait);
    const entries = world.store.entries('global');
    const ids = world.store.of('global').map((message) => message.id);
    assert.equal(new Set(ids).size, ids.length, 'each id is stored once');
    const seqs = (lines: readonly string[]): number[] => lines.map((text) => Number(text.split(' ')[0]));
    for (const texts of seen) {
      assert.deepEqual(seqs(texts()), seqs(entries.map(({ seq }) => `${seq}`)), 'each seq once, in order');
      assert.deepEqual(visible(texts()), ids, 'all end with the same messages');
    }
    for (const { had, texts } of later) {
      const left = world.store.of('global').filter(({ seq }) => seq > had);
      assert.deepEqual(seqs(texts()), seqs(entries.filter(({ seq }) => seq > had).map(({ seq }) => `${seq}`)));
      assert.deepEqual(
        visible(texts()),
        left.map(({ id }) => id),
      );
    }
    for (const { seq, deletion } of deleted) {
      if (deletion === undefined) continue;
      assert.deepEqual(entries[deletion.seq - 1], deletion);
      assert.ok(isDeletion(entries[seq - 1] ?? deletion), 'what was said to be deleted is');
    }
    const gone = new Set(deleted.filter(({ deletion }) => deletion !== undefined).map(({ seq }) => seq));
    for (const { id, sent, settled } of answers) {
      assert.ok(settled, 'each send is answered');
      if (sent === undefined) continue;
      const entry = entries[sent.message.seq - 1];
      if (entry !== undefined && !isDeletion(entry)) assert.equal(entry.id, id);
      else assert.ok(entry !== undefined && (gone.has(entry.seq) || deleted.some(({ seq }) => seq === entry.seq)));
    }
  });
  await fc.assert(property, { numRuns: 60 });
});
