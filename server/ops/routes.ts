import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fastifyStatic } from '@fastify/static';
import fastify, { type FastifyInstance } from 'fastify';
import Type from 'typebox';
import Value from 'typebox/value';
import { Refusal } from '../errors.ts';
import type { AdminAccess } from '../http/admin-access.ts';
import { BODY_LIMIT, httpRefusal, refusalResponse } from '../http/refusal.ts';
import { addSecurityHeaders } from '../http/security.ts';
import { originIsAllowed } from '../limits/origin.ts';
import type { Logger } from '../log.ts';
import { actionSchema, type Operated } from './state.ts';

export interface OpsRoutesOptions {
  readonly log: Logger;
  readonly access: AdminAccess;
  /** What runs behind this admin port alone. */
  readonly own: Operated;
  /** The same and its peers. */
  readonly fleet: Operated;
  /** Folder of the built page. */
  readonly page: string;
}

const orderSchema = Type.Object({ instance: Type.String({ minLength: 1, maxLength: 100 }), action: actionSchema });
const PAGE = 'ops.html';

/**
 * The operator's view: the page at `/ops`, and below `/ops/api/` what it asks for. The page itself holds nothing that is not
 * public; all else asks for access. It has no server of its own: requests are handed to its `routing`.
 */
export async function createOps(options: OpsRoutesOptions): Promise<FastifyInstance> {
  const { log, access, own, fleet } = options;
  const app = fastify({ bodyLimit: BODY_LIMIT });
  // A page of another site can send a text without asking first; JSON it cannot.
  app.removeContentTypeParser('text/plain');
  app.setErrorHandler((error, _request, reply) => {
    const refusal = httpRefusal(error);
    if (refusal.code === 'internal') log.error({ err: error }, 'a request of the operator’s view failed');
    const { status, headers, body } = refusalResponse(refusal);
    return reply.code(status).headers(headers).send(body);
  });
  app.setNotFoundHandler(() => {
    throw new Refusal('not-found');
  });
  await addSecurityHeaders(app);
  app.addHook('onRequest', async (request, reply) => {
    if (!request.url.startsWith('/ops/api/')) return;
    reply.header('Cache-Control', 'no-store');
    // A page of another site must not act in the name of who sits at this machine.
    const { origin, host } = request.headers;
    if (!originIsAllowed(origin, host, [])) throw new Refusal('origin-refused');
    const refusal = access(request.raw);
    if (refusal !== undefined) throw refusal;
  });
  app.get('/ops/api/instances', async (request) => {
    const alone = new URL(request.url, 'http://localhost').searchParams.has('own');
    return { instances: await (alone ? own : fleet).states() };
  });
  app.post('/ops/api/actions', async (request) => {
    const { body } = request;
    if (!Value.Check(orderSchema, body))
      throw new Refusal(
        'invalid-message',
        'The body must be {"instance","action":{"do"}}; see docs/production/ops.md.',
      );
    const view = await fleet.act(body.instance, body.action);
    // To look is no act.
    if (view === undefined) log.warn({ instance: body.instance, action: body.action }, 'an operator acted');
    return { view };
  });
  await addOpsPage(app, options.page);
  await app.ready();
  return app;
}

async function addOpsPage(app: FastifyInstance, folder: string): Promise<void> {
  if (!existsSync(join(folder, PAGE))) return;
  await app.register(fastifyStatic, { root: folder, serve: false, cacheControl: false });
  app.get('/ops', (_request, reply) => reply.header('Cache-Control', 'no-cache').sendFile(PAGE));
  app.get('/favicon.svg', (_request, reply) => reply.sendFile('favicon.svg'));
  app.get<{ Params: { file: string } }>('/assets/:file', (request, reply) =>
    reply.header('Cache-Control', 'public, max-age=31536000, immutable').sendFile(`assets/${request.params.file}`),
  );
}
