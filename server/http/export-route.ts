import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import type { Chat } from '../chat/chat.ts';
import { exportQuerySchema } from './moderation-schemas.ts';
import { answers, defaults } from './schemas.ts';

/** `/api/chat/export`: the messages of a room as lines of JSON, sent as fast as they are taken. */
export function addExportRoute(app: FastifyInstance, chat: Chat): void {
  app.get<{ Querystring: Type.Static<typeof exportQuerySchema> }>(
    '/api/chat/export',
    {
      config: { scope: 'moderate' },
      exposeHeadRoute: false,
      schema: {
        tags: ['moderation'],
        summary: 'The messages of a room, a line of JSON each',
        description:
          'Oldest first. An answer that is cut before its end is incomplete. One at a time on each instance.',
        produces: ['application/x-ndjson'],
        querystring: exportQuerySchema,
        response: answers({ 200: Type.String({ description: 'NDJSON: seq, id, sender, content, time.' }) }),
      },
    },
    async ({ query, identity }, reply) => {
      const { room: given = defaults.room, from = 1, to = Number.MAX_SAFE_INTEGER } = query;
      const room = chat.room(given).name;
      const { pages, end } = chat.exports.begin({ room, from, to }, () => stream.destroy());
      // One page is read ahead, not the sixteen of the default.
      const stream = Readable.from(pages, { highWaterMark: 1 });
      stream.once('close', end);
      try {
        const until = query.to === undefined ? '' : ` to ${to}`;
        await chat.moderation.note('export', `${room} from ${from}${until}`, {
          by: identity?.name ?? 'moderator',
          reason: '',
        });
      } catch (error) {
        stream.destroy();
        throw error;
      }
      return reply.type('application/x-ndjson').send(stream);
    },
  );
}
