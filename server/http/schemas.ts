import Type, { type TSchema } from 'typebox';
import { MAX_HISTORY } from '../chat/room.ts';
import { tickSchema } from '../engines/tick-schema.ts';
import { candleIntervals } from '../market/candles.ts';

// What the API takes and gives, for its description and for what is sent. The `description` of a parameter follows the words
// "must be": it is what those are told who got it wrong.

const time = Type.Integer({ description: 'Milliseconds since 1970.', examples: [1_735_689_600_000] });

export const messageSchema = Type.Object(
  {
    seq: Type.Integer({ minimum: 1, description: 'Its place in the room: contiguous from 1.', examples: [42] }),
    id: Type.String({ examples: ['6f1f0c1e-6a0b-4c5d-9d3e-2b8f6a1c7e90'] }),
    sender: Type.String({ examples: ['Ann'] }),
    content: Type.String({ examples: ['Good morning!'] }),
    time,
  },
  { description: 'A message that is committed.' },
);

export const historySchema = Type.Object(
  {
    messages: Type.Array(messageSchema, {
      description:
        'Oldest first. Deleted ones are left out and not counted: fewer than `limit` means that there are no more.',
    }),
    head: Type.Integer({ minimum: 0, description: 'The seq of the newest message of the room, 0 without any.' }),
  },
  { description: 'A part of a room’s history.' },
);

export const presenceSchema = Type.Object(
  {
    users: Type.Integer({ description: 'Distinct names of connected STOMP sessions.', examples: [12] }),
    connections: Type.Integer({ description: 'STOMP and SSE connections.', examples: [31] }),
    instances: Type.Integer({ examples: [1] }),
    partial: Type.Optional(
      Type.Boolean({ description: 'The other instances could not be asked: these are the figures of this one.' }),
    ),
  },
  { description: 'Who is here.' },
);

export const symbolsSchema = Type.Object(
  { symbols: Type.Array(tickSchema) },
  { description: 'The newest tick of each symbol, by name.' },
);

const candleSchema = Type.Object({
  time: Type.Integer({
    description: 'When the interval began: milliseconds since 1970.',
    examples: [1_735_689_600_000],
  }),
  open: Type.Number({ examples: [64_250.5] }),
  high: Type.Number({ examples: [64_260] }),
  low: Type.Number({ examples: [64_249] }),
  close: Type.Number({ examples: [64_255.5] }),
  volume: Type.Number({ examples: [3.2] }),
});

export const candlesSchema = Type.Object(
  {
    candles: Type.Array(candleSchema),
    partial: Type.Optional(
      Type.Boolean({ description: 'The store could not be asked: older candles than these may be there.' }),
    ),
  },
  { description: 'Oldest first; the last one still grows. An interval without a tick has no candle.' },
);

const engineSchema = Type.Object({
  kind: Type.String({ examples: ['sqlite'] }),
  state: Type.Union([Type.Literal('up'), Type.Literal('down'), Type.Literal('standby')]),
});

export const infoSchema = Type.Object(
  {
    name: Type.Literal('towncrier'),
    version: Type.String({ examples: ['0.1.0'] }),
    instance: Type.String({ description: 'Names this instance, until it stops.' }),
    state: Type.Union([Type.Literal('up'), Type.Literal('degraded')], {
      description: 'Degraded while an engine does not answer: what it is for rests, all else goes on.',
    }),
    epoch: Type.String({
      description: 'Names the history of the chat: under another one a seq means another message.',
    }),
    uptime: Type.Integer({ description: 'Seconds.', examples: [3_600] }),
    rooms: Type.Array(Type.String(), { examples: [['global']] }),
    auth: Type.Union([Type.Literal('guest'), Type.Literal('jwt')], {
      description: 'How users sign in: under any name, or by a token.',
    }),
    lab: Type.Boolean({ description: 'Whether the Protocol Lab may watch the raw bytes of its own connections.' }),
    engines: Type.Record(Type.String(), engineSchema),
    market: Type.Object(
      { state: Type.Union([Type.Literal('live'), Type.Literal('stale')]) },
      { description: 'Stale: prices may not be the newest, as the tick log or where they come from is not heard.' },
    ),
    streams: Type.Record(
      Type.String(),
      Type.Object({
        policy: Type.Union([Type.Literal('latest'), Type.Literal('complete')]),
        state: Type.Union([Type.Literal('up'), Type.Literal('down')]),
      }),
      { description: 'Streams of your own, by name; down while their log cannot be read.' },
    ),
  },
  { description: 'This instance and its engines.' },
);

/** What is meant where a query does not say. */
export const defaults = { room: 'global', messages: 50, interval: '1m', candles: 200, rows: 100_000 } as const;

export const roomQuerySchema = Type.Object({
  room: Type.Optional(Type.String({ default: defaults.room, description: 'the name of a room' })),
});

export const historyQuerySchema = Type.Object({
  ...roomQuerySchema.properties,
  before: Type.Optional(
    Type.Integer({ minimum: 1, description: 'a seq, at least 1: the newest messages before that one are given' }),
  ),
  after: Type.Optional(
    Type.Integer({ minimum: 0, description: 'a seq, at least 0: the oldest messages after that one are given' }),
  ),
  limit: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: MAX_HISTORY,
      default: defaults.messages,
      description: `a whole number from 1 to ${MAX_HISTORY}: how many messages at most`,
    }),
  ),
});

/** Candles of one answer, at most. */
const MOST_CANDLES = 1_000;
const intervals = Object.keys(candleIntervals) as readonly (keyof typeof candleIntervals)[]; // keys of a constant

const candlesOf = {
  symbol: Type.String({ minLength: 1, maxLength: 64, description: 'the name of a symbol', examples: ['BTC-USD'] }),
  interval: Type.Optional(
    Type.Enum(intervals, { default: defaults.interval, description: `one of ${intervals.join(', ')}` }),
  ),
};

/** A time of a query. */
const moment = (means: string) =>
  Type.Optional(Type.Integer({ minimum: 0, description: `a time in milliseconds since 1970: ${means}` }));

export const candlesQuerySchema = Type.Object({
  ...candlesOf,
  before: moment('the newest candles that began before it are given'),
  limit: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: MOST_CANDLES,
      default: defaults.candles,
      description: `a whole number from 1 to ${MOST_CANDLES}: how many candles at most`,
    }),
  ),
});

/** Candles of one download, at most. */
const MOST_ROWS = 100_000;

export const candlesCsvQuerySchema = Type.Object({
  ...candlesOf,
  from: moment('candles that began then or later are given'),
  before: moment('candles that began before it are given'),
  limit: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: MOST_ROWS,
      default: defaults.rows,
      description: `a whole number from 1 to ${MOST_ROWS}: how many candles at most, the oldest`,
    }),
  ),
});

const errorSchema = Type.Object({
  code: Type.String({ description: 'See docs/reference/errors.md.', examples: ['invalid-message'] }),
  message: Type.String({ description: 'Names the limit or the field.' }),
});

/** The answers of a route: what is its own, and any error. */
export function answers<const R extends Readonly<Record<number, TSchema | object>>>(own: R) {
  return {
    ...own,
    '4xx': { ...errorSchema, description: 'Refused.' },
    '5xx': { ...errorSchema, description: 'Failed.' },
  };
}
