import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Type, { type TSchema } from 'typebox';
import { errorTable } from '../server/errors.ts';
import { roomsSchema } from '../server/http/moderation-schemas.ts';
import { messageSchema, presenceSchema, symbolsSchema } from '../server/http/schemas.ts';
import { viewIntervals } from '../server/market/market.ts';

const DESCRIPTION = `The live data of Towncrier, as seen from the server: it "receives" what clients SEND and "sends" what they
subscribe to. Chat, typing, presence and the market over STOMP 1.2 on WebSocket or SockJS; the market as Server-Sent Events too.
What is asked and answered over HTTP is in /api/openapi.json.`;

interface Message {
  readonly summary: string;
  readonly payload: TSchema;
  readonly headers?: TSchema;
}

interface Channel {
  readonly address: string;
  readonly server: 'stomp' | 'sse';
  /** Of the server: it receives what clients send. */
  readonly action: 'send' | 'receive';
  readonly summary: string;
  readonly messages: readonly string[];
  /** Parameters of the request, where it is one. */
  readonly query?: TSchema;
}

const tick = symbolsSchema.properties.symbols.items;
const kind = Type.Literal('message');
const codes = Object.keys(errorTable).map((code) => Type.Literal(code));
const sender = Type.Optional(
  Type.String({ minLength: 1, description: 'Up to 100 code points; CONNECT login goes before it.' }),
);

/** What travels, by name. */
export const asyncMessages: Readonly<Record<string, Message>> = {
  chatMessage: {
    summary: 'A message that is committed.',
    payload: Type.Object({ kind, ...messageSchema.properties }),
  },
  deleted: {
    summary:
      'A moderator deleted the message `target`: take it away. With `seq` = `target` it stands where that message was, else it is the deletion itself, with a seq of its own.',
    payload: Type.Object({
      kind: Type.Literal('deleted'),
      seq: Type.Integer({ minimum: 1 }),
      target: Type.Integer({ minimum: 1 }),
      time: messageSchema.properties.time,
    }),
  },
  truncated: {
    summary: 'Older messages than `first` are no longer kept, though they were asked for.',
    payload: Type.Object({ kind: Type.Literal('truncated'), first: Type.Integer({ minimum: 1 }) }),
  },
  chatSend: {
    summary:
      'A message to store. With a receipt header the RECEIPT says that it is committed; in a transaction that of COMMIT does.',
    payload: Type.Object({
      id: Type.Optional(Type.String({ minLength: 1, maxLength: 64, description: 'Sent again under it: stored once.' })),
      sender,
      content: Type.String({ minLength: 1, description: 'Up to 2,000 code points, kept exactly as they come.' }),
    }),
  },
  tokenSend: {
    summary: 'A token of the same user that allows no less; the session then lasts as long as it.',
    payload: Type.Object({ token: Type.String() }),
  },
  typingSend: { summary: 'Whether the sender types.', payload: Type.Object({ typing: Type.Boolean(), sender }) },
  typing: {
    summary: 'Who types: at most five names, and how many.',
    payload: Type.Object({ users: Type.Array(Type.String(), { maxItems: 5 }), count: Type.Integer({ minimum: 0 }) }),
  },
  presence: { summary: 'Who is here.', payload: presenceSchema },
  rooms: { summary: 'What moderators have set in each room.', payload: roomsSchema },
  tick: { summary: 'A tick of one symbol.', payload: tick },
  status: {
    summary: 'Whether prices are the newest; only where the feed can tell.',
    payload: Type.Object({ state: Type.Union([Type.Literal('live'), Type.Literal('stale')]) }),
  },
  snapshot: { summary: 'The newest tick of every symbol.', payload: Type.Object({ ticks: Type.Array(tick) }) },
  ownEvent: {
    summary: 'An event of a stream of your own, exactly as it was appended (STOMP: the header `event` is `event`).',
    payload: Type.Object({ key: Type.Optional(Type.String()) }, { additionalProperties: true }),
  },
  ownSnapshot: {
    summary: 'The newest event of each key (STOMP: `event` is `snapshot`; by SSE it comes as its events).',
    payload: Type.Object({ events: Type.Array(Type.Object({}, { additionalProperties: true })) }),
  },
  ownTruncated: {
    summary:
      'Events before `first` that were asked for are gone (STOMP: `event` is `truncated`; SSE: `stream-truncated`).',
    payload: Type.Object({ name: Type.Optional(Type.String()), first: Type.String() }),
  },
  error: {
    summary: 'What was refused.',
    payload: Type.Object({
      code: Type.Union(codes),
      message: Type.String({ description: 'Names the limit or the field.' }),
      receipt: Type.Optional(Type.String({ description: 'The receipt that the refused frame asked for.' })),
    }),
  },
};

/** Where it travels, by name. */
export const asyncChannels: Readonly<Record<string, Channel>> = {
  chatIn: stomp('/app/chat', 'receive', 'Send to the room `global`.', 'chatSend'),
  roomIn: stomp('/app/chat.{room}', 'receive', 'Send to a room.', 'chatSend'),
  tokenIn: stomp('/app/token', 'receive', 'With AUTH=jwt: a newer token for the session.', 'tokenSend'),
  typingIn: stomp('/app/typing', 'receive', 'Say whether one types.', 'typingSend'),
  chat: stomp(
    '/topic/chat',
    'send',
    'The room `global`; the header `after:<seq>` resumes.',
    'chatMessage',
    'deleted',
    'truncated',
  ),
  room: stomp(
    '/topic/chat.{room}',
    'send',
    'A room; the header `after:<seq>` resumes.',
    'chatMessage',
    'deleted',
    'truncated',
  ),
  typing: stomp('/topic/typing', 'send', 'Who types, at most four times a second.', 'typing'),
  presence: stomp('/topic/presence', 'send', 'Who is here, on change.', 'presence'),
  rooms: stomp('/topic/rooms', 'send', 'Slow mode and closed rooms, on change.', 'rooms'),
  market: stomp('/topic/market', 'send', 'The ticks; `after:<message-id>` resumes.', 'tick', 'snapshot'),
  own: stomp(
    '/topic/{stream}',
    'send',
    'A stream of STREAMS; `after:<message-id>` resumes, `after:0` is from the oldest.',
    'ownEvent',
    'ownSnapshot',
    'ownTruncated',
  ),
  errors: stomp('/user/queue/errors', 'send', 'What was refused to this session.', 'error'),
  stream: {
    address: '/stream',
    server: 'sse',
    action: 'send',
    summary:
      'Events market-tick, market-snapshot and market-status; Last-Event-ID resumes, ?symbols= and ?interval= send less.',
    messages: ['tick', 'snapshot', 'status', 'ownEvent', 'ownTruncated'],
    query: Type.Object({
      name: Type.Optional(
        Type.String({ description: 'A stream of STREAMS instead of the market; its events have its name.' }),
      ),
      symbols: Type.Optional(Type.String({ description: 'Only these, with commas between them; at most 100.' })),
      interval: Type.Optional(
        Type.Integer({
          minimum: 1,
          description: `The newest tick of a symbol at most once in so many milliseconds; rounded to ${viewIntervals.join(', ')}.`,
        }),
      ),
      lastEventId: Type.Optional(
        Type.String({ description: 'The id to go on from, for who cannot send the header Last-Event-ID.' }),
      ),
      access_token: Type.Optional(Type.String({ description: 'With AUTH=jwt, for who cannot send headers.' })),
    }),
  },
};

function stomp(address: string, action: Channel['action'], summary: string, ...messages: string[]): Channel {
  return { address, server: 'stomp', action, summary, messages };
}

/** The AsyncAPI 3 document of STOMP and SSE, as JSON. */
export function asyncApi(): string {
  const channels = Object.entries(asyncChannels);
  const document = {
    asyncapi: '3.0.0',
    info: { title: 'Towncrier', version: version(), description: DESCRIPTION, license: { name: 'MIT' } },
    defaultContentType: 'application/json',
    servers: {
      stomp: {
        host: 'localhost:8080',
        pathname: '/ws-endpoint',
        protocol: 'stomp',
        description: 'STOMP on WebSocket.',
      },
      sse: { host: 'localhost:8080', protocol: 'http', description: 'Server-Sent Events.' },
    },
    channels: Object.fromEntries(channels.map(([name, channel]) => [name, channelObject(channel)])),
    operations: Object.fromEntries(channels.map(([name, channel]) => [`${name}Operation`, operation(name, channel)])),
    components: {
      messages: Object.fromEntries(
        Object.entries(asyncMessages).map(([name, message]) => [name, { name, ...message }]),
      ),
    },
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function channelObject({ address, server, summary, messages }: Channel): object {
  return {
    address,
    summary,
    servers: [{ $ref: `#/servers/${server}` }],
    messages: Object.fromEntries(messages.map((name) => [name, { $ref: `#/components/messages/${name}` }])),
    ...(address.includes('{room}') && { parameters: { room: { description: 'The name of a room; see CHAT_ROOMS.' } } }),
  };
}

function operation(name: string, { action, summary, messages, query }: Channel): object {
  return {
    action,
    summary,
    channel: { $ref: `#/channels/${name}` },
    ...(query && { bindings: { http: { method: 'GET', query, bindingVersion: '0.3.0' } } }),
    messages: messages.map((message) => ({ $ref: `#/channels/${name}/messages/${message}` })),
  };
}

function version(): string {
  const text = readFileSync(join(import.meta.dirname, '..', 'package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version; // our own file
}
