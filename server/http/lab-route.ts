import type { FastifyInstance } from 'fastify';
import { answerWatch } from '../lab/answer.ts';
import type { Lab } from '../lab/lab.ts';
import { LAB_PATH } from '../lab/watch-elsewhere.ts';

/** `/api/lab/stream`: the debug stream. Where the Lab is off there is no such path. */
export function addLabRoute(app: FastifyInstance, lab: Lab | undefined): void {
  if (lab === undefined) return;
  app.get<{ Querystring: { lab?: unknown } }>(
    LAB_PATH,
    // It is no API for others, and its form may change.
    { config: { scope: 'chat:read' }, schema: { hide: true } },
    async (request, reply) => {
      const until = request.identity?.expiresAt ?? Number.POSITIVE_INFINITY;
      const headers = reply.getHeaders() as Record<string, string>; // what Fastify holds is what Node takes
      await answerWatch(reply.raw, headers, (open) =>
        lab.watchEverywhere(request.query.lab, until, () => {
          reply.hijack();
          return open();
        }),
      );
    },
  );
}
