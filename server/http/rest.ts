import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { TSchema } from 'typebox';
import type { Moderators } from '../auth/moderators.ts';
import type { SignIn } from '../auth/sign-in.ts';
import type { Chat } from '../chat/chat.ts';
import type { Clock } from '../clock.ts';
import { type ErrorCode, Refusal } from '../errors.ts';
import type { Lab } from '../lab/lab.ts';
import type { Logger } from '../log.ts';
import type { CandleHistory } from '../market/candle-history.ts';
import type { Market } from '../market/market.ts';
import { addCandleRoutes } from './candle-routes.ts';
import { addChatRoutes } from './chat-routes.ts';
import { addCors } from './cors.ts';
import { addExportRoute } from './export-route.ts';
import { addInfoRoute, type InstanceInfo } from './info.ts';
import { addLabRoute } from './lab-route.ts';
import { addMarketRoutes } from './market-routes.ts';
import { addModerationRoutes } from './moderation-routes.ts';
import { addOpenApi } from './openapi.ts';
import { addPage } from './page.ts';
import { answerClientError } from './public-server.ts';
import { queryValidator } from './query.ts';
import { BODY_LIMIT, httpRefusal, refusalResponse } from './refusal.ts';
import { addSecurityHeaders } from './security.ts';
import { addSignIn } from './sign-in.ts';
import { addStreamRoutes, type StreamRoutesOptions } from './stream-routes.ts';

export interface RestOptions {
  /** Makes the server that the framework is behind. */
  createServer(framework: RequestListener): Server;
  readonly chat: Chat;
  readonly market: Market;
  readonly candles: CandleHistory;
  readonly streams: StreamRoutesOptions;
  readonly info: InstanceInfo;
  readonly log: Logger;
  readonly allowedOrigins: readonly string[];
  /** Asks for tokens; everybody is a guest where it is absent. */
  readonly signIn?: SignIn | undefined;
  readonly moderators: Moderators;
  readonly clock: Clock;
  /** The address that a request comes from. */
  addressOf(request: IncomingMessage): string;
  /** Counts an answer of so many bytes until its client has taken it, or says why it may not be. */
  answers?(response: ServerResponse, bytes: number): Refusal | undefined;
  /** Told of each refusal. */
  refused?(code: ErrorCode): void;
  /** The debug stream of the Protocol Lab; off where it is absent. */
  readonly lab?: Lab | undefined;
  /** Folder of the built page. */
  readonly page: string;
}

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];

/** The API and the page, on Fastify. Its server does not listen yet. */
export async function createRest(options: RestOptions): Promise<FastifyInstance> {
  const { log } = options;
  const refuse = (reply: FastifyReply, error: unknown) => answerError(reply, error, log, options.refused);
  const app = fastify({
    bodyLimit: BODY_LIMIT,
    clientErrorHandler: (error, socket) => answerClientError(error, socket, options.refused),
    frameworkErrors: (error, _request, reply) => void refuse(reply, error),
    serverFactory: options.createServer,
  });
  app.setErrorHandler((error, _request, reply) => refuse(reply, error));
  app.setNotFoundHandler((request, reply) => answerUnknown(app, request, reply));
  // Bodies stay bytes: what reads them checks them, whichever way they came, and so there is one way to be wrong.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  app.setValidatorCompiler<TSchema>(({ schema, httpPart }) =>
    httpPart === 'body' ? () => true : queryValidator(schema),
  );
  app.addHook('onRequest', async (request, reply) => {
    if (request.url.startsWith('/api/')) reply.header('Cache-Control', 'no-store');
  });
  // What is sent piece by piece waits where it is read from, and is not held here.
  app.addHook('onSend', async ({ method }, reply, payload) => {
    const bytes = typeof payload === 'string' || payload instanceof Uint8Array ? Buffer.byteLength(payload) : 0;
    const refusal = method === 'HEAD' ? undefined : options.answers?.(reply.raw, bytes);
    if (refusal !== undefined) throw refusal;
  });
  addCors(app, options.allowedOrigins);
  addSignIn(app, options.signIn, options.moderators);
  await addSecurityHeaders(app);
  await addOpenApi(app, options.info);
  addChatRoutes(app, options.chat, options.addressOf);
  addModerationRoutes(app, options.chat);
  addExportRoute(app, options.chat);
  addMarketRoutes(app, options.market);
  addCandleRoutes(app, options.candles, options.clock);
  addStreamRoutes(app, options.streams);
  addInfoRoute(app, options.info);
  addLabRoute(app, options.lab);
  await addPage(app, options.page);
  await app.ready();
  return app;
}

function answerError(reply: FastifyReply, error: unknown, log: Logger, refused: RestOptions['refused']): FastifyReply {
  const refusal = httpRefusal(error);
  refused?.(refusal.code);
  if (refusal.code === 'internal') log.error({ err: error }, 'a request failed');
  const { status, headers, body } = refusalResponse(refusal);
  return reply.code(status).headers(headers).send(body);
}

/** A path that is not there, or is there for other methods. */
function answerUnknown(app: FastifyInstance, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const url = request.url.split('?', 1)[0] ?? '';
  // Fastify would read a pattern in it. Our paths are plain ones.
  if (/[*:()]/.test(url)) throw new Refusal('not-found');
  const methods = METHODS.filter((method) => app.hasRoute({ method: method as 'GET', url })); // one of METHODS
  if (methods.length === 0) throw new Refusal('not-found');
  reply.header('Allow', [...methods, 'OPTIONS'].join(', '));
  if (request.method !== 'OPTIONS') throw new Refusal('method-not-allowed');
  return reply.code(204).send();
}
