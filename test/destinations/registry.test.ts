import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createDestinations } from '../../server/destinations/registry.ts';
import { type ErrorCode, Refusal } from '../../server/errors.ts';
import { turn } from '../chat/turn.ts';
import { ChatWorld } from '../chat/world.ts';
import { ManualTickLog } from '../market/manual-tick-log.ts';
import { instance } from '../market/world.ts';

async function setting() {
  const world = new ChatWorld();
  const { chat } = await world.instance({ rooms: ['global', 'help'] });
  const { market } = await instance(world.clock, new ManualTickLog());
  return { world, chat, market, destinations: createDestinations(chat, market) };
}

function refusedWith(code: ErrorCode, says: RegExp, ask: () => unknown): void {
  assert.throws(ask, (error) => {
    assert.ok(error instanceof Refusal);
    assert.equal(error.code, code);
    assert.match(error.message, says);
    return true;
  });
}

test('each topic leads to its stream, and plain /topic/chat to the room global', async () => {
  const { chat, market, destinations } = await setting();
  const streams = {
    '/topic/chat': chat.room('global').stream,
    '/topic/chat.global': chat.room('global').stream,
    '/topic/chat.help': chat.room('help').stream,
    '/topic/typing': chat.typing.state.stream,
    '/topic/presence': chat.presence.state.stream,
    '/topic/rooms': chat.rules.stream,
    '/topic/market': market.ticks.stream,
  };
  for (const [destination, stream] of Object.entries(streams))
    assert.equal(destinations.topic(destination).stream, stream, destination);
});

test('what is sent to a room lands in that room', async () => {
  const { world, destinations } = await setting();
  const sender = { session: 's', name: 'Ann', fallback: 'guest' };
  for (const destination of ['/app/chat', '/app/chat.global', '/app/chat.help']) {
    const sent = destinations.handler(destination)(Buffer.from(`{"content":"to ${destination}"}`), sender);
    await turn(world.clock, 2);
    await sent;
  }
  const contents = (room: string): string[] => world.store.of(room).map(({ content }) => content);
  assert.deepEqual(contents('global'), ['to /app/chat', 'to /app/chat.global']);
  assert.deepEqual(contents('help'), ['to /app/chat.help']);
});

test('an unknown room is refused by its name', async () => {
  const { destinations } = await setting();
  refusedWith('unknown-room', /"nowhere"/, () => destinations.topic('/topic/chat.nowhere'));
  refusedWith('unknown-room', /"nowhere"/, () => destinations.handler('/app/chat.nowhere'));
  refusedWith('unknown-room', /""/, () => destinations.handler('/app/chat.'));
});

test('what is only sent to cannot be subscribed to, and the other way round', async () => {
  const { destinations } = await setting();
  for (const destination of ['/app/chat', '/app/typing', '/app/nothing'])
    refusedWith('not-readable', new RegExp(destination), () => destinations.topic(destination));
  for (const destination of ['/topic/chat', '/topic/market', '/topic/nothing', '/user/queue/errors'])
    refusedWith('not-writable', new RegExp(destination), () => destinations.handler(destination));
});

test('anything else is no destination, and is not repeated at length', async () => {
  const { destinations } = await setting();
  for (const destination of ['/topic/nothing', '/topic/chat/', 'chat', '', '__proto__'])
    refusedWith('unknown-destination', /is no destination/, () => destinations.topic(destination));
  for (const destination of ['/app/nothing', '/app/market', '/queue/x', 'toString'])
    refusedWith('unknown-destination', /is no destination/, () => destinations.handler(destination));
  assert.throws(
    () => destinations.topic('x'.repeat(10_000)),
    ({ message }: Error) => message.length < 200,
  );
});

test('sessions that come and go are counted, by name and by connection', async () => {
  const { chat, destinations } = await setting();
  const ann = { session: '1', name: 'Ann', fallback: 'guest-1' };
  const again = { session: '2', name: 'Ann', fallback: 'guest-2' };
  const guest = { session: '3', name: undefined, fallback: 'guest-3' };
  for (const sender of [ann, again, guest]) destinations.joined(sender);
  assert.deepEqual(await chat.presence.totals(), { users: 2, connections: 3, instances: 1 });
});

test('who leaves is not counted any more, and types no more', async () => {
  const { world, chat, destinations } = await setting();
  const ann = { session: '1', name: 'Ann', fallback: 'guest-1' };
  destinations.joined(ann);
  await destinations.handler('/app/typing')(Buffer.from('{"typing":true}'), ann);
  await turn(world.clock, 1_000);
  const typing = (): string =>
    Buffer.from(chat.typing.state.stream.at(chat.typing.state.stream.next - 1) ?? []).toString();
  assert.deepEqual(JSON.parse(typing()), { users: ['Ann'], count: 1 });
  destinations.left(ann);
  await turn(world.clock, 1_000);
  assert.deepEqual(JSON.parse(typing()), { users: [], count: 0 });
  assert.deepEqual(await chat.presence.totals(), { users: 0, connections: 0, instances: 1 });
});

test('the SENDs of a transaction are committed as one, in their rooms and in their order', async () => {
  const { world, chat, destinations } = await setting();
  const ann = { session: '1', name: 'Ann', fallback: 'guest-1' };
  const batch = destinations.begin();
  batch.add('/app/chat', Buffer.from('{"content":"one"}'), ann);
  batch.add('/app/chat.help', Buffer.from('{"content":"two"}'), ann);
  batch.add('/app/typing', Buffer.from('{"typing":true}'), ann);
  batch.add('/app/chat.global', Buffer.from('{"content":"three"}'), ann);
  await turn(world.clock, 500);
  assert.deepEqual(world.store.groups, []);
  const committed = batch.commit();
  await turn(world.clock, 2);
  await committed;
  assert.deepEqual(world.store.groups, [3]);
  const texts = (room: string) => world.store.of(room).map(({ content }) => content);
  assert.deepEqual([texts('global'), texts('help')], [['one', 'three'], ['two']]);
  assert.deepEqual(new Set(world.store.of('global').map(({ time }) => time)), new Set([world.clock.now() - 2]));
  await turn(world.clock, 1_000);
  assert.equal(chat.typing.state.stream.next > 0, true);
});

test('what is wrong in a transaction is refused when it is added, and not taken', async () => {
  const { world, destinations } = await setting();
  const guest = { session: '1', name: undefined, fallback: 'guest-1' };
  const batch = destinations.begin();
  const add = (destination: string, body: string) => () => batch.add(destination, Buffer.from(body), guest);
  refusedWith('invalid-json', /JSON/, add('/app/chat', '{'));
  refusedWith('invalid-message', /content/, add('/app/chat', '{}'));
  refusedWith('invalid-message', /typing/, add('/app/typing', '{}'));
  refusedWith('unknown-room', /nowhere/, add('/app/chat.nowhere', '{}'));
  refusedWith('not-writable', /topic/, add('/topic/chat', '{}'));
  refusedWith('unknown-destination', /nothing/, add('/app/nothing', '{}'));
  await batch.commit();
  assert.deepEqual(world.store.groups, []);
});
