import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Author } from '../../server/chat/author.ts';
import type { Chat } from '../../server/chat/chat.ts';
import { type Refusal, refusalOf } from '../../server/errors.ts';
import { turn } from './turn.ts';
import { ChatWorld, follow, ofState } from './world.ts';

const why = { by: 'mod', reason: '' };
const HOUR = 60 * 60 * 1000;

function guest(session: string, name: string, address = '192.0.2.1'): Author {
  return { session, name, fallback: '', address };
}

/** What becomes of a send: `sent`, or the refusal. */
async function send(world: ChatWorld, chat: Chat, author: Author, more: object = {}): Promise<Refusal | 'sent'> {
  const sent = chat.post('global', { content: 'x', ...more }, author).then(
    () => 'sent' as const,
    (error) => refusalOf(error),
  );
  await turn(world.clock, 5);
  return sent;
}

async function code(...args: Parameters<typeof send>): Promise<string> {
  const outcome = await send(...args);
  return outcome === 'sent' ? outcome : outcome.code;
}

async function mute(world: ChatWorld, chat: Chat, name: string, ms: number): Promise<void> {
  await chat.moderation.mute({ name, room: '', until: world.clock.now() + ms }, why);
  await turn(world.clock, 5);
}

test('a mute holds for its time, and the refusal says how long that is', async () => {
  const world = new ChatWorld();
  const { chat } = await world.instance();
  await mute(world, chat, 'Ann', 60_000);
  const refused = await send(world, chat, guest('a', 'ANN'));
  assert.ok(refused !== 'sent');
  assert.deepEqual([refused.code, refused.retryAfter], ['muted', 60]);
  assert.match(refused.message, /60 s/);
  await turn(world.clock, 60_000, 1_000);
  assert.equal(await code(world, chat, guest('a', 'Ann')), 'sent');
});

test('a guest who is muted stays so under another name, and another session from there is muted for an hour', async () => {
  const world = new ChatWorld();
  const { chat } = await world.instance();
  await send(world, chat, guest('a', 'Ann'));
  await send(world, chat, guest('b', 'Bob'));
  await mute(world, chat, 'Ann', 24 * HOUR);
  assert.equal(await code(world, chat, guest('a', 'Eve')), 'muted', 'the same session');
  assert.equal(await code(world, chat, guest('c', 'Eve')), 'muted', 'a new session of the same address');
  assert.equal(await code(world, chat, guest('b', 'Bob')), 'sent', 'one who wrote from there before');
  assert.equal(await code(world, chat, guest('d', 'Eve', '192.0.2.2')), 'sent', 'another address');
  await turn(world.clock, HOUR, 60_000);
  assert.equal(await code(world, chat, guest('c', 'Eve')), 'sent', 'the address is free again');
  assert.equal(await code(world, chat, guest('a', 'Eve')), 'muted');
});

test('where a muted guest comes from holds before it is stored', async () => {
  const world = new ChatWorld();
  const { chat } = await world.instance();
  await send(world, chat, guest('a', 'Ann'));
  const { change } = world.store.moderation;
  world.store.moderation.change = (what, action) =>
    what.kind === 'cover' ? new Promise(() => undefined) : change.call(world.store.moderation, what, action);
  await mute(world, chat, 'Ann', HOUR);
  assert.equal(await code(world, chat, guest('b', 'Eve')), 'muted', 'a new session of the same address');
  assert.equal(await code(world, chat, guest('c', 'Ann', '192.0.2.2')), 'muted');
  assert.equal(await code(world, chat, guest('d', 'Eve', '192.0.2.2')), 'muted', 'an address that came after the mute');
});

test('one who is first seen under the muted name is known from then on', async () => {
  const world = new ChatWorld();
  const { chat } = await world.instance();
  await mute(world, chat, 'Ann', HOUR);
  assert.equal(await code(world, chat, guest('a', 'Ann')), 'muted');
  assert.equal(await code(world, chat, guest('a', 'Eve')), 'muted');
  assert.equal(await code(world, chat, guest('b', 'Eve')), 'muted');
});

test('where a muted guest comes from is known to all instances, and after a restart, and not brought back by itself', async () => {
  const world = new ChatWorld();
  const { chat } = await world.instance();
  const { chat: other } = await world.instance();
  await send(world, chat, guest('a', 'Ann'));
  await mute(world, other, 'Ann', HOUR);
  assert.equal(await code(world, other, guest('x', 'Eve')), 'muted');
  const { chat: restarted } = await world.instance();
  assert.equal(await code(world, restarted, guest('y', 'Eve')), 'muted');
  await chat.moderation.unmute({ name: 'ann', room: '' }, why);
  await turn(world.clock, 10_000, 100);
  for (const each of [chat, other, restarted]) assert.equal(await code(world, each, guest('z', 'Ann')), 'sent');
  assert.deepEqual(restarted.moderation.rules().mutes, []);
});

test('a mute of one who signed in touches nobody else', async () => {
  const world = new ChatWorld();
  const { chat } = await world.instance();
  const ann = { ...guest('a', 'Ann'), signedIn: true };
  await send(world, chat, ann);
  await mute(world, chat, 'Ann', HOUR);
  assert.equal(await code(world, chat, ann), 'muted');
  assert.equal(await code(world, chat, { ...guest('b', 'Bob'), signedIn: true }), 'sent');
  assert.equal(await code(world, chat, guest('c', 'Cid')), 'sent');
});

test('slow mode counts a name on every instance, and a session whatever its name', async () => {
  const world = new ChatWorld();
  const { chat } = await world.instance();
  const { chat: other } = await world.instance();
  await chat.moderation.setRoom({ room: 'global', slowMode: 10, closed: false }, why);
  await turn(world.clock, 10);
  assert.equal(await code(world, chat, guest('a', 'Ann'), { id: 'one' }), 'sent');
  const refused = await send(world, other, guest('b', 'ann'));
  assert.ok(refused !== 'sent');
  assert.deepEqual([refused.code, refused.retryAfter], ['slow-mode', 10]);
  assert.equal(await code(world, chat, guest('a', 'Eve')), 'slow-mode');
  assert.equal(await code(world, other, guest('b', 'Ann'), { id: 'one' }), 'sent', 'a resend waits for nothing');
  assert.equal(await code(world, other, { ...guest('b', 'Ann'), moderator: true }), 'sent');
  assert.equal(await code(world, other, guest('c', 'Cid')), 'sent');
  await turn(world.clock, 10_000, 100);
  assert.equal(await code(world, chat, guest('a', 'Ann')), 'sent');
});

test('messages that are sent as one are refused as one, and two in a slow room are one too many', async () => {
  const world = new ChatWorld();
  const { chat } = await world.instance();
  const ann = guest('a', 'Ann');
  const drafts = ['one', 'two'].map((content) => chat.draft('global', { content }, ann));
  await chat.moderation.setRoom({ room: 'global', slowMode: 10, closed: false }, why);
  await assert.rejects(chat.postAll(drafts, ann), (error) => refusalOf(error).code === 'slow-mode');
  await chat.moderation.setRoom({ room: 'global', slowMode: 0, closed: true }, why);
  await assert.rejects(chat.postAll(drafts, ann), (error) => refusalOf(error).code === 'room-closed');
  await chat.moderation.setRoom({ room: 'global', slowMode: 0, closed: false }, why);
  await chat.moderation.addWord('two', why);
  await assert.rejects(chat.postAll(drafts, ann), (error) => refusalOf(error).code === 'word-refused');
  await turn(world.clock, 10);
  assert.deepEqual(world.store.of('global'), []);
  await chat.moderation.removeWord('two', why);
  const sent = chat.postAll(drafts, ann);
  await turn(world.clock, 10);
  assert.equal((await sent).length, 2);
});

test('rules reach the other instances at once by the backplane, and within seconds without it', async () => {
  const world = new ChatWorld();
  const { chat } = await world.instance();
  const { chat: other } = await world.instance();
  const { chat: deaf } = await world.instance({ backplane: away });
  await chat.moderation.addWord('rude', why);
  await turn(world.clock, 10);
  const words = (of: Chat): readonly string[] => of.moderation.rules().words;
  assert.deepEqual([words(chat), words(other), words(deaf)], [['rude'], ['rude'], []]);
  await turn(world.clock, 1_000, 50);
  assert.deepEqual(words(deaf), ['rude']);
  assert.equal(await code(world, deaf, guest('a', 'Ann'), { content: 'rude' }), 'word-refused');
});

test('rules that cannot be read stay what they were, the log says so once, and they are read when that works again', async () => {
  const world = new ChatWorld();
  const { chat } = await world.instance();
  const { chat: deaf } = await world.instance({ backplane: away });
  await chat.moderation.addWord('rude', why);
  world.store.readable = false;
  await turn(world.clock, 5_000, 100);
  assert.deepEqual(deaf.moderation.rules().words, []);
  const told = world.logged.lines.filter(({ text }) => /rules of moderation cannot be read/.test(text));
  assert.equal(told.length, 2, 'once an instance');
  world.store.readable = true;
  await turn(world.clock, 1_000, 50);
  assert.deepEqual(deaf.moderation.rules().words, ['rude']);
});

test('an act that the store does not take is refused, and holds nowhere', async () => {
  const world = new ChatWorld();
  const { chat } = await world.instance();
  world.store.trouble = 'down';
  await assert.rejects(chat.moderation.addWord('rude', why), (error) => refusalOf(error).code === 'store-down');
  world.store.trouble = 'cut-before';
  await assert.rejects(chat.moderation.addWord('rude', why), (error) => refusalOf(error).code === 'store-unknown');
  await turn(world.clock, 6_000, 100);
  assert.deepEqual(chat.moderation.rules().words, []);
});

test('there are no more words and mutes than there may be', async () => {
  const world = new ChatWorld();
  const store = world.store.moderation;
  const action = { by: '', action: '', target: '', reason: '', time: 0 };
  for (let i = 0; i < 1_000; i++) await store.change({ kind: 'add-word', word: `w${i}` }, action);
  const until = world.clock.now() + HOUR;
  for (let i = 0; i < 10_000; i++) {
    const one = { key: `n${i}`, name: `n${i}`, room: '', until, addresses: [] };
    if (i < 10) await store.change({ kind: 'mute', mute: one }, action);
    else store.add(one);
  }
  const { chat } = await world.instance();
  await assert.rejects(chat.moderation.addWord('more', why), (error) => refusalOf(error).code === 'too-many-rules');
  await assert.rejects(
    chat.moderation.mute({ name: 'more', room: '', until }, why),
    (error) => refusalOf(error).code === 'too-many-rules',
  );
});

const away = {
  up: false,
  publish: () => Promise.reject(new Error('away')),
  subscribe: async () => undefined,
  close: async () => undefined,
};

test('what holds in the rooms is told to everybody as it changes, on every instance', async () => {
  const world = new ChatWorld();
  const rooms = ['global', 'help'];
  const { chat } = await world.instance({ rooms });
  const other = await world.instance({ rooms });
  const { stream } = other.chat.rules;
  const heard = follow(other.hub, stream, ofState, stream.next - 1);
  await turn(world.clock, 5);
  await chat.moderation.setRoom({ room: 'help', slowMode: 10, closed: true }, why);
  await chat.moderation.addWord('rude', why);
  await turn(world.clock, 1_000, 100);
  const open = { room: 'global', slowMode: 0, closed: false };
  assert.deepEqual(
    heard().map((line) => JSON.parse(line).rooms),
    [
      [open, { room: 'help', slowMode: 0, closed: false }],
      [open, { room: 'help', slowMode: 10, closed: true }],
    ],
  );
});
