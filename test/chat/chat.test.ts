import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Author } from '../../server/chat/author.ts';
import type { Chat } from '../../server/chat/chat.ts';
import { eventJson } from '../../server/chat/event.ts';
import { writeNews } from '../../server/chat/news.ts';
import type { Channel } from '../../server/engines/backplane.ts';
import { InProcessBackplane } from '../../server/engines/embedded/in-process-backplane.ts';
import { type ErrorCode, Refusal } from '../../server/errors.ts';
import { settle, turn } from './turn.ts';
import { ChatWorld, follow } from './world.ts';

const ann: Author = { session: 's1', name: 'ann', fallback: 'guest-1' };
const guest: Author = { session: 's2', name: undefined, fallback: 'guest-2' };

function refusal(code: ErrorCode, text: RegExp = /./): (error: unknown) => boolean {
  return (error) => error instanceof Refusal && error.code === code && text.test(error.message);
}

/** Sends, and lets the time of its commit pass. */
async function post(world: ChatWorld, chat: Chat, body: unknown, author: Author = ann, room = 'global') {
  const sent = chat.post(room, body, author);
  sent.catch(() => undefined);
  await turn(world.clock, 2);
  return sent;
}

async function postMany(world: ChatWorld, chat: Chat, count: number): Promise<void> {
  const sent = Array.from({ length: count }, (_, i) => chat.post('global', { content: `text ${i + 1}` }, ann));
  await turn(world.clock, 2);
  await Promise.all(sent);
}

function seqs(messages: readonly { readonly seq: number }[]): number[] {
  return messages.map((message) => message.seq);
}

test('a message is stored, answered and shown as it came', async () => {
  const world = new ChatWorld();
  const { chat, hub } = await world.instance();
  const seen = follow(hub, chat.room('global').stream, eventJson, 1);
  const time = world.clock.now();
  const sent = await post(world, chat, Buffer.from('{"id":"x","content":" <b>\\u0000😀 "}'));
  const message = { room: 'global', seq: 1, id: 'x', sender: 'ann', content: ' <b>\0😀 ', time };
  assert.deepEqual(sent, { message, duplicate: false });
  assert.deepEqual(world.store.of('global'), [message]);
  const { room: _, ...shown } = message;
  assert.deepEqual(
    seen().map((text) => JSON.parse(text)),
    [{ kind: 'message', ...shown }],
  );
});

test("the sender is the name of the sign-in, else the body's, else the fallback, and an id is made where none came", async () => {
  const world = new ChatWorld();
  const { chat } = await world.instance();
  const names = [
    await post(world, chat, { content: 'a', sender: 'bob' }, ann),
    await post(world, chat, { content: 'a', sender: 'bob' }, guest),
    await post(world, chat, { content: 'a' }, guest),
  ].map(({ message }) => [message.sender, message.id]);
  assert.deepEqual(names, [
    ['ann', 'made-0'],
    ['bob', 'made-1'],
    ['guest-2', 'made-2'],
  ]);
});

test('a resend with the same id is stored and shown once, and conflicts with other content', async () => {
  const world = new ChatWorld();
  const { chat, hub } = await world.instance();
  const seen = follow(hub, chat.room('global').stream, eventJson, 1);
  const first = await post(world, chat, { id: 'x', content: 'hello' });
  const again = await post(world, chat, { id: 'x', content: 'hello' });
  assert.deepEqual(again, { message: first.message, duplicate: true });
  await assert.rejects(post(world, chat, { id: 'x', content: 'other' }), refusal('id-conflict'));
  const other = await post(world, chat, { id: 'x', content: 'other' }, guest);
  assert.equal(other.message.seq, 2);
  assert.equal(seen().length, 2);
  assert.deepEqual([chat.stats.accepted, chat.stats.resent, chat.stats.refused], [2, 1, 1]);
});

test('what is wrong with a message is told to its sender alone', async () => {
  const world = new ChatWorld();
  const { chat } = await world.instance();
  await assert.rejects(post(world, chat, Buffer.from('{')), refusal('invalid-json'));
  await assert.rejects(post(world, chat, { content: '' }), refusal('invalid-message', /"content"/));
  await assert.rejects(post(world, chat, { content: 'x' }, { ...ann, name: 'a\nb' }), refusal('invalid-message'));
  await assert.rejects(post(world, chat, { content: 'x' }, ann, 'nowhere'), refusal('unknown-room'));
  assert.throws(() => chat.room('nowhere'), refusal('unknown-room'));
  assert.deepEqual([chat.stats.refused, world.store.groups], [4, []]);
});

test('rooms count for themselves and do not hear one another', async () => {
  const world = new ChatWorld();
  const { chat, hub } = await world.instance({ rooms: ['global', 'side'] });
  const seen = ['global', 'side'].map((room) => follow(hub, chat.room(room).stream, eventJson, 1));
  await post(world, chat, { content: 'a' });
  const { message } = await post(world, chat, { content: 'b' }, ann, 'side');
  assert.equal(message.seq, 1);
  assert.deepEqual(
    seen.map((texts) => texts().map((text) => JSON.parse(text).content)),
    [['a'], ['b']],
  );
});

test('a store that is down at the start rejects the start', async () => {
  const world = new ChatWorld();
  world.store.readable = false;
  await assert.rejects(world.instance(), /cannot be read/);
});

test('a store that goes down refuses sends, shows nothing, and memory is still read', async () => {
  const world = new ChatWorld();
  const { chat, hub } = await world.instance();
  await post(world, chat, { content: 'before' });
  const seen = follow(hub, chat.room('global').stream, eventJson, 1);
  world.store.trouble = 'down';
  world.store.readable = false;
  await assert.rejects(post(world, chat, { content: 'lost' }), refusal('store-down'));
  assert.equal(seen().length, 1);
  assert.equal((await chat.room('global').history({ limit: 50 })).messages.length, 1);
  world.store.trouble = undefined;
  world.store.readable = true;
  await post(world, chat, { content: 'after' });
  assert.deepEqual(
    seen().map((text) => JSON.parse(text).content),
    ['before', 'after'],
  );
});

test('history gives the newest, those before, those after, and the head', async () => {
  const world = new ChatWorld();
  const { chat } = await world.instance();
  const room = chat.room('global');
  assert.deepEqual(await room.history({ limit: 50 }), { messages: [], head: 0 });
  await postMany(world, chat, 300);
  const cases: [Parameters<typeof room.history>[0], number[]][] = [
    [{ limit: 3 }, [298, 299, 300]],
    [{ limit: 3, before: 10 }, [7, 8, 9]],
    [{ limit: 3, before: 3 }, [1, 2]],
    [{ limit: 3, before: 1 }, []],
    [{ limit: 3, before: 9_999 }, [298, 299, 300]],
    [{ limit: 3, after: 0 }, [1, 2, 3]],
    [{ limit: 3, after: 298 }, [299, 300]],
    [{ limit: 3, after: 300 }, []],
    [{ limit: 3, after: 9_999 }, []],
    [{ limit: 9, after: 5, before: 8 }, [6, 7]],
  ];
  for (const [query, expected] of cases) {
    const history = await room.history(query);
    assert.deepEqual([seqs(history.messages), history.head], [expected, 300], JSON.stringify(query));
  }
  assert.equal((await room.history({ limit: 1_000 })).messages.length, 200);

  // The same from the store, after a restart: only the newest are in memory.
  const { chat: later } = await world.instance();
  const restarted = later.room('global');
  assert.equal(restarted.stream.first, 101);
  for (const [query, expected] of cases) {
    const history = await restarted.history(query);
    assert.deepEqual([seqs(history.messages), history.head], [expected, 300], JSON.stringify(query));
  }
});

test('after a restart the newest messages are read from memory, and older ones need the store', async () => {
  const world = new ChatWorld();
  const { chat } = await world.instance();
  await postMany(world, chat, 300);
  const { chat: restarted } = await world.instance();
  world.store.readable = false;
  assert.equal((await restarted.room('global').history({ limit: 200 })).messages.length, 200);
  await assert.rejects(restarted.room('global').history({ limit: 5, before: 50 }), refusal('store-down'));
});

test('a subscription begins at the head, or after the seq that it names', async () => {
  const world = new ChatWorld();
  const { chat } = await world.instance();
  const room = chat.room('global');
  await postMany(world, chat, 3);
  assert.deepEqual(room.start(undefined), { next: 4 });
  assert.deepEqual([room.start('0'), room.start('2'), room.start('3')], [{ next: 1 }, { next: 3 }, { next: 4 }]);
  for (const after of ['', '-1', '1.5', 'x', '1e3', ' 1', '9007199254740992', '99999999999999999']) {
    assert.throws(() => room.start(after), refusal('invalid-parameter', /"after"/), after);
  }
});

test('a position above the head is unknown, unless the store is ahead of us', async () => {
  const world = new ChatWorld();
  const { chat, hub } = await world.instance();
  const room = chat.room('global');
  await assert.rejects(async () => room.start('1'), refusal('position-unknown', /ends at 0/));
  for (let seq = 1; seq <= 5; seq++) {
    world.store.entries('global').push({ room: 'global', seq, id: `${seq}`, sender: 'bob', content: 'x', time: 1 });
  }
  const start = await room.start('4');
  assert.deepEqual(start, { next: 5 });
  const seen = follow(hub, room.stream, eventJson, start.next);
  await turn(world.clock, 5);
  assert.deepEqual(
    seen().map((text) => JSON.parse(text).seq),
    [5],
  );
  await assert.rejects(async () => room.start('6'), refusal('position-unknown'));
  world.store.readable = false;
  await assert.rejects(async () => room.start('6'), refusal('store-down'));
});

test('many that ask for positions above the head cost one read after the other', async () => {
  const world = new ChatWorld();
  const { chat } = await world.instance();
  const before = world.store.reads;
  const asked = Array.from({ length: 100 }, async (_, i) => chat.room('global').start(`${i + 1}`));
  const results = await Promise.allSettled(asked);
  assert.ok(results.every(({ status }) => status === 'rejected'));
  assert.equal(world.store.reads - before, 2);
});

test('a subscriber from the beginning gets what is in the store and goes on live, without gap or repetition', async () => {
  const world = new ChatWorld();
  const { chat } = await world.instance();
  await postMany(world, chat, 900);
  const { chat: restarted, hub } = await world.instance();
  const room = restarted.room('global');
  const start = await room.start('0');
  const seen = follow(hub, room.stream, eventJson, start.next);
  for (let i = 0; i < 10; i++) await post(world, restarted, { content: `live ${i}` });
  await turn(world.clock, 100);
  assert.deepEqual(
    seen().map((text) => JSON.parse(text).seq),
    Array.from({ length: 910 }, (_, i) => i + 1),
  );
});

test('where the store no longer has the oldest, one event says so', async () => {
  const world = new ChatWorld();
  const { chat } = await world.instance();
  await postMany(world, chat, 500);
  world.store.entries('global').splice(0, 230);
  const { chat: restarted, hub } = await world.instance();
  const room = restarted.room('global');
  const seen = follow(hub, room.stream, eventJson, (await room.start('0')).next);
  await turn(world.clock, 100);
  const events = seen().map((text) => JSON.parse(text));
  assert.deepEqual(events[0], { kind: 'truncated', first: 231 });
  assert.deepEqual(
    events.slice(1).map((event) => event.seq),
    Array.from({ length: 270 }, (_, i) => i + 231),
  );
});

test('instances on one plane and store show the same, each at once', async () => {
  const world = new ChatWorld();
  const instances = [await world.instance(), await world.instance()];
  await settle();
  const seen = instances.map(({ chat, hub }) => follow(hub, chat.room('global').stream, eventJson, 1));
  for (let i = 0; i < 6; i++) {
    const instance = instances[i % 2];
    if (instance !== undefined) await post(world, instance.chat, { content: `${i}` });
  }
  await turn(world.clock, 2);
  assert.equal(seen[0]?.().length, 6);
  assert.deepEqual(seen[0]?.(), seen[1]?.());
  assert.deepEqual(
    instances.map(({ chat }) => [chat.stats.gateReads, chat.stats.ghosts]),
    [
      [1, 0],
      [1, 0],
    ],
  );
});

test('with the backplane down others see a message within a poll, and nothing is published', async () => {
  const world = new ChatWorld();
  const [here, there] = [
    await world.instance({ backplane: new DownBackplane() }),
    await world.instance({ backplane: new DownBackplane() }),
  ];
  await turn(world.clock, 300);
  const seen = follow(there.hub, there.chat.room('global').stream, eventJson, 1);
  await post(world, here.chat, { content: 'hello' });
  assert.equal(here.chat.stats.unpublished, 1);
  await turn(world.clock, 252);
  assert.equal(seen().length, 1);
});

test('a message whose news were lost is found within some seconds, though nothing follows it', async () => {
  const world = new ChatWorld();
  const { chat, hub } = await world.instance();
  const seen = follow(hub, chat.room('global').stream, eventJson, 1);
  world.store.entries('global').push({ room: 'global', seq: 1, id: 'x', sender: 'bob', content: 'x', time: 1 });
  await turn(world.clock, 5_010, 10);
  assert.equal(seen().length, 1);
});

test('news that nobody heard make us read the store, for what others said meanwhile', async () => {
  const world = new ChatWorld();
  const theirs = { room: 'global', seq: 2, id: 'x', sender: 'bob', content: 'theirs', time: 1 };
  const backplane = new DeafBackplane(() => void world.store.entries('global').push(theirs));
  const { chat, hub } = await world.instance({ backplane });
  const seen = follow(hub, chat.room('global').stream, eventJson, 1);
  await settle();
  await post(world, chat, { content: 'ours' });
  await turn(world.clock, 30);
  assert.deepEqual(
    seen().map((text) => JSON.parse(text).content),
    ['ours', 'theirs'],
  );
});

test('strange news are counted and dropped, and so are those of another history or room', async () => {
  const world = new ChatWorld();
  const { chat, hub } = await world.instance();
  const seen = follow(hub, chat.room('global').stream, eventJson, 1);
  const stranger = new InProcessBackplane(world.peers);
  const message = { room: 'global', seq: 1, id: 'x', sender: 'bob', content: 'x', time: 1 };
  const payloads = [
    'nonsense',
    '{"room":"global"}',
    writeNews('stranger', 'another-epoch', message),
    writeNews('stranger', 'epoch', { ...message, room: 'nowhere' }),
    writeNews('stranger', 'epoch', { ...message, seq: -1 }),
  ];
  for (const payload of payloads) await stranger.publish('global-chat-channel', payload);
  await turn(world.clock, 50);
  assert.deepEqual([chat.stats.strange, seen()], [payloads.length, []]);
  await stranger.publish('global-chat-channel', writeNews('stranger', 'epoch', { ...message, seq: 99 }));
  await turn(world.clock, 50);
  assert.deepEqual([chat.stats.ghosts, seen()], [1, []]);
});

test('a resend to another instance makes known what died with the first before its news', async () => {
  const world = new ChatWorld();
  const [here, there] = [await world.instance(), await world.instance()];
  await settle();
  const seen = [here, there].map(({ chat, hub }) => follow(hub, chat.room('global').stream, eventJson, 1));
  world.store.entries('global').push({ room: 'global', seq: 1, id: 'x', sender: 'ann', content: 'x', time: 1 });
  const { duplicate } = await post(world, here.chat, { id: 'x', content: 'x' });
  await turn(world.clock, 2);
  assert.equal(duplicate, true);
  assert.deepEqual(
    seen.map((texts) => texts().length),
    [1, 1],
  );
});

test('close commits what waits, refuses what comes after, and leaves no timer', async () => {
  const world = new ChatWorld();
  const { chat, hub } = await world.instance();
  const sent = chat.post('global', { content: 'last' }, ann);
  const closed = chat.close();
  await assert.rejects(chat.post('global', { content: 'late' }, ann), refusal('stopping'));
  await turn(world.clock, 2);
  assert.equal((await sent).message.seq, 1);
  await closed;
  hub.close();
  const stranger = new InProcessBackplane(world.peers);
  await stranger.publish('global-chat-channel', 'nonsense');
  await settle();
  assert.deepEqual([world.clock.pending, chat.stats.strange, world.store.closed], [0, 0, false]);
});

/** A backplane that is away. */
class DownBackplane extends InProcessBackplane {
  override get up(): boolean {
    return false;
  }

  override publish(): Promise<number> {
    return Promise.reject(new Error('away'));
  }
}

/** A backplane that takes payloads of the chat but tells nobody. */
class DeafBackplane extends InProcessBackplane {
  readonly #published: () => void;

  constructor(published: () => void) {
    super();
    this.#published = published;
  }

  override async publish(channel: Channel): Promise<number> {
    if (channel === 'global-chat-channel') this.#published();
    return 0;
  }
}
