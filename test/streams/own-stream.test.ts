import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createEventRing } from '../../server/engines/embedded/event-ring.ts';
import type { EventLog, EventLogListener, NewEvent } from '../../server/engines/event-log.ts';
import { type ErrorCode, Refusal } from '../../server/errors.ts';
import { Hub } from '../../server/hub/hub.ts';
import type { StreamItem } from '../../server/streams/item.ts';
import { type OwnStream, openOwnStream, type StreamPolicy } from '../../server/streams/own-stream.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { RecordingSink } from '../support/recording-sink.ts';

const event = (json: object | string): string => (typeof json === 'string' ? json : JSON.stringify(json));

async function setting(policy: StreamPolicy, log?: EventLog, clock = new ManualClock()) {
  const hub = new Hub({ clock, latencyBudget: 250, stallTimeout: 30_000 });
  const ring = log ?? createEventRing({ clock, random: () => 0.5, bounds: { count: 1_000, characters: 1e9 } });
  const opening = openOwnStream({ name: 'orders', policy, log: ring, hub, clock });
  await settle(clock);
  clock.advance(20);
  const own = await opening;
  return { clock, hub, own, ring };
}

async function settle(clock: ManualClock): Promise<void> {
  for (let i = 0; i < 10; i++) {
    await new Promise((resolve) => setImmediate(resolve));
    clock.run();
  }
}

async function append(own: OwnStream, clock: ManualClock, id: string, json: object) {
  const appended = own.append(id, event(json));
  await settle(clock);
  return await appended;
}

const shown = (item: StreamItem): string => {
  if (item.kind === 'event') return `${item.position} ${Buffer.from(item.json)}`;
  if (item.kind === 'snapshot')
    return `snapshot ${item.events.map(({ json }) => Buffer.from(json)).join()} then ${item.next}`;
  return item.kind === 'gap' ? '' : `from ${item.first}`;
};

/** Everything that somebody gets who begins there. */
async function follow(hub: Hub, own: OwnStream, clock: ManualClock, after?: string): Promise<string[]> {
  const sink = new RecordingSink();
  const encode = (item: StreamItem) => Buffer.from(item.kind === 'gap' ? '' : `${shown(item)}\n`);
  hub.connect(sink).follow(own.stream, { key: 'lines', encode }, await own.start(after));
  for (let i = 0; i < 5; i++) {
    await settle(clock);
    clock.advance(300);
  }
  return sink.text.split('\n').filter((line) => line !== '');
}

async function refused(code: ErrorCode, of: Promise<unknown>): Promise<void> {
  await assert.rejects(of, (error) => error instanceof Refusal && error.code === code);
}

test('an event is accepted once it was read from the log, with the place after it', async () => {
  const { own, clock } = await setting('complete');
  assert.deepEqual(await append(own, clock, 'a', { n: 1 }), { id: `${own.epoch}:1`, duplicate: false });
  assert.deepEqual(await append(own, clock, 'b', { n: 2 }), { id: `${own.epoch}:2`, duplicate: false });
});

test('the same id again is the same event, also when both come at once', async () => {
  const { own, clock, hub } = await setting('complete');
  const both = Promise.all([own.append('a', '{"n":1}'), own.append('a', '{"n":1}')]);
  await settle(clock);
  assert.deepEqual(
    (await both).map(({ id, duplicate }) => [id, duplicate]),
    [
      [`${own.epoch}:1`, false],
      [`${own.epoch}:1`, true],
    ],
  );
  assert.equal((await append(own, clock, 'a', { n: 1 })).duplicate, true);
  assert.deepEqual(await follow(hub, own, clock, '0'), ['0 {"n":1}']);
});

test('an id that lies in the log twice is sent once, and its place stays unused', async () => {
  const { own, clock, hub, ring } = await setting('complete');
  await ring.append([
    { id: 'a', json: '{"n":1}' },
    { id: 'a', json: '{"n":1}' },
    { id: 'b', json: '{"n":2}' },
  ]);
  await settle(clock);
  assert.deepEqual(await follow(hub, own, clock, '0'), ['0 {"n":1}', '2 {"n":2}']);
  assert.equal(own.stats.repeats, 1);
});

test('complete: who comes begins at the head, after an id with exactly what follows, after 0 with the oldest', async () => {
  const { own, clock, hub } = await setting('complete');
  for (let n = 0; n < 4; n++) await append(own, clock, `${n}`, { n });
  assert.deepEqual(await follow(hub, own, clock), []);
  assert.deepEqual(await follow(hub, own, clock, `${own.epoch}:2`), ['2 {"n":2}', '3 {"n":3}']);
  assert.equal((await follow(hub, own, clock, '0')).length, 4);
});

test('complete: of what the log has forgotten the follower is told, and goes on from the oldest', async () => {
  const { own, clock, hub, ring } = await setting('complete');
  const events = (from: number): NewEvent[] =>
    Array.from({ length: 500 }, (_, i) => ({ id: `${from + i}`, json: `{"n":${from + i}}` }));
  for (const from of [0, 500, 1_000]) {
    await ring.append(events(from));
    await settle(clock);
  }
  const lines = await follow(hub, own, clock, `${own.epoch}:400`);
  // What is still in the memory of the stream is there, though its log has forgotten it.
  assert.equal(lines[0], '400 {"n":400}');
  assert.equal(lines.length, 1_100);
  const again = await setting('complete', ring, clock);
  const fewer = await follow(again.hub, again.own, again.clock, `${own.epoch}:400`);
  assert.deepEqual([fewer[0], fewer[1], fewer.length], ['from 500', '500 {"n":500}', 1_001]);
});

test('latest: who comes gets the newest of each key, then what follows', async () => {
  const { own, clock, hub } = await setting('latest');
  await append(own, clock, 'a', { key: 'x', n: 1 });
  await append(own, clock, 'b', { key: 'y', n: 2 });
  await append(own, clock, 'c', { key: 'x', n: 3 });
  assert.deepEqual(await follow(hub, own, clock), ['snapshot {"key":"y","n":2},{"key":"x","n":3} then 3']);
  assert.deepEqual(await follow(hub, own, clock, `${own.epoch}:1`), ['1 {"key":"y","n":2}', '2 {"key":"x","n":3}']);
});

test('latest: of too many keys those are forgotten that were renewed longest ago', async () => {
  const { own, clock, hub, ring } = await setting('latest');
  await ring.append(Array.from({ length: 1_001 }, (_, i) => ({ id: `${i}`, json: `{"key":"k${i}"}` })));
  await settle(clock);
  const [snapshot = ''] = await follow(hub, own, clock);
  assert.ok(!snapshot.includes('"k0"') && snapshot.includes('"k1"') && snapshot.includes('"k1000"'));
});

test('a place of another history is told as lost; one ahead is waited for, then refused; no place is refused', async () => {
  const { own, clock, hub } = await setting('complete');
  await append(own, clock, 'a', { n: 1 });
  assert.deepEqual(await follow(hub, own, clock, 'other:7'), ['from 0', '0 {"n":1}']);
  await refused('invalid-parameter', (async () => own.start('nonsense'))());
  const late = Promise.resolve(own.start(`${own.epoch}:2`));
  await append(own, clock, 'b', { n: 2 });
  clock.advance(100);
  assert.deepEqual(await late, { next: 2 });
  const never = refused('position-unknown', Promise.resolve(own.start(`${own.epoch}:9`)));
  for (let i = 0; i < 200; i++) {
    clock.advance(20);
    await new Promise((resolve) => setImmediate(resolve));
  }
  await never;
});

/** A log by hand. */
class ManualLog implements EventLog {
  readonly epoch = 'manual';
  readonly strange = 0;
  listener: EventLogListener | undefined;
  appending: (events: readonly NewEvent[]) => Promise<void> = async () => undefined;
  readonly appended: (readonly NewEvent[])[] = [];

  async append(events: readonly NewEvent[]): Promise<void> {
    this.appended.push(events);
    await this.appending(events);
  }
  async bounds() {
    return { first: 0, next: 0 };
  }
  follow(_from: number, listener: EventLogListener): void {
    this.listener = listener;
  }
  async read() {
    return [];
  }
  async close(): Promise<void> {}
}

test('while the log cannot be read an event is refused at once', async () => {
  const log = new ManualLog();
  const { own } = await setting('complete', log);
  await refused('store-down', own.append('a', '{}'));
  assert.equal(log.appended.length, 0);
});

test('an append that fails is made again with the same events, and in the end its fate is not known', async () => {
  const log = new ManualLog();
  const { own, clock } = await setting('complete', log);
  log.listener?.reachable(true);
  log.appending = async () => Promise.reject(new Error('away'));
  const refusal = refused('store-unknown', own.append('a', '{}'));
  for (let i = 0; i < 40; i++) {
    clock.advance(100);
    await new Promise((resolve) => setImmediate(resolve));
  }
  await refusal;
  assert.ok(log.appended.length > 2);
  assert.ok(log.appended.every((events) => events === log.appended[0]));
});

test('an append that is kept and never read is not known either', async () => {
  const log = new ManualLog();
  const { own, clock } = await setting('complete', log);
  log.listener?.reachable(true);
  const refusal = refused('store-unknown', own.append('a', '{}'));
  await settle(clock);
  clock.advance(5_000);
  await refusal;
});

test('places without an event are passed over, and positions stay those of the log', async () => {
  const log = new ManualLog();
  const { own, clock, hub } = await setting('complete', log);
  log.listener?.records([{ offset: 3, id: undefined, json: '{"n":3}' }]);
  log.listener?.passed(6);
  log.listener?.records([{ offset: 6, id: undefined, json: '{"n":6}' }]);
  assert.equal(own.stream.next, 7);
  assert.deepEqual(await follow(hub, own, clock, 'manual:1'), ['3 {"n":3}', '6 {"n":6}']);
});
