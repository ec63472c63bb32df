import type { FastifyInstance } from 'fastify';
import { Refusal } from '../errors.ts';
import { corsHeaders, originIsAllowed } from '../limits/origin.ts';

const PREFIX = '/api/';

/**
 * Lets pages of the same origin and of allowed sites use the API from a browser, and no others. The answer to a preflight is
 * that of OPTIONS in general, with these headers.
 */
export function addCors(app: FastifyInstance, allowedOrigins: readonly string[]): void {
  app.addHook('onRequest', async (request, reply) => {
    if (!request.url.startsWith(PREFIX)) return;
    const { origin, host } = request.headers;
    const headers = corsHeaders(request.headers, allowedOrigins);
    reply.headers(headers);
    if (!originIsAllowed(origin, host, allowedOrigins)) throw new Refusal('origin-refused');
    if (request.method !== 'OPTIONS' || headers['Access-Control-Allow-Origin'] === undefined) return;
    reply.header('Access-Control-Allow-Methods', 'GET, HEAD, POST, PUT, DELETE');
    reply.header('Access-Control-Allow-Headers', 'Content-Type, Authorization, Idempotency-Key');
    reply.header('Access-Control-Max-Age', '86400');
  });
}
