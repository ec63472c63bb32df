import type { FastifyInstance } from 'fastify';
import type { Lab } from '../lab/lab.ts';

/** `/api/lab/stream`: the debug stream. Where the Lab is off there is no such path. */
export function addLabRoute(app: FastifyInstance, lab: Lab | undefined): void {
  if (lab === undefined) return;
  app.get<{ Querystring: { lab?: unknown } }>(
    '/api/lab/stream',
    // It is no API for others, and its form may change.
    { config: { scope: 'chat:read' }, schema: { hide: true } },
    (request, reply) => {
      const { raw } = reply;
      const until = request.identity?.expiresAt ?? Number.POSITIVE_INFINITY;
      const watch = lab.watch(request.query.lab, until, () => {
        const headers = reply.getHeaders();
        reply.hijack();
        raw.writeHead(200, {
          ...(headers as Record<string, string>), // what Fastify holds is what Node takes
          'Content-Type': 'text/event-stream; charset=utf-8',
          'Cache-Control': 'no-store, no-transform',
          'X-Accel-Buffering': 'no',
        });
        return {
          write: (text) => void raw.write(text),
          get waiting() {
            return raw.writableLength;
          },
          end: () => void raw.end(),
        };
      });
      raw.on('error', () => watch.end('left'));
      raw.on('close', () => watch.end('left'));
    },
  );
}
