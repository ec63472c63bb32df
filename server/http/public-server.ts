import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { Refusal } from '../errors.ts';
import { answerRefusal, rawRefusal } from './refusal.ts';

/** What is answered on the raw request, before the web framework and without its headers. */
export interface RawHandlers {
  stream(request: IncomingMessage, response: ServerResponse): void;
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** `/ws-endpoint` as the base of SockJS, and everything below it. */
  sockjs(request: IncomingMessage, response: ServerResponse): void;
  sockjsUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** The server is about to stop: new requests are refused, those under way are finished. */
  stopping(): boolean;
}

/** A request must be here within so many milliseconds; how long its answer takes is another matter. */
const HEADERS_TIME = 15_000;
const REQUEST_TIME = 30_000;
/** Longer than the idle time of the usual proxies (60 s), so that it is they who close. */
const KEEP_ALIVE = 65_000;
/** A silent connection is probed after so many milliseconds. */
const PROBE_AFTER = 60_000;
export const SOCKETS = '/ws-endpoint';

/** The public port: `/stream` and `/ws-endpoint` go to their own handlers, everything else to the web framework. */
export function createPublicServer(handlers: RawHandlers, framework: RequestListener): Server {
  const options = {
    headersTimeout: HEADERS_TIME,
    requestTimeout: REQUEST_TIME,
    keepAliveTimeout: KEEP_ALIVE,
    // TCP's own probes find a peer that has vanished, also one that promised no heart-beats and gets no events.
    keepAlive: true,
    keepAliveInitialDelay: PROBE_AFTER,
    // `curl --http2` asks for h2c, for example: whoever asks for what we do not speak is answered as if it had not.
    shouldUpgradeCallback: ({ headers }: IncomingMessage) => headers.upgrade?.toLowerCase() === 'websocket',
  };
  const server = createServer(options, (request, response) => {
    const path = pathOf(request);
    if (handlers.stopping()) answerRefusal(response, new Refusal('stopping'), { Connection: 'close' });
    else if (path === '/stream') handlers.stream(request, response);
    else if (path === SOCKETS || path.startsWith(`${SOCKETS}/`)) handlers.sockjs(request, response);
    else framework(request, response);
  });
  server.on('upgrade', (request, socket, head) => {
    const path = pathOf(request);
    if (path === SOCKETS) handlers.upgrade(request, socket, head);
    else if (path.startsWith(`${SOCKETS}/`)) handlers.sockjsUpgrade(request, socket, head);
    else refuse(socket, new Refusal('not-found'));
  });
  return server;
}

/** What Node's parser cannot read, or waited for in vain, gets the same form of error as everything else. */
export function answerClientError(error: Error & { readonly code?: string }, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) socket.destroy();
  else refuse(socket, new Refusal(...clientErrors(error.code)));
}

function clientErrors(code: string | undefined): ConstructorParameters<typeof Refusal> {
  if (code === 'HPE_HEADER_OVERFLOW') return ['too-large', 'The headers of the request are too large.'];
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return ['timeout', 'The request did not arrive in time.'];
  return ['invalid-request'];
}

function refuse(socket: Duplex, refusal: Refusal): void {
  // Whatever goes wrong with a socket that we are done with, the answer is to drop it.
  socket.on('error', () => socket.destroy());
  socket.once('finish', () => socket.destroy());
  socket.end(rawRefusal(refusal));
}

/** The path of a request, without the query. */
function pathOf({ url = '/' }: IncomingMessage): string {
  const query = url.indexOf('?');
  return query === -1 ? url : url.slice(0, query);
}
