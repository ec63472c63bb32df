import type { FastifyInstance, FastifyRequest, RouteShorthandOptions } from 'fastify';
import type Type from 'typebox';
import { isName } from '../chat/author.ts';
import type { Chat } from '../chat/chat.ts';
import type { Reason } from '../chat/moderation.ts';
import { roomRules } from '../chat/room-rules.ts';
import { Refusal } from '../errors.ts';
import { bodyReader } from './body.ts';
import {
  auditQuerySchema,
  auditSchema,
  deleteQuerySchema,
  deletionSchema,
  muteBodySchema,
  mutedSchema,
  roomBodySchema,
  roomSetSchema,
  roomsSchema,
  rulesSchema,
  unmutedSchema,
  unmuteQuerySchema,
  wordBodySchema,
  wordQuerySchema,
  wordSchema,
} from './moderation-schemas.ts';
import { answers, defaults } from './schemas.ts';

type Query<S extends Type.TSchema> = { Querystring: Type.Static<S> };
type Schema = NonNullable<RouteShorthandOptions['schema']>;

/** A route for moderators alone. */
function forModerators(summary: string, schema: Schema): RouteShorthandOptions {
  return { config: { scope: 'moderate' }, schema: { tags: ['moderation'], summary, ...schema } };
}

/** Who asks, and why, for the audit. */
function whyOf({ identity }: FastifyRequest, reason = ''): Reason {
  return { by: identity?.name ?? 'moderator', reason };
}

/** `/api/moderation/…`, deleting a message, and what holds in the rooms. */
export function addModerationRoutes(app: FastifyInstance, chat: Chat): void {
  addMessageRoutes(app, chat);
  addMuteRoutes(app, chat);
  addRoomRoutes(app, chat);
  addWordRoutes(app, chat);
  app.get(
    '/api/moderation/rules',
    forModerators('All mutes, rooms and words that hold', { response: answers({ 200: rulesSchema }) }),
    async () => chat.moderation.rules(),
  );
  app.get<Query<typeof auditQuerySchema>>(
    '/api/moderation/audit',
    forModerators('Who did what', { querystring: auditQuerySchema, response: answers({ 200: auditSchema }) }),
    async ({ query: { before = Number.MAX_SAFE_INTEGER, limit = 50 } }) => ({
      entries: await chat.moderation.audit(before, limit),
    }),
  );
}

function addMessageRoutes(app: FastifyInstance, chat: Chat): void {
  app.delete<Query<typeof deleteQuerySchema>>(
    '/api/chat/messages',
    forModerators('Deletes a message for good, for everybody; the same again gives the same answer', {
      querystring: deleteQuerySchema,
      response: answers({ 200: deletionSchema }),
    }),
    async (request) => {
      const { room = defaults.room, seq, reason } = request.query;
      const { name } = chat.room(room);
      return chat.moderation.delete(name, seq, whyOf(request, reason));
    },
  );
}

function addMuteRoutes(app: FastifyInstance, chat: Chat): void {
  const read = bodyReader(muteBodySchema);
  app.post(
    '/api/moderation/mutes',
    forModerators('Mutes a name for a time, in one room or all', {
      body: muteBodySchema,
      response: answers({ 200: mutedSchema }),
    }),
    async (request) => {
      const { name, room = '', seconds, reason } = read(request.body);
      refuseName(name);
      if (room !== '') chat.room(room);
      const mute = { name, room, until: chat.moderation.now() + seconds * 1_000 };
      await chat.moderation.mute(mute, whyOf(request, reason));
      return mute;
    },
  );
  app.delete<Query<typeof unmuteQuerySchema>>(
    '/api/moderation/mutes',
    forModerators('Takes a mute back', { querystring: unmuteQuerySchema, response: answers({ 200: unmutedSchema }) }),
    async (request) => {
      const { name, room = '', reason } = request.query;
      await chat.moderation.unmute({ name, room }, whyOf(request, reason));
      return { name, room };
    },
  );
}

function addRoomRoutes(app: FastifyInstance, chat: Chat): void {
  const read = bodyReader(roomBodySchema);
  app.get(
    '/api/chat/rooms',
    {
      config: { scope: 'chat:read' },
      schema: { tags: ['chat'], summary: 'The rooms, and what holds in each', response: answers({ 200: roomsSchema }) },
    },
    async () => ({ rooms: roomRules(chat.rooms.keys(), chat.moderation) }),
  );
  app.put(
    '/api/moderation/rooms',
    forModerators('Sets the slow mode of a room, and closes or opens it', {
      body: roomBodySchema,
      response: answers({ 200: roomSetSchema }),
    }),
    async (request) => {
      const { room, slowMode, closed, reason } = read(request.body);
      const rules = { room: chat.room(room).name, slowMode, closed };
      await chat.moderation.setRoom(rules, whyOf(request, reason));
      return rules;
    },
  );
}

function addWordRoutes(app: FastifyInstance, chat: Chat): void {
  const read = bodyReader(wordBodySchema);
  app.post(
    '/api/moderation/words',
    forModerators('Refuses messages with a word from now on', {
      description: '`word` is refused as a whole word, `word*` at a beginning, `*word` at an end, `*word*` anywhere.',
      body: wordBodySchema,
      response: answers({ 200: wordSchema }),
    }),
    async (request) => {
      const { word, reason } = read(request.body);
      return { word: await chat.moderation.addWord(word, whyOf(request, reason)) };
    },
  );
  app.delete<Query<typeof wordQuerySchema>>(
    '/api/moderation/words',
    forModerators('Allows a word again', { querystring: wordQuerySchema, response: answers({ 200: wordSchema }) }),
    async (request) => {
      const { word, reason } = request.query;
      return { word: await chat.moderation.removeWord(word, whyOf(request, reason)) };
    },
  );
}

function refuseName(name: string): void {
  if (!isName(name)) throw new Refusal('invalid-message', '"name" must be a name without control characters.');
}
