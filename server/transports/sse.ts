import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { needScope } from '../auth/scopes.ts';
import type { SignIn } from '../auth/sign-in.ts';
import type { Clock } from '../clock.ts';
import { type ErrorCode, Refusal, refusalOf } from '../errors.ts';
import type { Hub } from '../hub/hub.ts';
import type { Limits } from '../limits/limits.ts';
import { corsHeaders, originIsAllowed } from '../limits/origin.ts';
import type { Logger } from '../log.ts';
import { encodeRetry } from '../protocol/sse/event.ts';
import { chunked, type Framing, gzipped, plain, readsGzip } from '../protocol/sse/framing.ts';
import type { Drainable, Guest } from './drain.ts';
import { ALLOW, answerPreflight, answerRefusal, streamHeaders } from './sse-answers.ts';
import { SseConnection, type SseConnectionOptions } from './sse-connection.ts';
import { Expiries } from './sse-expiries.ts';
import { takeSocket } from './sse-socket.ts';
import type { StreamRequest, StreamSource } from './sse-source.ts';
import { SLOTS, Wheel } from './sse-wheel.ts';

export interface SseOptions<E> {
  readonly hub: Hub;
  readonly clock: Clock;
  readonly log: Logger;
  readonly source: StreamSource<E>;
  /** Origins of other sites whose pages may read the stream; `*` is all. */
  readonly allowedOrigins: readonly string[];
  /** Whether clients that read gzip get it; they do where this is absent. */
  readonly compression?: boolean;
  /** Told of each connection that begins to follow, and once when it has ended. */
  opened?(): void;
  closed?(): void;
  /** Counts streams by address; there is no bound where it is absent. */
  readonly limits?: Pick<Limits, 'join' | 'request' | 'addresses'>;
  /** Asks for tokens; everybody may read where it is absent. */
  readonly signIn?: SignIn | undefined;
  /** Told of each refusal. */
  refused?(code: ErrorCode): void;
}

/** Clients connect again after so many milliseconds, each after another time, so that they do not come all at once. */
const RETRY = { least: 1_000, spread: 4_000 };
/** How many streams are ended in one go when the endpoint closes, and how long clients have to take the rest. */
const GOODBYES = 500;
const LINGER = 2_000;

/** A request, and what answers it. */
interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly cors: Record<string, string>;
}

/**
 * Server-Sent Events over HTTP/1 (HTML Living Standard, section 9.2). GET follows the source's stream, from the header
 * `Last-Event-ID` or else the query parameter `lastEventId` on; HEAD answers with the head alone. The response's head goes
 * the usual way; its body is prepared bytes, shared by all clients, straight into the socket. So a connection that carries a
 * stream carries nothing else, and ends with it.
 */
export class SseEndpoint<E> implements Drainable {
  /** Streams that began, and those of them that went on from where another one ended. */
  accepted = 0;
  resumed = 0;
  readonly #options: SseOptions<E>;
  readonly #wheel: Wheel<SseConnection<E>>;
  readonly #expiries: Expiries<SseConnection<E>> | undefined;
  /** Sockets that carry a stream, or will once its start is known. */
  readonly #sockets = new Map<Socket, SseConnection<E> | undefined>();
  /** One listener for all sockets. */
  readonly #closed: (this: Socket) => void;
  #connections = 0;
  /** Nobody new is taken. */
  #draining = false;
  #emptied: (() => void) | undefined;

  constructor(options: SseOptions<E>) {
    this.#options = options;
    this.#wheel = new Wheel(options.clock);
    this.#expiries = options.signIn && new Expiries(options.clock);
    const forget = (socket: Socket): void => this.#forget(socket);
    this.#closed = function (this: Socket) {
      forget(this);
    };
  }

  get #compresses(): boolean {
    return this.#options.compression ?? true;
  }

  /** Clients that follow now. */
  get connections(): number {
    return this.#connections;
  }

  /** Answers a request, when those before it on its connection are answered. Never throws. */
  handle(request: IncomingMessage, response: ServerResponse): void {
    const exchange = { request, response, cors: corsHeaders(request.headers, this.#options.allowedOrigins) };
    const { origin, host } = request.headers;
    // A GET that is answered takes its connection with it, and those are counted.
    const tooFast = request.method === 'GET' ? undefined : this.#options.limits?.request(request);
    if (tooFast !== undefined) this.#refuse(exchange, tooFast);
    else if (!originIsAllowed(origin, host, this.#options.allowedOrigins))
      this.#refuse(exchange, new Refusal('origin-refused'));
    else if (request.method === 'OPTIONS') answerPreflight(response, exchange.cors);
    else if (request.method === 'GET' || request.method === 'HEAD') this.#answer(exchange);
    else {
      this.#options.refused?.('method-not-allowed');
      answerRefusal(response, new Refusal('method-not-allowed'), { ...exchange.cors, Allow: ALLOW });
    }
  }

  drain(): readonly Guest[] {
    this.#draining = true;
    return [...this.#sockets.values()].filter((connection) => connection !== undefined);
  }

  /** Ends all streams in good order; resolves when their connections are gone. */
  async close(): Promise<void> {
    this.#draining = true;
    this.#wheel.stop();
    this.#expiries?.stop();
    const { clock } = this.#options;
    for (const [index, connection] of [...this.#sockets.values()].entries()) {
      connection?.finish();
      if (index % GOODBYES === GOODBYES - 1) await new Promise<void>((go) => clock.soon(go));
    }
    const deadline = clock.after(LINGER, () => {
      for (const socket of this.#sockets.keys()) socket.destroy();
    });
    await new Promise<void>((done) => {
      this.#emptied = done;
      if (this.#sockets.size === 0) done();
    });
    deadline.cancel();
  }

  #answer(exchange: Exchange): void {
    const { request } = exchange;
    try {
      if (this.#draining) throw new Refusal('stopping');
      const query = new URLSearchParams(request.url?.split('?', 2)[1]);
      const asked = this.#options.source.parse(query);
      if (this.#options.signIn === undefined) this.#admit(exchange, asked, query, Number.POSITIVE_INFINITY);
      else void this.#signIn(this.#options.signIn, exchange, asked, query);
    } catch (error) {
      this.#refuse(exchange, error);
    }
  }

  async #signIn(signIn: SignIn, exchange: Exchange, asked: StreamRequest<E>, query: URLSearchParams): Promise<void> {
    const { request } = exchange;
    try {
      // To check a token costs something; a connection may bring one after the other.
      const refusal = request.method === 'GET' ? this.#options.limits?.request(request) : undefined;
      if (refusal !== undefined) throw refusal;
      const { scopes, expiresAt } = await signIn.identify(signIn.tokenOf(request)?.value);
      needScope(scopes, asked.scope);
      if (request.socket.destroyed) return;
      if (this.#draining) throw new Refusal('stopping');
      this.#admit(exchange, asked, query, expiresAt);
    } catch (error) {
      this.#refuse(exchange, error);
    }
  }

  #admit(exchange: Exchange, asked: StreamRequest<E>, query: URLSearchParams, expiresAt: number): void {
    const { request, response, cors } = exchange;
    if (request.method === 'HEAD') {
      const coding = this.#codingHeaders(this.#framing(request), cors);
      response.writeHead(200, { ...streamHeaders, ...cors, ...coding }).end();
    } else {
      const refusal = this.#options.limits?.join(request);
      if (refusal !== undefined) throw refusal;
      void this.#open(exchange, asked, query, expiresAt);
    }
  }

  async #open(exchange: Exchange, asked: StreamRequest<E>, query: URLSearchParams, expiresAt: number): Promise<void> {
    const { request, response, cors } = exchange;
    const { socket, headers } = request;
    // Asked for now: a socket that has been cut does not know any more.
    const address = this.#options.limits?.addresses.of(request) ?? socket.remoteAddress ?? '';
    try {
      this.#sockets.set(socket, undefined);
      socket.on('close', this.#closed);
      const last = headers['last-event-id'] || query.get('lastEventId') || undefined;
      const opened = await asked.open(typeof last === 'string' ? last : undefined);
      if (last !== undefined) this.resumed++;
      if (this.#draining) throw new Refusal('stopping');
      const framing = this.#framing(request);
      const coding = this.#codingHeaders(framing, cors);
      response.writeHead(200, { ...streamHeaders, ...cors, ...coding, Connection: 'close' });
      response.flushHeaders();
      // It says "close" to the HTTP server alone.
      socket.off('close', this.#closed);
      await takeSocket(request, response, this.#options.clock);
      this.#begin({ socket, framing, opened, address }, expiresAt);
    } catch (error) {
      socket.off('close', this.#closed);
      this.#forget(socket);
      this.#refuse(exchange, error);
    }
  }

  #framing({ httpVersion, headers }: IncomingMessage): Framing {
    if (httpVersion === '1.0') return plain;
    return this.#compresses && readsGzip(headers['accept-encoding']) ? gzipped : chunked;
  }

  #codingHeaders({ name }: Framing, { Vary }: Record<string, string>): Record<string, string> {
    const vary = this.#compresses ? { Vary: `${Vary}, Accept-Encoding` } : {};
    return name === 'gzip' ? { ...vary, 'Content-Encoding': 'gzip' } : vary;
  }

  #begin(ready: Pick<SseConnectionOptions<E>, 'socket' | 'framing' | 'opened' | 'address'>, expiresAt: number): void {
    const { socket } = ready;
    if (socket.destroyed || this.#draining) {
      socket.destroy();
      this.#forget(socket);
      return;
    }
    socket.on('close', this.#closed);
    const { hub } = this.#options;
    const slot = this.#wheel.slot();
    const preface = encodeRetry(RETRY.least + (RETRY.spread * slot) / SLOTS);
    const connection = new SseConnection({ ...ready, hub, slot, preface, number: this.accepted });
    this.#sockets.set(socket, connection);
    this.#wheel.add(connection, slot);
    this.#expiries?.add(connection, expiresAt);
    this.#connections++;
    this.accepted++;
    this.#note(connection, 'a stream has begun');
    this.#options.opened?.();
  }

  #note({ number }: SseConnection<E>, text: string): void {
    this.#options.log.debug({ connection: `sse-${number}` }, text);
  }

  #forget(socket: Socket): void {
    const connection = this.#sockets.get(socket);
    if (!this.#sockets.delete(socket)) return;
    if (this.#sockets.size === 0) this.#emptied?.();
    if (connection === undefined) return;
    connection.gone();
    this.#note(connection, 'a stream has ended');
    this.#wheel.remove(connection, connection.slot);
    this.#expiries?.remove(connection);
    this.#connections--;
    this.#options.closed?.();
  }

  #refuse({ request, response, cors }: Exchange, error: unknown): void {
    const refusal = refusalOf(error);
    this.#options.refused?.(refusal.code);
    if (refusal.code === 'internal') this.#options.log.error({ err: error }, 'a stream could not be opened');
    // One connection shall not bring one wrong request after the other.
    if (response.headersSent) request.socket.destroy();
    else answerRefusal(response, refusal, { ...cors, Connection: 'close' });
  }
}
