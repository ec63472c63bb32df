import type { Chat } from '../chat/chat.ts';
import { Refusal } from '../errors.ts';
import type { Market } from '../market/market.ts';
import type { Destinations, Sender, SendHandler, Topic } from '../session/destinations.ts';
import type { OwnStream } from '../streams/own-stream.ts';
import { createBatch, type Gather } from './batch.ts';
import { chatHandler, chatTopic, gatherChat } from './chat.ts';
import { marketTopic } from './market.ts';
import { ownTopic } from './own-stream.ts';
import { presenceTopic } from './presence.ts';
import { roomsTopic } from './rooms.ts';
import { gatherTyping, typingHandler, typingTopic } from './typing.ts';

/** The room that `/topic/chat` and `/app/chat` mean. */
const GLOBAL = 'global';
/** Characters of a destination that an error repeats. */
const SHOWN = 100;

// biome-ignore lint/suspicious/noExplicitAny: each topic has its own event type, which only the topic itself reads.
type AnyTopic = Topic<any>;

/** Everything that a STOMP session can subscribe and send to. */
export function createDestinations(
  chat: Chat,
  market: Market,
  streams: ReadonlyMap<string, OwnStream> = new Map(),
): Destinations {
  const topics = topicsOf(chat, market);
  for (const [name, own] of streams) topics.set(`/topic/${name}`, ownTopic(own));
  const receivers = receiversOf(chat);
  const receiver = (destination: string): Receiver => {
    const known = receivers.get(destination);
    if (known !== undefined) return known;
    refuseRoom(destination, '/app/chat.');
    if (/^\/(topic|user)\//.test(destination))
      throw new Refusal('not-writable', text(destination, 'is only subscribed to'));
    throw new Refusal('unknown-destination', text(destination, 'is no destination'));
  };
  return {
    topic(destination) {
      const topic = topics.get(destination);
      if (topic !== undefined) return topic;
      refuseRoom(destination, '/topic/chat.');
      if (destination.startsWith('/app/')) throw new Refusal('not-readable', text(destination, 'is only sent to'));
      throw new Refusal('unknown-destination', text(destination, 'is no destination'));
    },
    handler: (destination) => receiver(destination).handle,
    begin: () => createBatch(chat, (destination) => receiver(destination).gather),
    joined(sender) {
      chat.presence.joined(nameOf(sender));
      chat.presence.opened();
    },
    left(sender) {
      chat.presence.left(nameOf(sender));
      chat.presence.closed();
      chat.typing.ended(sender.session);
    },
  };
}

function topicsOf(chat: Chat, market: Market): Map<string, AnyTopic> {
  const topics = new Map<string, AnyTopic>([
    ['/topic/chat', chatTopic(chat.room(GLOBAL))],
    ['/topic/typing', typingTopic(chat.typing)],
    ['/topic/presence', presenceTopic(chat.presence)],
    ['/topic/rooms', roomsTopic(chat.rules)],
    ['/topic/market', marketTopic(market)],
  ]);
  for (const room of chat.rooms.values()) topics.set(`/topic/chat.${room.name}`, chatTopic(room));
  return topics;
}

/** What takes the SENDs of a destination, alone and in a transaction. */
interface Receiver {
  readonly handle: SendHandler;
  readonly gather: Gather;
}

function receiversOf(chat: Chat): ReadonlyMap<string, Receiver> {
  const room = (name: string): Receiver => ({ handle: chatHandler(chat, name), gather: gatherChat(chat, name) });
  const receivers = new Map<string, Receiver>([
    ['/app/chat', room(GLOBAL)],
    ['/app/typing', { handle: typingHandler(chat.typing), gather: gatherTyping(chat.typing) }],
  ]);
  for (const name of chat.rooms.keys()) receivers.set(`/app/chat.${name}`, room(name));
  return receivers;
}

/** A destination of a room that there is not. */
function refuseRoom(destination: string, prefix: string): void {
  if (!destination.startsWith(prefix)) return;
  const room = destination.slice(prefix.length, prefix.length + SHOWN);
  throw new Refusal('unknown-room', `There is no room "${room}".`);
}

function text(destination: string, is: string): string {
  return `"${destination.slice(0, SHOWN)}" ${is}.`;
}

/** The name that counts: presence tells how many there are, so a guest who gave none counts by the one made for it. */
function nameOf({ name, fallback }: Sender): string {
  return name ?? fallback;
}
