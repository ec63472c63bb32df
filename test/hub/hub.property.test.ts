import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Encoding } from '../../server/hub/encoding.ts';
import { type Numbered, numbered, StateStream, StoredStream, settle, type World, world } from '../support/hub-world.ts';
import type { RecordingSink } from '../support/recording-sink.ts';

/** One follower over all its connections: what it got, and from where it goes on. */
interface Follower {
  readonly key: string;
  got: number[];
  sink: RecordingSink | undefined;
  client: ReturnType<World['connect']>['client'] | undefined;
  /** How many bytes of the sink's text were read into `got`. */
  read: number;
  from: number;
}

type Step =
  | { kind: 'append'; count: number; padding: number }
  | { kind: 'attach' | 'detach' | 'block' | 'drain' | 'resume'; who: number }
  | { kind: 'time'; ms: number }
  | { kind: 'store'; down: boolean };

const FOLLOWERS = 6;
const who = fc.nat({ max: FOLLOWERS - 1 });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('append' as const),
      count: fc.integer({ min: 1, max: 40 }),
      padding: fc.constantFrom(0, 0, 50, 9_000, 70_000),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constantFrom(
        'attach' as const,
        'detach' as const,
        'block' as const,
        'drain' as const,
        'resume' as const,
      ),
      who,
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('time' as const), ms: fc.constantFrom(0, 1, 30, 1_100, 20_000) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('store' as const), down: fc.boolean() }) },
);

/** Of the three encodings of the followers, the last one goes out in blocks. */
function encodingOf(key: string): Encoding<Numbered> {
  const as = (events: readonly Uint8Array[]): Uint8Array => Buffer.concat(events);
  return { ...numbered(key), ...(key === 'text 2' && { blocks: { bytes: 300, pack: as, wrap: as } }) };
}

/** Moves what arrived whole into `got`; a connection that was cut takes with it what the pipe still held. */
function collect(follower: Follower): void {
  if (follower.sink === undefined) return;
  const text = follower.sink.text;
  const end = text.lastIndexOf(';') + 1;
  for (const part of text.slice(follower.read, end).split(';'))
    if (part !== '') follower.got.push(Number.parseInt(part, 10));
  follower.read = end;
}

function detach(follower: Follower): void {
  collect(follower);
  follower.client?.end();
  follower.client = undefined;
  follower.sink = undefined;
}

function unblock(follower: Follower): void {
  if (follower.sink === undefined) return;
  follower.sink.blocking = false;
  follower.sink.waiting = 0;
  follower.client?.drained();
}

function followers(): Follower[] {
  return Array.from({ length: FOLLOWERS }, (_, i) => ({
    key: `text ${i % 3}`,
    got: [],
    sink: undefined,
    client: undefined,
    read: 0,
    from: 0,
  }));
}

/** What the closing of a stalled client leaves behind. */
function reap(all: readonly Follower[]): void {
  for (const follower of all) if (follower.sink?.closed !== undefined) detach(follower);
}

function act(step: Step, all: readonly Follower[], attach: (follower: Follower, fresh: boolean) => void): void {
  if (step.kind === 'append' || step.kind === 'time' || step.kind === 'store') return;
  const follower = all[step.who];
  if (follower === undefined) return;
  if (step.kind === 'attach' || step.kind === 'resume') {
    if (follower.client === undefined) attach(follower, step.kind === 'attach');
  } else if (step.kind === 'detach') detach(follower);
  else if (step.kind === 'drain') unblock(follower);
  else if (follower.sink !== undefined) follower.sink.blocking = true;
}

test('a follower of a complete stream sees every event once and in order, whatever happens', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 60 }), async (steps) => {
      const { hub, clock, connect } = world();
      const chat = new StoredStream(hub, { count: 30, bytes: 100_000, age: 5_000 });
      const all = followers();
      const attach = (follower: Follower, fresh: boolean): void => {
        if (fresh) {
          follower.got = [];
          follower.from = chat.stream.next;
        }
        Object.assign(follower, connect(), { read: 0 });
        follower.client?.follow(chat.stream, encodingOf(follower.key), { next: follower.from + follower.got.length });
      };
      for (const step of steps) {
        if (step.kind === 'append') for (let n = 0; n < step.count; n++) chat.append('x'.repeat(step.padding));
        if (step.kind === 'store') chat.down = step.down;
        if (step.kind === 'time') clock.advance(step.ms);
        act(step, all, attach);
        await settle(clock);
        reap(all);
        assertBounded(chat);
      }
      chat.down = false;
      for (const follower of all) {
        if (follower.client === undefined) attach(follower, false);
        unblock(follower);
      }
      for (let round = 0; round < 40; round++) {
        clock.advance(1_000);
        await settle(clock);
      }
      for (const follower of all) {
        collect(follower);
        const expected = Array.from({ length: chat.stored.length - follower.from }, (_, i) => follower.from + i);
        assert.deepEqual(follower.got, expected);
      }
      hub.close();
    }),
    { numRuns: 300 },
  );
});

/** The log keeps its bound, and each of the three encodings at most that again, with a segment to spare at each end. */
function assertBounded(chat: StoredStream): void {
  const { events, encoded } = chat.stream.bytes;
  const largest = 70_016;
  assert.ok(events <= 100_000 + largest, `${events} bytes of events`);
  assert.ok(encoded <= 3 * (100_000 + 3 * largest + 2 * 65_536), `${encoded} bytes encoded`);
}

test('a follower of a latest stream never goes back and ends on the newest state, whatever happens', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 80 }), async (steps) => {
      const { hub, clock, connect } = world();
      const state = new StateStream(hub);
      const all = followers();
      const attach = (follower: Follower): void => {
        Object.assign(follower, connect(), { read: 0, got: [] });
        const before: Numbered[] = state.state < 0 ? [] : [{ n: state.state }];
        follower.client?.follow(state.stream, encodingOf(follower.key), { next: state.stream.next, before });
      };
      for (const step of steps) {
        if (step.kind === 'append') for (let n = 0; n < step.count; n++) state.append();
        if (step.kind === 'time') clock.advance(step.ms);
        act(step, all, attach);
        clock.run();
        reap(all);
      }
      for (const follower of all) {
        if (follower.client === undefined) attach(follower);
        unblock(follower);
      }
      clock.advance(2_000);
      for (const follower of all) {
        collect(follower);
        assert.equal(follower.got.at(-1) ?? -1, state.state);
        assert.deepEqual(
          follower.got,
          [...new Set(follower.got)].sort((a, b) => a - b),
        );
      }
      hub.close();
    }),
    { numRuns: 300 },
  );
});
