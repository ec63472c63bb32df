import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { SignIn } from '../../auth/sign-in.ts';
import { type ErrorCode, Refusal, refusalOf } from '../../errors.ts';
import type { ClientAddresses } from '../../limits/client-address.ts';
import type { Logger } from '../../log.ts';
import { type Place, parseCallback, parsePath, SCRIPT } from '../../protocol/sockjs/path.ts';
import type { Host } from '../../session/conversation.ts';
import { Wheel } from '../../session/wheel.ts';
import type { Drainable, Guest } from '../drain.ts';
import { peerOf } from '../peer.ts';
import { answerRefusal } from '../sse-answers.ts';
import { endUpgrade, refuseUpgrade } from '../websocket-handshake.ts';
import type { MessageForm } from '../websocket-pipe.ts';
import {
  answerMethodNotAllowed,
  answerPreflight,
  answerText,
  corsHeaders,
  type Exchange,
  frameAncestors,
  neverCached,
  stickyCookie,
} from './answers.ts';
import { Forwarder } from './forward.ts';
import { type Neighbours, socketOfOwner } from './neighbours.ts';
import { answerSend, type Sending } from './send.ts';
import { type SessionLimits, SockJsSessions } from './sessions.ts';
import { socketForm } from './socket-form.ts';
import { StaticResources } from './static.ts';
import { type Receiving, receivings, sendings } from './transports.ts';

export interface SockJsOptions {
  /** Gives each session its other side. */
  readonly host: Host;
  readonly log: Logger;
  /** The path of the endpoint, without a slash at its end. */
  readonly base: string;
  /** Origins of other sites whose pages may connect; `*` is any. */
  readonly allowedOrigins: readonly string[];
  /** Who a request comes from, where proxies stand between. */
  readonly addresses?: ClientAddresses;
  /** Where tokens are in a request; they are not looked for where this is absent. */
  readonly signIn?: Pick<SignIn, 'tokenOf'> | undefined;
  /** A new UUID, from real randomness. */
  readonly newId: () => string;
  /** The client library, and the URL from which the page for frames loads it. */
  readonly script: { readonly url: string; readonly body: Uint8Array };
  /** Whether every session request sets the cookie `JSESSIONID`. */
  readonly cookie: boolean;
  /** Whether clients may use a WebSocket; they may where this is absent. */
  readonly websocket?: boolean;
  readonly limits: SessionLimits & { readonly responseBytes: number };
  /** Takes WebSockets. */
  readonly upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer, form?: MessageForm) => void;
  /** Where several processes share the port. */
  readonly neighbours?: Neighbours | undefined;
  /** Told of each refusal, but those of sessions and of WebSockets. */
  refused?(code: ErrorCode): void;
}

/** How many sessions are told of the end before others get a turn. */
const GOODBYES = 100;

/** sockjs-protocol 0.3.3, `WebsocketHttpErrors.test_invalidMethod`: without a body. */
const NOT_BY_GET = 'HTTP/1.1 405 Method Not Allowed\r\nAllow: GET\r\nConnection: close\r\nContent-Length: 0\r\n\r\n';

/** SockJS (protocol 0.3.3): what is below the endpoint's path. */
export class SockJsEndpoint implements Drainable {
  readonly #options: SockJsOptions;
  readonly #wheel: Wheel;
  readonly #sessions: SockJsSessions;
  readonly #static: StaticResources;
  readonly #form: MessageForm;
  readonly #forwarder: Forwarder;
  readonly #ancestors: ReturnType<typeof frameAncestors>;
  #draining = false;

  constructor(options: SockJsOptions) {
    const { host, limits, script, allowedOrigins, base } = options;
    const { clock } = host.options;
    this.#options = options;
    this.#wheel = new Wheel(clock);
    this.#sessions = new SockJsSessions(host, this.#wheel, limits);
    const own = script.url === base + SCRIPT;
    this.#static = new StaticResources({ ...script, own }, allowedOrigins, clock);
    this.#form = socketForm(this.#wheel);
    this.#forwarder = new Forwarder(options.refused);
    this.#ancestors = frameAncestors(allowedOrigins);
  }

  /** Sessions over HTTP; those on a WebSocket are counted there. */
  get connections(): number {
    return this.#sessions.open;
  }

  /** Sessions over HTTP that began. */
  get accepted(): number {
    return this.#sessions.accepted;
  }

  /** Answers a request. Never throws. */
  handle(request: IncomingMessage, response: ServerResponse): void {
    this.#guard(request, response, () => this.#answer(request, response, true));
  }

  /** Answers a request that another process has passed on, because the session is here. */
  handleForwarded(request: IncomingMessage, response: ServerResponse): void {
    this.#guard(request, response, () => this.#answer(request, response, false));
  }

  /** Takes over the socket of an `upgrade` event. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const place = this.#placeOf(this.#split(request).path);
    if (place?.kind === 'session' && place.transport === 'websocket') {
      if (request.method === 'GET') this.#options.upgrade(request, socket, head, this.#form);
      else endUpgrade(socket, NOT_BY_GET);
    } else if (place?.kind === 'raw-websocket') this.#options.upgrade(request, socket, head);
    else {
      this.#options.refused?.('not-found');
      refuseUpgrade(socket, new Refusal('not-found'));
    }
  }

  drain(): readonly Guest[] {
    this.#draining = true;
    return this.#sessions.all();
  }

  /** Tells every session that the server stops, and ends it. Those on WebSockets are their endpoint's. */
  async close(): Promise<void> {
    const { clock } = this.#options.host.options;
    for (const [index, session] of this.#sessions.all().entries()) {
      session.stop();
      if (index % GOODBYES === GOODBYES - 1) await new Promise<void>((go) => clock.soon(go));
    }
    this.#wheel.close();
    this.#forwarder.close();
  }

  #guard(request: IncomingMessage, response: ServerResponse, answer: () => void): void {
    try {
      answer();
    } catch (error) {
      const refusal = refusalOf(error);
      this.#options.refused?.(refusal.code);
      if (refusal.code === 'internal') this.#options.log.error({ err: error }, 'a SockJS request failed');
      request.resume();
      if (response.headersSent) response.destroy();
      else answerRefusal(response, refusal, readable(corsHeaders(request, this.#options.allowedOrigins)));
    }
  }

  #answer(request: IncomingMessage, response: ServerResponse, mayForward: boolean): void {
    const { path, query } = this.#split(request);
    const place = this.#placeOf(path);
    const open: Exchange = { request, response, headers: {} };
    switch (place?.kind) {
      case 'greeting':
        this.#ifRead(open, () => answerText(open, 200, 'Welcome to SockJS!\n'));
        break;
      case 'iframe':
        this.#ifRead(open, () => this.#static.answerIframe(open));
        break;
      case 'script':
        this.#ifRead(open, () => this.#static.answerScript(open));
        break;
      case 'raw-websocket':
        this.#ifRead(open, () => answerUpgradeRequired(open));
        break;
      case 'info':
        this.#answerInfo(this.#exchange(request, response));
        break;
      case 'session':
        this.#answerSession(open, place, query, mayForward);
        break;
      default:
        throw new Refusal('not-found');
    }
  }

  #answerInfo(exchange: Exchange): void {
    if (exchange.request.method === 'OPTIONS') {
      answerPreflight(exchange, 'OPTIONS, GET', this.#options.host.options.clock);
      return;
    }
    this.#ifRead(exchange, () => {
      const entropy = Number.parseInt(this.#options.newId().slice(0, 8), 16);
      const websocket = this.#options.websocket ?? true;
      const info = { websocket, origins: ['*:*'], cookie_needed: this.#options.cookie, entropy };
      const body = JSON.stringify(info);
      const type = { 'Content-Type': 'application/json; charset=UTF-8', 'Content-Length': Buffer.byteLength(body) };
      exchange.response.writeHead(200, { ...exchange.headers, ...neverCached, ...type });
      exchange.response.end(exchange.request.method === 'HEAD' ? undefined : body);
    });
  }

  #answerSession(
    { request, response }: Exchange,
    { session, transport }: { readonly session: string; readonly transport: string },
    query: URLSearchParams,
    mayForward: boolean,
  ): void {
    const receiving = lookUp(receivings, transport);
    const sending = lookUp(sendings, transport);
    if (transport === 'websocket') {
      answerNoWebSocket({ request, response, headers: {} });
      return;
    }
    const method = receiving?.method ?? (sending && 'POST');
    if (method === undefined) throw new Refusal('not-found');
    const owner = this.#options.neighbours && socketOfOwner(this.#options.neighbours, session);
    if (request.method === 'OPTIONS') {
      answerPreflight(this.#exchange(request, response), `OPTIONS, ${method}`, this.#options.host.options.clock);
    } else if (request.method !== method)
      answerMethodNotAllowed({ request, response, headers: {} }, `OPTIONS, ${method}`);
    else if (owner !== undefined && mayForward) this.#forwarder.forward(request, response, owner);
    else if (receiving) this.#receive(this.#sessionExchange(request, response), session, receiving, query);
    else if (sending) this.#send(this.#sessionExchange(request, response), session, sending, !mayForward);
  }

  #send(exchange: Exchange, id: string, sending: Sending, forwarded: boolean): void {
    answerSend(exchange, this.#sessions.get(id), sending, () => {
      this.#options.refused?.('too-large');
      // Who passes a body on would find its connection gone instead of the answer.
      if (!forwarded) exchange.response.setHeader('Connection', 'close');
    });
  }

  #receive(exchange: Exchange, id: string, receiving: Receiving, query: URLSearchParams): void {
    const { request, response } = exchange;
    const callback = receiving.needsCallback ? parseCallback(query) : '';
    if (typeof callback !== 'string') {
      const what = callback === undefined ? '"callback" parameter required' : 'invalid "callback" parameter';
      answerText(exchange, 500, what);
      return;
    }
    const session = this.#sessions.get(id);
    if (session === undefined && this.#draining) throw new Refusal('stopping');
    const peer = peerOf(request, this.#options.addresses, session === undefined ? this.#options.signIn : undefined);
    if (session === undefined) this.#sessions.check(peer);
    else if (!session.over && session.wire !== receiving.wire) {
      throw new Refusal('invalid-parameter', 'The session belongs to another transport.');
    }
    request.resume();
    const frames = receiving.type.startsWith('text/html') ? this.#ancestors : {};
    const headers = { ...exchange.headers, ...frames, 'Content-Type': receiving.type };
    const options = { callback, limit: this.#options.limits.responseBytes };
    const receiver = receiving.receiver({ request, response, headers }, options);
    if (session === undefined) this.#sessions.begin(id, peer, receiving.wire, receiver);
    else session.attach(receiver);
  }

  /** Runs `answer` for GET and HEAD. */
  #ifRead(exchange: Exchange, answer: () => void): void {
    exchange.request.resume();
    const { method } = exchange.request;
    if (method === 'GET' || method === 'HEAD') answer();
    else {
      this.#options.refused?.('method-not-allowed');
      answerRefusal(exchange.response, new Refusal('method-not-allowed'), { Allow: 'GET, HEAD' });
    }
  }

  /** Refuses pages that may not ask. */
  #exchange(request: IncomingMessage, response: ServerResponse): Exchange {
    const headers = corsHeaders(request, this.#options.allowedOrigins);
    if (headers === undefined) {
      throw new Refusal('origin-refused', 'Pages of this origin may not connect; see ALLOWED_ORIGINS.');
    }
    return { request, response, headers };
  }

  #sessionExchange(request: IncomingMessage, response: ServerResponse): Exchange {
    const { headers } = this.#exchange(request, response);
    const cookie = this.#options.cookie ? stickyCookie(request) : {};
    // Nobody shall guess that a script or a page is something else.
    const own = { ...neverCached, ...cookie, 'X-Content-Type-Options': 'nosniff' };
    return { request, response, headers: { ...headers, ...own } };
  }

  /** Where there are no WebSockets, there is nothing at their paths. */
  #placeOf(path: string): Place | undefined {
    const place = parsePath(path);
    const isWebSocket =
      place?.kind === 'raw-websocket' || (place?.kind === 'session' && place.transport === 'websocket');
    return isWebSocket && this.#options.websocket === false ? undefined : place;
  }

  #split({ url = '' }: IncomingMessage): { readonly path: string; readonly query: URLSearchParams } {
    const at = url.indexOf('?');
    const path = at === -1 ? url : url.slice(0, at);
    return { path: path.slice(this.#options.base.length), query: new URLSearchParams(at === -1 ? '' : url.slice(at)) };
  }
}

/** sockjs-protocol 0.3.3, `WebsocketHttpErrors`. */
function answerNoWebSocket(exchange: Exchange): void {
  exchange.request.resume();
  const { method, headers } = exchange.request;
  if (method !== 'GET') answerMethodNotAllowed(exchange, 'GET');
  else if (headers.upgrade?.toLowerCase() !== 'websocket')
    answerText(exchange, 400, 'Can "Upgrade" only to "WebSocket".');
  else answerText(exchange, 400, '"Connection" must be "Upgrade".');
}

/** RFC 9110 section 15.5.22, and RFC 6455 section 4.4 for the version. */
function answerUpgradeRequired({ response }: Exchange): void {
  const headers = { Upgrade: 'websocket', Connection: 'Upgrade', 'Sec-WebSocket-Version': '13' };
  answerRefusal(response, new Refusal('upgrade-required'), headers);
}

function lookUp<T>(table: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}

/** The headers of an answer as single texts. */
function readable(headers: ReturnType<typeof corsHeaders>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers ?? {}).map(([name, value]) => [name, String(value)]));
}
