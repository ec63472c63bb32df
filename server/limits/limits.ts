import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Clock } from '../clock.ts';
import { Refusal } from '../errors.ts';
import { type ClientAddresses, clientAddresses } from './client-address.ts';
import { Connections } from './connections.ts';
import { networkOf } from './network.ts';
import { Bucket, Buckets, type Rate } from './rate.ts';
import { Refusals } from './refusals.ts';
import { Untaken } from './untaken.ts';

/** The settings of these names; 0 is no limit. */
export interface LimitSettings {
  readonly CHAT_RATE_LIMIT: number;
  readonly TYPING_RATE_LIMIT: number;
  readonly REQUEST_RATE_LIMIT: number;
  readonly SOCKJS_RATE_LIMIT: number;
  readonly CONNECT_RATE_LIMIT: number;
  readonly MAX_CONNECTIONS: number;
  readonly MAX_CONNECTIONS_PER_ADDRESS: number;
  readonly TRUST_PROXY: readonly string[];
}

/** How fast one session may send. */
export interface Allowance {
  /** Counts a SEND to this destination; throws the refusal `too-fast`, and then nothing may be done with it. */
  take(destination: string): void;
}

/** A burst is so many seconds' worth. */
const CHAT_BURST = 5;
const TYPING_BURST = 5;
const REQUEST_BURST = 4;
const CONNECT_BURST = 4;
/** Behind one address there may be an office: it may send as much as so many sessions. */
const SESSIONS_AN_ADDRESS = 50;
/** Strangers whose pace is remembered, for each limit. */
const MOST_ADDRESSES = 50_000;
const TYPING = '/app/typing';

/**
 * What strangers may spend, all sessions and requests of an instance together: connections, new connections, requests and
 * messages, each by address. Where a trusted proxy stands between, its connections carry strangers of many addresses: there
 * it is WebSockets and streams that are counted, when they are opened.
 */
export class Limits {
  readonly refusals = new Refusals();
  /** All connections; those of each address where they are its own. */
  readonly connections: Connections;
  readonly addresses: ClientAddresses;
  readonly #clock: Clock;
  readonly #settings: LimitSettings;
  /** WebSockets and streams that came through a proxy. */
  readonly #forwarded: Connections;
  readonly #connects: Buckets | undefined;
  readonly #requests: Buckets | undefined;
  readonly #sockjs: Buckets | undefined;
  readonly #messages: Buckets | undefined;
  readonly #typing: Buckets | undefined;
  readonly #untaken = new Untaken();

  constructor(settings: LimitSettings, clock: Clock) {
    this.#settings = settings;
    this.#clock = clock;
    this.addresses = clientAddresses(settings.TRUST_PROXY);
    const each = bound(settings.MAX_CONNECTIONS_PER_ADDRESS);
    this.connections = new Connections(bound(settings.MAX_CONNECTIONS), each);
    this.#forwarded = new Connections(Number.POSITIVE_INFINITY, each);
    this.#connects = buckets(settings.CONNECT_RATE_LIMIT, CONNECT_BURST);
    this.#requests = buckets(settings.REQUEST_RATE_LIMIT, REQUEST_BURST);
    this.#sockjs = buckets(settings.SOCKJS_RATE_LIMIT, REQUEST_BURST);
    this.#messages = buckets(settings.CHAT_RATE_LIMIT * SESSIONS_AN_ADDRESS, CHAT_BURST);
    this.#typing = buckets(settings.TYPING_RATE_LIMIT * SESSIONS_AN_ADDRESS, TYPING_BURST);
  }

  /** Counts a new connection, or says why it may not be. */
  admit(socket: Socket): Refusal | undefined {
    const address = socket.remoteAddress;
    // One that has gone already, or came over a Unix socket, which no stranger can.
    if (address === undefined) return undefined;
    const proxy = this.addresses.isProxy(address);
    const key = networkOf(address);
    const refusal = proxy ? this.#full(this.connections.room()) : this.#newcomer(this.connections, key);
    if (refusal === undefined) this.connections.add(socket, proxy ? '' : key);
    return refusal;
  }

  /** Counts a WebSocket or stream that is about to be opened, where `admit` could not know whose it is. */
  join(request: IncomingMessage): Refusal | undefined {
    if (!this.addresses.isProxy(request.socket.remoteAddress ?? '')) return undefined;
    const key = networkOf(this.addresses.of(request));
    const refusal = this.#newcomer(this.#forwarded, key);
    if (refusal === undefined) this.#forwarded.add(request.socket, key);
    return refusal;
  }

  /** Counts a request for the page or the API. */
  request(request: IncomingMessage): Refusal | undefined {
    return this.#spend(this.#requests, this.addresses.of(request), 'requests from your address');
  }

  /** Counts a request of SockJS, of which a client makes as many as it gets and sends messages. */
  sockjs(request: IncomingMessage): Refusal | undefined {
    return this.#spend(this.#sockjs, this.addresses.of(request), 'SockJS requests from your address');
  }

  /** Counts a chat message that comes by a request of its own; sessions of the same address count too. */
  message(request: IncomingMessage): Refusal | undefined {
    return this.#spend(this.#messages, this.addresses.of(request), 'messages from your address');
  }

  /** Whom a request is counted for: its address, or the network of it. */
  strangerOf(request: IncomingMessage): string {
    return networkOf(this.addresses.of(request));
  }

  /** Counts an answer of so many bytes until its client has taken it. */
  answer(response: ServerResponse, bytes: number): Refusal | undefined {
    return this.#untaken.add(response, this.strangerOf(response.req), bytes);
  }

  /** What a session of this address may send. */
  allowance(address: string): Allowance {
    const { CHAT_RATE_LIMIT, TYPING_RATE_LIMIT } = this.#settings;
    const messages = bucket(CHAT_RATE_LIMIT, CHAT_BURST);
    const typing = bucket(TYPING_RATE_LIMIT, TYPING_BURST);
    return {
      take: (destination) => {
        const isTyping = destination === TYPING;
        const own = isTyping ? typing : messages;
        const what = isTyping ? 'typing events' : 'messages';
        const wait = own?.take(this.#clock.monotonic()) ?? 0;
        const refusal =
          wait > 0
            ? tooFast(wait, `${what} in this session`)
            : this.#spend(isTyping ? this.#typing : this.#messages, address, `${what} from your address`);
        if (refusal !== undefined) throw refusal;
      },
    };
  }

  #newcomer(connections: Connections, key: string): Refusal | undefined {
    const full = this.#full(connections.room(key));
    return full ?? this.#spend(this.#connects, key, 'new connections from your address');
  }

  #full(room: ReturnType<Connections['room']>): Refusal | undefined {
    if (room === 'full') return new Refusal('server-full', undefined, { retryAfter: 10 });
    if (room === 'room') return undefined;
    const { MAX_CONNECTIONS_PER_ADDRESS: most } = this.#settings;
    return new Refusal('too-many-connections', `An address may hold ${most} connections.`, { retryAfter: 10 });
  }

  #spend(from: Buckets | undefined, address: string, what: string): Refusal | undefined {
    if (from === undefined || address === '') return undefined;
    const wait = from.take(networkOf(address), this.#clock.monotonic());
    return wait > 0 ? tooFast(wait, what) : undefined;
  }
}

function tooFast(wait: number, what: string): Refusal {
  const retryAfter = Math.ceil(wait / 1_000);
  return new Refusal('too-fast', `Too many ${what}; there is room in ${Math.ceil(wait)} ms.`, { retryAfter });
}

function bound(most: number): number {
  return most === 0 ? Number.POSITIVE_INFINITY : most;
}

function rateOf(perSecond: number, seconds: number): Rate | undefined {
  return perSecond === 0 ? undefined : { perSecond, burst: perSecond * seconds };
}

function bucket(perSecond: number, seconds: number): Bucket | undefined {
  const rate = rateOf(perSecond, seconds);
  return rate && new Bucket(rate);
}

function buckets(perSecond: number, seconds: number): Buckets | undefined {
  const rate = rateOf(perSecond, seconds);
  return rate && new Buckets(rate, MOST_ADDRESSES);
}
