import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Chat } from '../../server/chat/chat.ts';
import { Exports } from '../../server/chat/export.ts';
import { Retention, type RetentionOptions } from '../../server/chat/retention.ts';
import { refusalOf } from '../../server/errors.ts';
import { turn } from './turn.ts';
import { ChatWorld, follow } from './world.ts';

const DAY = 24 * 60 * 60 * 1000;

function store(world: ChatWorld, count: number, age = 0): void {
  const entries = world.store.entries('global');
  const time = world.clock.now() - age;
  for (let i = 0; i < count; i++) {
    const seq = (entries.at(-1)?.seq ?? 0) + 1;
    entries.push({ room: 'global', seq, id: `${seq}`, sender: 'ann', content: 'x', time });
  }
}

function retain(world: ChatWorld, chat: Chat, bounds: Pick<RetentionOptions, 'days' | 'rows'>): Retention {
  const { clock, logged } = world;
  const { stats } = chat;
  const rooms = [...chat.rooms.values()];
  return new Retention({
    store: world.store.moderation,
    rooms,
    clock,
    log: logged.log,
    stats,
    random: () => 0.5,
    ...bounds,
  });
}

test('messages above the number that is kept go in small steps, and who asks for them is told', async () => {
  const world = new ChatWorld();
  store(world, 1_500);
  const { chat, hub } = await world.instance();
  const retention = retain(world, chat, { days: 0, rows: 300 });
  await turn(world.clock, 60_000, 1_000);
  assert.equal(world.store.entries('global').length, 1_000, 'one step');
  await turn(world.clock, 1_000, 10);
  assert.equal(world.store.entries('global')[0]?.seq, 1_201);
  assert.equal(chat.stats.trimmed, 1_200);
  const kinds = follow(
    hub,
    chat.room('global').stream,
    ({ kind }) => kind,
    (await chat.room('global').start('0')).next,
  );
  await turn(world.clock, 100);
  assert.deepEqual(kinds(), ['truncated', ...Array.from({ length: 300 }, () => 'message')]);
  retention.close();
});

test('messages older than so many days go, the newest stays, and what is new is kept', async () => {
  const world = new ChatWorld();
  store(world, 3, 8 * DAY);
  store(world, 2, 6 * DAY);
  const { chat } = await world.instance();
  const retention = retain(world, chat, { days: 7, rows: 0 });
  await turn(world.clock, 61_000, 1_000);
  assert.deepEqual(
    world.store.entries('global').map(({ seq }) => seq),
    [4, 5],
  );
  retention.close();
  const later = retain(world, chat, { days: 1, rows: 0 });
  await turn(world.clock, 61_000, 1_000);
  assert.deepEqual(
    world.store.entries('global').map(({ seq }) => seq),
    [5],
  );
  later.close();
});

test('without bounds nothing is asked of the store', async () => {
  const world = new ChatWorld();
  store(world, 10, 1_000 * DAY);
  const { chat } = await world.instance();
  retain(world, chat, { days: 0, rows: 0 });
  await turn(world.clock, 300_000, 5_000);
  assert.equal(world.store.entries('global').length, 10);
});

test('a store that cannot do it is asked again, and the log says so once', async () => {
  const world = new ChatWorld();
  store(world, 10);
  const { chat } = await world.instance();
  const trim = world.store.moderation.trim.bind(world.store.moderation);
  world.store.moderation.trim = () => Promise.reject(new Error('away'));
  const retention = retain(world, chat, { days: 0, rows: 5 });
  await turn(world.clock, 200_000, 5_000);
  assert.equal(world.logged.lines.filter(({ text }) => /cannot be deleted/.test(text)).length, 1);
  world.store.moderation.trim = trim;
  await turn(world.clock, 61_000, 1_000);
  assert.equal(world.store.entries('global').length, 5);
  retention.close();
});

test('an export reads page by page as it is taken, one at a time, and one that stalls is given up', async () => {
  const world = new ChatWorld();
  store(world, 1_200);
  const exports = new Exports(world.store, world.clock);
  let stalled = 0;
  const range = { room: 'global', from: 1, to: Number.MAX_SAFE_INTEGER };
  const one = exports.begin(range, () => stalled++);
  assert.throws(
    () => exports.begin(range, () => undefined),
    (error) => refusalOf(error).code === 'export-busy',
  );
  const pages = one.pages[Symbol.asyncIterator]();
  const lines = async (): Promise<number | undefined> => {
    const { value, done } = await pages.next();
    return done ? undefined : value.trimEnd().split('\n').length;
  };
  assert.equal(await lines(), 500);
  const { reads } = world.store;
  await turn(world.clock, 29_000, 1_000);
  assert.equal(world.store.reads, reads, 'nothing is read ahead');
  assert.deepEqual([await lines(), await lines(), await lines()], [500, 200, undefined]);
  await turn(world.clock, 29_000, 1_000);
  assert.equal(stalled, 0);
  await turn(world.clock, 2_000, 1_000);
  assert.equal(stalled, 1);
  one.end();
  exports.begin(range, () => undefined).end();
});
