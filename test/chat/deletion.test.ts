import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ChatEvent, eventJson } from '../../server/chat/event.ts';
import { refusalOf } from '../../server/errors.ts';
import { settle, turn } from './turn.ts';
import { ChatWorld, follow } from './world.ts';

const ann = { session: 's', name: 'ann', fallback: '' };
const why = { by: 'mod', reason: 'spam' };
const brief = (event: ChatEvent): string => {
  if (event.kind === 'message') return event.message.content;
  return event.kind === 'deleted' ? `-${event.deletion.target}` : event.kind;
};
const said = (error: unknown): string => refusalOf(error).code;

test('a deletion comes to everybody in the order, on every instance, and who comes later gets no text', async () => {
  const world = new ChatWorld();
  const instances = [await world.instance(), await world.instance()];
  await settle();
  const seen = instances.map(({ chat, hub }) => follow(hub, chat.room('global').stream, brief, 1));
  const [{ chat }] = instances as [(typeof instances)[number]];
  for (const content of ['one', 'two', 'three']) {
    const sent = chat.post('global', { content }, ann);
    await turn(world.clock, 10);
    await sent;
  }
  const deletion = await chat.moderation.delete('global', 2, why);
  assert.deepEqual([deletion.seq, deletion.target], [4, 2]);
  await turn(world.clock, 10);
  for (const texts of seen) assert.deepEqual(texts(), ['one', 'two', 'three', '-2']);
  for (const instance of instances) {
    const late = follow(instance.hub, instance.chat.room('global').stream, brief, 1);
    await turn(world.clock, 10);
    assert.deepEqual(late(), ['one', '-2', 'three', '-2']);
  }
});

test('the place of a deleted message has its own seq and time, and the deletion those of its own', async () => {
  const world = new ChatWorld();
  const { chat, hub } = await world.instance();
  const sent = chat.post('global', { content: 'gone' }, ann);
  await turn(world.clock, 10);
  const { time } = (await sent).message;
  await turn(world.clock, 5_000);
  await chat.moderation.delete('global', 1, why);
  const json = follow(hub, chat.room('global').stream, eventJson, 1);
  await turn(world.clock, 10);
  const [place, deletion] = json().map((text) => JSON.parse(text));
  assert.deepEqual(place, { kind: 'deleted', seq: 1, target: 1, time });
  assert.deepEqual(deletion, { kind: 'deleted', seq: 2, target: 1, time: world.clock.now() - 10 });
});

test('an instance that hears nothing learns of a deletion from the store', async () => {
  const world = new ChatWorld();
  const { chat } = await world.instance();
  const sent = chat.post('global', { content: 'gone' }, ann);
  await turn(world.clock, 10);
  await sent;
  const deaf = await world.instance({ backplane: deafBackplane });
  const seen = follow(deaf.hub, deaf.chat.room('global').stream, brief, 1);
  await turn(world.clock, 10);
  assert.deepEqual(seen(), ['gone']);
  await chat.moderation.delete('global', 1, why);
  await turn(world.clock, 1_000, 50);
  assert.deepEqual(seen(), ['gone', '-1']);
});

test('history leaves deletions out, and its pages are full nevertheless, from memory and from the store', async () => {
  const world = new ChatWorld();
  for (let seq = 1; seq <= 250; seq++)
    world.store.entries('global').push({ room: 'global', seq, id: `${seq}`, sender: 'ann', content: 'x', time: 1 });
  const { chat } = await world.instance();
  for (const seq of [2, 5, 49, 60, 249, 250]) await chat.moderation.delete('global', seq, why);
  const room = chat.room('global');
  const { first } = room.stream;
  assert.equal(first, 51, 'what is older is read from the store');
  const seqs = async (query: { before?: number; after?: number; limit: number }): Promise<number[]> =>
    (await room.history(query)).messages.map(({ seq }) => seq);
  assert.deepEqual(await seqs({ limit: 3 }), [246, 247, 248]);
  assert.deepEqual(await seqs({ before: 62, limit: 4 }), [57, 58, 59, 61]);
  assert.deepEqual(await seqs({ before: 53, limit: 4 }), [48, 50, 51, 52]);
  assert.deepEqual(await seqs({ before: 7, limit: 100 }), [1, 3, 4, 6]);
  assert.deepEqual(await seqs({ after: 1, limit: 3 }), [3, 4, 6]);
  assert.deepEqual(await seqs({ after: 58, limit: 2 }), [59, 61]);
  assert.deepEqual(await seqs({ after: 248, limit: 3 }), []);
  assert.deepEqual(await seqs({ after: 1, before: 5, limit: 9 }), [3, 4]);
  assert.equal((await room.history({ limit: 1 })).head, 256);
});

test('deleting again gives the same answer, and what is not there is refused', async () => {
  const world = new ChatWorld();
  const { chat, hub } = await world.instance();
  const seen = follow(hub, chat.room('global').stream, brief, 1);
  const sent = chat.post('global', { content: 'gone' }, ann);
  await turn(world.clock, 10);
  await sent;
  const first = await chat.moderation.delete('global', 1, why);
  await turn(world.clock, 10);
  assert.deepEqual(await chat.moderation.delete('global', 1, { by: 'other', reason: '' }), first);
  await turn(world.clock, 10);
  assert.deepEqual(seen(), ['gone', '-1']);
  for (const seq of [2, 3])
    await assert.rejects(chat.moderation.delete('global', seq, why), (e) => said(e) === 'no-such-message');
  assert.equal(chat.stats.deleted, 1);
});

test('a resend of a deleted message is accepted, and shows nobody anything', async () => {
  const world = new ChatWorld();
  const { chat, hub } = await world.instance();
  const body = { id: 'x', content: 'gone' };
  const first = chat.post('global', body, ann);
  await turn(world.clock, 10);
  await first;
  await chat.moderation.delete('global', 1, why);
  const { chat: other, hub: otherHub } = await world.instance();
  const seen = [
    follow(hub, chat.room('global').stream, brief, 1),
    follow(otherHub, other.room('global').stream, brief, 1),
  ];
  const again = other.post('global', body, ann);
  await turn(world.clock, 100);
  const { message, duplicate } = await again;
  assert.deepEqual([message.seq, message.content, duplicate], [1, 'gone', true]);
  for (const texts of seen) assert.deepEqual(texts(), ['-1', '-1']);
});

test('a store that is away says that nothing was deleted, or that it is not known', async () => {
  const world = new ChatWorld();
  const { chat } = await world.instance();
  const sent = chat.post('global', { content: 'x' }, ann);
  await turn(world.clock, 10);
  await sent;
  world.store.trouble = 'down';
  await assert.rejects(chat.moderation.delete('global', 1, why), (e) => said(e) === 'store-down');
  world.store.trouble = 'cut-after';
  await assert.rejects(chat.moderation.delete('global', 1, why), (e) => said(e) === 'store-unknown');
  world.store.trouble = undefined;
  assert.equal((await chat.moderation.delete('global', 1, why)).seq, 2, 'it had been done');
});

const deafBackplane = {
  up: false,
  publish: () => Promise.reject(new Error('away')),
  subscribe: async () => undefined,
  close: async () => undefined,
};
