import type { FastifyInstance } from 'fastify';

const PREFIX = '/api/';

/**
 * Lets pages of other sites use the API from a browser (Fetch Standard, section 3.2). Pages of the same origin need nothing
 * of this. The answer to a preflight is that of OPTIONS in general, with these headers.
 */
export function addCors(app: FastifyInstance, allowedOrigins: readonly string[]): void {
  if (allowedOrigins.length === 0) return;
  const any = allowedOrigins.includes('*');
  app.addHook('onRequest', async (request, reply) => {
    if (!request.url.startsWith(PREFIX)) return;
    const { origin } = request.headers;
    if (!any) reply.header('Vary', 'Origin');
    if (origin === undefined || !(any || allowedOrigins.includes(origin))) return;
    reply.header('Access-Control-Allow-Origin', any ? '*' : origin);
    if (request.method !== 'OPTIONS') return;
    reply.header('Access-Control-Allow-Methods', 'GET, HEAD, POST');
    reply.header('Access-Control-Allow-Headers', 'Content-Type');
    reply.header('Access-Control-Max-Age', '86400');
  });
}
