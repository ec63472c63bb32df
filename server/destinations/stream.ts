import type { Scope } from '../auth/scopes.ts';
import { Refusal } from '../errors.ts';
import type { Client } from '../hub/client.ts';
import type { Encoding } from '../hub/encoding.ts';
import type { Start } from '../hub/start.ts';
import type { Stream } from '../hub/stream.ts';
import { type MarketEvent, snapshotJson, type TickEvent } from '../market/event.ts';
import type { Market } from '../market/market.ts';
import { formatPosition } from '../market/position.ts';
import type { MarketView } from '../market/view.ts';
import type { MarketStatus } from '../market/vitality.ts';
import { encodeEvent } from '../protocol/sse/event.ts';
import type { Framing } from '../protocol/sse/framing.ts';
import type { OwnStream } from '../streams/own-stream.ts';
import { type OwnStreamRequest, ownStreamOf, ownStreamRequest } from './own-stream.ts';

/** Symbols that one filter may name. */
const MOST_SYMBOLS = 100;

/** What a request for the market's stream asks for, checked; `open` begins it. */
export interface MarketStreamRequest {
  readonly scope: Scope;
  open(lastEventId: string | undefined): MarketStream | Promise<MarketStream>;
}

export interface MarketStream {
  readonly stream: Stream<MarketEvent>;
  readonly start: Start<MarketEvent>;
  encoding(framing: Framing): Encoding<MarketEvent>;
  /** Whether prices are the newest. */
  readonly beside: { follow(client: Client, framing: Framing): void };
  /** Where it is worth telling: the id of who has received all that is in the stream. */
  readonly position: { readonly id: string } | undefined;
}

/**
 * `/stream`: the market as Server-Sent Events. The event `market-tick` carries a tick, `market-snapshot` carries
 * `{"ticks":[tick…]}`, the newest of every symbol. `symbols=A,B` leaves out all other symbols; `interval=ms` sends the
 * newest tick of a symbol at most once an interval. `market-status` says, without an id, whether prices are `live` or `stale`,
 * where the feed tells. `parse` throws a `Refusal`: `unknown-symbol` or `invalid-parameter`.
 */
export function marketStreamSource(market: Market): { parse(query: URLSearchParams): MarketStreamRequest } {
  return {
    parse(query) {
      const symbols = readSymbols(query, market);
      const interval = readInterval(query);
      return {
        scope: 'market:read',
        open(lastEventId) {
          const view = interval === undefined ? market.ticks : market.every(interval);
          const start = view.start(lastEventId);
          const opened = (ready: Start<MarketEvent>) => marketStream(market, view, symbols, ready);
          return start instanceof Promise ? start.then(opened) : opened(start);
        },
      };
    },
  };
}

/** The same, and each stream that users declared under its `name`, which is `market` where none is given. */
export function streamSource(
  market: Market,
  streams: ReadonlyMap<string, OwnStream>,
): { parse(query: URLSearchParams): MarketStreamRequest | OwnStreamRequest } {
  const marketSource = marketStreamSource(market);
  return {
    parse(query) {
      const own = ownStreamOf(query, streams);
      return own === undefined ? marketSource.parse(query) : ownStreamRequest(own);
    },
  };
}

function marketStream(
  market: Market,
  view: MarketView,
  symbols: ReadonlySet<string> | undefined,
  start: Start<MarketEvent>,
): MarketStream {
  return {
    stream: view.stream,
    start,
    encoding: (framing) => marketEncoding(market.epoch, framing, symbols),
    beside: {
      follow(client, framing) {
        client.follow(market.statuses, statusEncoding(framing), market.statusStart());
      },
    },
    // Without a filter every event carries its id, so there is nothing to add.
    position: symbols === undefined ? undefined : view,
  };
}

function readSymbols(query: URLSearchParams, market: Market): ReadonlySet<string> | undefined {
  if (!query.has('symbols')) return undefined;
  const symbols = query
    .getAll('symbols')
    .flatMap((list) => list.split(','))
    .filter((symbol) => symbol !== '');
  if (symbols.length === 0) throw new Refusal('invalid-parameter', 'symbols names no symbol.');
  if (symbols.length > MOST_SYMBOLS)
    throw new Refusal('invalid-parameter', `symbols may name at most ${MOST_SYMBOLS} symbols.`);
  const unknown = symbols.find((symbol) => !/^[\w.-]{1,64}$/.test(symbol) || !market.has(symbol));
  if (unknown !== undefined) throw new Refusal('unknown-symbol', `There is no symbol ${unknown.slice(0, 64)}.`);
  return new Set(symbols.sort());
}

function readInterval(query: URLSearchParams): number | undefined {
  const text = query.get('interval');
  if (text === null) return undefined;
  if (!/^\d{1,9}$/.test(text) || Number(text) === 0)
    throw new Refusal('invalid-parameter', 'interval must be a whole number of milliseconds above 0.');
  return Number(text);
}

/** The wire form of the market's events; `symbols` (sorted) are those that it lets through. */
function marketEncoding(
  epoch: string,
  framing: Framing,
  symbols: ReadonlySet<string> | undefined,
): Encoding<MarketEvent> {
  const { blocks } = framing;
  // What goes out in blocks is framed as a block.
  const frame = (bytes: Uint8Array): Uint8Array => (blocks === undefined ? framing.frame(bytes) : bytes);
  const passes = ({ tick }: TickEvent): boolean => symbols === undefined || symbols.has(tick.symbol);
  return {
    ...(blocks && { blocks }),
    key: `sse:${framing.name}:${symbols === undefined ? '*' : [...symbols].join()}`,
    encode(event) {
      const id = formatPosition(epoch, event.vector);
      if (event.kind === 'tick') return passes(event) ? frame(encodeTick(event, id)) : NOTHING;
      const ticks = event.ticks.filter(passes);
      return frame(event.kind === 'snapshot' ? encodeSnapshot(ticks, id) : encodeBatch(ticks, id));
    },
  };
}

function statusEncoding(framing: Framing): Encoding<MarketStatus> {
  return {
    key: `sse:${framing.name}`,
    encode: (state) =>
      framing.frame(encodeEvent({ event: 'market-status', data: Buffer.from(JSON.stringify({ state })) })),
  };
}

const NOTHING = new Uint8Array(0);

function encodeTick({ json }: TickEvent, id?: string): Uint8Array {
  const event = { event: 'market-tick', data: json };
  return encodeEvent(id === undefined ? event : { id, ...event });
}

function encodeSnapshot(ticks: readonly TickEvent[], id: string): Uint8Array {
  return encodeEvent({ id, event: 'market-snapshot', data: snapshotJson(ticks) });
}

/** Who is cut off inside a batch gets all of it again: only its last event moves the id. */
function encodeBatch(ticks: readonly TickEvent[], id: string): Uint8Array {
  return Buffer.concat(ticks.map((tick, i) => encodeTick(tick, i === ticks.length - 1 ? id : undefined)));
}
