import type { IncomingMessage } from 'node:http';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type Type from 'typebox';
import type { Author } from '../chat/author.ts';
import type { Chat } from '../chat/chat.ts';
import { messageSchema as draftSchema } from '../chat/message.ts';
import { Refusal } from '../errors.ts';
import { networkOf } from '../limits/network.ts';
import { idempotencyHeaders, idempotencyKey } from './idempotency-key.ts';
import {
  answers,
  defaults,
  historyQuerySchema,
  historySchema,
  messageSchema,
  presenceSchema,
  roomQuerySchema,
} from './schemas.ts';

/** Who writes over REST without a name. It is always the same, so that the same message sent again is the same. */
const GUEST = 'guest';

/** Requests have no session: those of guests from one address count as one. */
function authorOf({ identity, raw }: FastifyRequest, addressOf: (request: IncomingMessage) => string): Author {
  const address = networkOf(addressOf(raw));
  const name = identity?.name;
  if (name === undefined) return { session: `rest ${address}`, name, fallback: GUEST, address };
  const moderator = identity?.scopes.has('moderate') ?? false;
  return { session: `rest ${name}`, name, fallback: name, signedIn: true, address, moderator };
}

/** `/api/chat/…`: history, sending, who is here. */
export function addChatRoutes(app: FastifyInstance, chat: Chat, addressOf: (request: IncomingMessage) => string): void {
  app.get<{ Querystring: Type.Static<typeof historyQuerySchema> }>(
    '/api/chat/messages',
    {
      config: { scope: 'chat:read' },
      schema: {
        tags: ['chat'],
        summary: 'Part of a room’s history: the newest messages, or those before or after a seq',
        querystring: historyQuerySchema,
        response: answers({ 200: historySchema }),
      },
    },
    async ({ query: { room = defaults.room, before, after, limit = defaults.messages } }) => {
      if (before !== undefined && after !== undefined)
        throw new Refusal('invalid-parameter', 'The parameters before and after cannot both be given.');
      return chat.room(room).history({ before, after, limit });
    },
  );

  app.post<{ Querystring: Type.Static<typeof roomQuerySchema> }>(
    '/api/chat/messages',
    {
      config: { scope: 'chat:write' },
      schema: {
        tags: ['chat'],
        summary: 'Sends a message; answered when it is committed',
        description:
          'The same id again from the same sender is stored once; it is answered with 200 and what was stored. The header Idempotency-Key is another way to give the id.',
        querystring: roomQuerySchema,
        headers: idempotencyHeaders,
        body: draftSchema,
        response: answers({
          200: { ...messageSchema, description: 'It was committed before.' },
          201: { ...messageSchema, description: 'It is committed now.' },
        }),
      },
    },
    async (request, reply) => {
      const { room = defaults.room } = request.query;
      const { message, duplicate } = await chat.post(
        room,
        request.body,
        authorOf(request, addressOf),
        idempotencyKey(request.headers),
      );
      return reply.code(duplicate ? 200 : 201).send(message);
    },
  );

  app.get(
    '/api/chat/presence',
    {
      config: { scope: 'chat:read' },
      schema: { tags: ['chat'], summary: 'Who is here', response: answers({ 200: presenceSchema }) },
    },
    async () => chat.presence.totals(),
  );
}
