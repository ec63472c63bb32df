import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Clock } from '../clock.ts';
import { type ErrorCode, Refusal } from '../errors.ts';
import type { Limits } from '../limits/limits.ts';
import { corsHeaders } from '../limits/origin.ts';
import { guardConnections } from './connection-gate.ts';
import { httpLimits, MOST_HEADERS, requestRefusal } from './http-limits.ts';
import { inTurn, isAnswering } from './in-turn.ts';
import type { Stage } from './readiness.ts';
import { answerRefusal, rawRefusal } from './refusal.ts';
import { RequestTurns } from './request-turns.ts';
import { cutUntaken, TAKE_TIME } from './take-time.ts';
import { pathOf } from './target.ts';

/** What is answered on the raw request, before the web framework and without its headers. */
export interface RawHandlers {
  stream(request: IncomingMessage, response: ServerResponse): void;
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** `/ws-endpoint` as the base of SockJS, and everything below it. */
  sockjs(request: IncomingMessage, response: ServerResponse): void;
  sockjsUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** How far the server's stop has come. */
  stage(): Stage;
  readonly limits: Limits;
  readonly allowedOrigins: readonly string[];
  readonly clock: Clock;
}

export const SOCKETS = '/ws-endpoint';
/** A POST here is a chat message, and counts as one. */
const MESSAGES = '/api/chat/messages';
const READS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/** The public port: `/stream` and `/ws-endpoint` go to their own handlers, everything else to the web framework. */
export function createPublicServer(handlers: RawHandlers, framework: RequestListener): Server {
  const options = {
    ...httpLimits,
    // `curl --http2` asks for h2c, for example: whoever asks for what we do not speak is answered as if it had not (RFC 9110
    // section 7.8), and so is who asks before it has the last answer.
    shouldUpgradeCallback: ({ headers, socket }: IncomingMessage) =>
      headers.upgrade?.toLowerCase() === 'websocket' && !isAnswering(socket),
  };
  const turns = new RequestTurns(handlers.clock);
  const answer: RequestListener = (request, response) => {
    const path = pathOf(request);
    const wrong = requestRefusal(request);
    // Such requests too are counted, for they leave their connection as it was.
    if (wrong !== undefined) refuseRequest(handlers, request, response, handlers.limits.request(request) ?? wrong);
    else if (handlers.stage() === 'closing') {
      response.setHeader('Connection', 'close');
      refuseRequest(handlers, request, response, new Refusal('stopping'));
    } else if (path === '/stream') handlers.stream(request, response);
    else if (path === SOCKETS || path.startsWith(`${SOCKETS}/`)) {
      const tooFast = handlers.limits.sockjs(request);
      if (tooFast === undefined) handlers.sockjs(request, response);
      else refuseRequest(handlers, request, response, tooFast);
    } else {
      // The connection's next request shall find another instance.
      if (handlers.stage() === 'leaving') response.setHeader('Connection', 'close');
      cutUntaken(response, TAKE_TIME, () => handlers.limits.refusals.count('too-slow'));
      const tooFast = spend(handlers.limits, request, path);
      if (tooFast !== undefined) return refuseRequest(handlers, request, response, tooFast);
      // What only reads is for nobody once its client has gone; what writes was sent, and is done.
      const wanted = (): boolean => !response.destroyed || !READS.has(request.method ?? '');
      turns.begin(handlers.limits.strangerOf(request), () => framework(request, response), wanted);
    }
  };
  const listener = inTurn(answer, handlers.clock, () => handlers.limits.refusals.count('too-fast'));
  const server = createServer(options, listener);
  server.on('checkExpectation', listener);
  // One above what is answered with 431, so that it can be told.
  server.maxHeadersCount = MOST_HEADERS + 1;
  guardConnections(server, handlers.limits, handlers.clock);
  server.on('upgrade', (request, socket, head) => {
    const path = pathOf(request);
    const isSocket = path === SOCKETS || path.startsWith(`${SOCKETS}/`);
    const wrong = requestRefusal(request) ?? (isSocket ? undefined : new Refusal('not-found'));
    if (wrong !== undefined) {
      handlers.limits.refusals.count(wrong.code);
      refuse(socket, wrong);
    } else if (path === SOCKETS) handlers.upgrade(request, socket, head);
    else handlers.sockjsUpgrade(request, socket, head);
  });
  return server;
}

function spend(limits: Limits, request: IncomingMessage, path: string): Refusal | undefined {
  return request.method === 'POST' && path === MESSAGES ? limits.message(request) : limits.request(request);
}

/** Before anything else has looked at the request. Its body is not waited for. */
function refuseRequest(
  { limits, allowedOrigins }: RawHandlers,
  request: IncomingMessage,
  response: ServerResponse,
  refusal: Refusal,
): void {
  limits.refusals.count(refusal.code);
  answerRefusal(response, refusal, corsHeaders(request.headers, allowedOrigins));
}

/** What Node's parser cannot read, or waited for in vain, gets the same form of error as everything else. */
export function answerClientError(
  error: Error & { readonly code?: string },
  socket: Duplex,
  refused?: (code: ErrorCode) => void,
): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const refusal = new Refusal(...clientErrors(error.code));
  refused?.(refusal.code);
  refuse(socket, refusal);
}

function clientErrors(code: string | undefined): ConstructorParameters<typeof Refusal> {
  if (code === 'HPE_HEADER_OVERFLOW') return ['headers-too-large'];
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return ['timeout', 'The request did not arrive in time.'];
  return ['invalid-request'];
}

function refuse(socket: Duplex, refusal: Refusal): void {
  // Whatever goes wrong with a socket that we are done with, the answer is to drop it.
  socket.on('error', () => socket.destroy());
  socket.once('finish', () => socket.destroy());
  socket.end(rawRefusal(refusal));
}
