import assert from 'node:assert/strict';
import { test } from 'node:test';
import { truncatedEvent } from '../../server/chat/event.ts';
import { chatHandler, chatTopic } from '../../server/destinations/chat.ts';
import { presenceTopic } from '../../server/destinations/presence.ts';
import { typingHandler, typingTopic } from '../../server/destinations/typing.ts';
import { Refusal } from '../../server/errors.ts';
import { settle, turn } from '../chat/turn.ts';
import { ChatWorld } from '../chat/world.ts';

const sender = { session: 's', name: undefined, fallback: 'guest-1' };

test('a SEND resolves when the message is committed, and rejects with the refusal', async () => {
  const world = new ChatWorld();
  const { chat } = await world.instance();
  const handler = chatHandler(chat, 'global');
  const sent = handler(Buffer.from('{"content":"hello"}'), sender).then(() => world.store.of('global').length);
  await turn(world.clock, 2);
  assert.equal(await sent, 1);
  await assert.rejects(handler(Buffer.from('{'), sender), Refusal);
});

test('a message of a room is its JSON, with an id of its own', async () => {
  const world = new ChatWorld();
  const { chat } = await world.instance();
  const topic = chatTopic(chat.room('global'));
  const sent = chat.post('global', { id: 'x', content: 'hello' }, sender);
  await turn(world.clock, 2);
  const { message } = await sent;
  const event = topic.stream.at(1);
  assert.ok(event !== undefined);
  const content = topic.message(event, 1);
  assert.equal(content?.id, 'global-1');
  const body = { kind: 'message', seq: 1, id: 'x', sender: 'guest-1', content: 'hello', time: message.time };
  assert.equal(Buffer.from(content?.body ?? []).toString(), JSON.stringify(body));
  assert.deepEqual(await topic.start('0'), { next: 1 });
  assert.deepEqual(await topic.start(undefined), { next: 2 });
});

test('that older messages are gone is a message with an id of its own, too', async () => {
  const world = new ChatWorld();
  const { chat } = await world.instance();
  const content = chatTopic(chat.room('global')).message(truncatedEvent(7), 6);
  assert.equal(content?.id, 'global-truncated-6');
  assert.equal(Buffer.from(content?.body ?? []).toString(), '{"kind":"truncated","first":7}');
});

test('typing is noted at once, and what is no typing frame is refused', async () => {
  const world = new ChatWorld();
  const { chat } = await world.instance();
  const [topic, handler] = [typingTopic(chat.typing), typingHandler(chat.typing)];
  await handler(Buffer.from('{"typing":true}'), sender);
  await turn(world.clock, 1);
  const { next } = await topic.start(undefined);
  const state = topic.stream.at(next);
  assert.ok(state !== undefined);
  const content = topic.message(state, next);
  assert.equal(content?.id, 'typing-1');
  assert.equal(Buffer.from(content?.body ?? []).toString(), '{"users":["guest-1"],"count":1}');
  await assert.rejects(handler(Buffer.from('{}'), sender), Refusal);
});

test('presence comes first as it is', async () => {
  const world = new ChatWorld();
  const { chat } = await world.instance();
  await settle();
  const topic = presenceTopic(chat.presence);
  const { next } = await topic.start(undefined);
  const state = topic.stream.at(next);
  assert.ok(state !== undefined);
  assert.deepEqual(topic.message(state, next), {
    id: 'presence-0',
    headers: [],
    body: Buffer.from('{"users":0,"connections":0,"instances":1}'),
  });
});

test('a topic without history refuses a position by the name of its header', async () => {
  const world = new ChatWorld();
  const { chat } = await world.instance();
  for (const topic of [typingTopic(chat.typing), presenceTopic(chat.presence)]) {
    assert.throws(
      () => topic.start('3'),
      (error) => error instanceof Refusal && error.code === 'invalid-parameter' && /"after"/.test(error.message),
    );
  }
});
