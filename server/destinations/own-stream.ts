import type { Scope } from '../auth/scopes.ts';
import { Refusal } from '../errors.ts';
import type { Encoding } from '../hub/encoding.ts';
import type { Start } from '../hub/start.ts';
import type { Stream } from '../hub/stream.ts';
import { encodeComment, encodeEvent } from '../protocol/sse/event.ts';
import type { Framing } from '../protocol/sse/framing.ts';
import type { Header, Topic } from '../session/destinations.ts';
import type { StreamEvent, StreamItem } from '../streams/item.ts';
import type { OwnStream } from '../streams/own-stream.ts';
import { formatPlace } from '../streams/position.ts';

/**
 * `/topic/{name}`: a stream that users declared. The header `event` is `event` (the body is the event as it was appended),
 * `snapshot` (`{"events":[event…]}`, the newest of each key) or `truncated` (`{"first":id}`: events before it that were asked
 * for are gone). `message-id` is the place after it, and `after:<message-id>` goes on from there.
 */
export function ownTopic(own: OwnStream): Topic<StreamItem> {
  return {
    stream: own.stream,
    start: (after) => own.start(after),
    message(item) {
      if (item.kind === 'gap') return undefined;
      const headers: Header[] = [['event', item.kind]];
      if (item.kind === 'event') return { id: placeAfter(own, item), headers, body: item.json };
      const id = formatPlace(own.epoch, item.kind === 'snapshot' ? item.next : item.first);
      return {
        id,
        headers,
        body: item.kind === 'snapshot' ? eventsJson(item.events) : Buffer.from(`{"first":"${id}"}`),
      };
    },
  };
}

/** One stream, as `/stream?name=` serves it. */
export interface OwnStreamRequest {
  readonly scope: Scope;
  open(lastEventId: string | undefined): Promise<OpenOwnStream>;
}

interface OpenOwnStream {
  readonly stream: Stream<StreamItem>;
  readonly start: Start<StreamItem>;
  encoding(framing: Framing): Encoding<StreamItem>;
  readonly position: undefined;
}

/**
 * The same as Server-Sent Events: each event under the name of its stream, with the place after it as its id. A snapshot is
 * its events, of which only the last moves the id; `stream-truncated` says that events are missing, and has no id.
 */
export function ownStreamRequest(own: OwnStream): OwnStreamRequest {
  return {
    scope: 'stream:read',
    async open(lastEventId) {
      const start = await own.startAnyway(lastEventId);
      return { stream: own.stream, start, encoding: (framing) => encodingOf(own, framing), position: undefined };
    },
  };
}

/** What a query names; `undefined` for the market. Throws a `Refusal` for an unknown name, and for what means nothing there. */
export function ownStreamOf(query: URLSearchParams, streams: ReadonlyMap<string, OwnStream>): OwnStream | undefined {
  const name = query.get('name') ?? 'market';
  if (name === 'market') return undefined;
  const own = streams.get(name);
  if (own === undefined) throw new Refusal('unknown-stream', `There is no stream "${name.slice(0, 64)}".`);
  const wrong = ['symbols', 'interval'].find((parameter) => query.has(parameter));
  if (wrong !== undefined)
    throw new Refusal('invalid-parameter', `${wrong} means nothing for the stream ${name}: it is for the market.`);
  return own;
}

function encodingOf(own: OwnStream, framing: Framing): Encoding<StreamItem> {
  const { blocks } = framing;
  // What goes out in blocks is framed as a block.
  const frame = (bytes: Uint8Array): Uint8Array => (blocks === undefined ? framing.frame(bytes) : bytes);
  return {
    ...(blocks && { blocks }),
    key: `sse:${framing.name}`,
    encode: (item) => (item.kind === 'gap' ? NOTHING : frame(encodeItem(own, item))),
  };
}

const NOTHING = new Uint8Array(0);

function encodeItem(own: OwnStream, item: Exclude<StreamItem, { readonly kind: 'gap' }>): Uint8Array {
  const { name: event, epoch } = own;
  if (item.kind === 'event') return encodeEvent({ id: placeAfter(own, item), event, data: item.json });
  if (item.kind === 'truncated') {
    const data = Buffer.from(`{"name":"${own.name}","first":"${formatPlace(epoch, item.first)}"}`);
    return encodeEvent({ event: 'stream-truncated', data });
  }
  const id = formatPlace(epoch, item.next);
  // Without any event the client has a place all the same.
  if (item.events.length === 0) return encodeComment(id);
  const last = item.events.length - 1;
  return Buffer.concat(item.events.map(({ json }, i) => encodeEvent({ ...(i === last && { id }), event, data: json })));
}

function placeAfter({ epoch }: OwnStream, { position }: StreamEvent): string {
  return formatPlace(epoch, position + 1);
}

function eventsJson(events: readonly StreamEvent[]): Uint8Array {
  const parts = events.flatMap(({ json }, i) => (i === 0 ? [json] : [Buffer.from(','), json]));
  return Buffer.concat([Buffer.from('{"events":['), ...parts, Buffer.from(']}')]);
}
