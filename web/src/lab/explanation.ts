import type { Entry } from './entry.ts';
import { explainHttpHead } from './model/http-head.ts';
import { type Explained, type Part, utf8 } from './model/part.ts';
import { rebuiltEvent, rebuiltFrame } from './model/rebuild.ts';
import { explainEnvelope, explainSent, type SockJsTransport } from './model/sockjs.ts';
import { explainChunk, explainEvent } from './model/sse.ts';
import { explainStomp } from './model/stomp-frame.ts';
import { explainFrame } from './model/websocket-frame.ts';

/** A layer of an entry taken apart: the frame, what is in it, and so on inwards. */
export interface Section {
  readonly title: string;
  /** Where the bytes come from, and what else to know of all of them. */
  readonly note: string;
  readonly bytes: Uint8Array;
  readonly parts: readonly Part[];
  /** Bytes at the start that are drawn bit by bit; 0 for a text. */
  readonly bitBytes: number;
}

/** STOMP frames and events of one entry that are taken apart. */
const MOST_INNER = 20;
/** What a compressed message may come to. */
const MOST_INFLATED = 1_048_576;

/** Takes an entry apart, layer by layer from the outside. Never rejects: what cannot be read is told. */
export async function explain({ content, from, connection }: Entry): Promise<Section[]> {
  const sender = from === 'client' ? 'client' : 'server';
  switch (content.kind) {
    case 'note':
      return [];
    case 'head':
      return [text('HTTP head', seenNote(content.seen), content.bytes, explainHttpHead(content.bytes))];
    case 'message':
      return await frame(rebuiltFrame(content.data, sender), sender, false, REBUILT[sender], connection.target);
    case 'frame':
      return await frame(content.bytes, sender, content.deflate, content.hidden ? HIDDEN : WIRE, connection.target);
    case 'envelope':
      return envelope(content.data, content.transport, sender);
    case 'event': {
      const bytes = rebuiltEvent(content.type, content.data, content.id);
      return [
        text(
          'Event',
          'Made again of what the browser tells; chunks and comments it hides.',
          bytes,
          explainEvent(bytes),
        ),
      ];
    }
    case 'chunk':
      return await chunks(content.bytes, content.gzip);
  }
}

const HIDDEN = 'The head as it was on the wire. The server shows zeros for the payload: there may be a secret in it.';
const WIRE = 'The bytes as they were on the wire.';
const REBUILT = {
  client:
    'Made again of what the browser tells: it hides the masking key (shown as zeros, so that the payload reads as it is) and compression.',
  server: 'Made again of what the browser tells: it hides how messages share frames, and compression.',
} as const;

const ENVELOPE = {
  client:
    'The body of a POST to …/xhr_send, which is answered with 204. What is said while one is on its way shares the array of the next.',
  server: 'As SockJS takes it from the answer to its POST; the head and chunks around it the browser hides.',
} as const;

function envelope(data: string, transport: SockJsTransport, from: 'client' | 'server'): Section[] {
  // Each frame of these transports is a line.
  const bytes = new TextEncoder().encode(from === 'client' ? data : `${data}\n`);
  const explained = from === 'client' ? explainSent(bytes) : explainEnvelope(bytes, transport);
  return [text('SockJS envelope', ENVELOPE[from], bytes, explained), ...innerFrames(explained.messages)];
}

function innerFrames(messages: readonly string[]): Section[] {
  return messages.flatMap((each) => stompFrames(new TextEncoder().encode(each), '')).slice(0, MOST_INNER);
}

function seenNote(seen: 'wire' | 'rebuilt'): string {
  return seen === 'wire' ? 'As the server saw it; secrets are hidden.' : 'Made again of what is known.';
}

function text(title: string, note: string, bytes: Uint8Array, { parts }: Explained): Section {
  return { title, note, bytes, parts, bitBytes: 0 };
}

async function frame(
  bytes: Uint8Array,
  from: 'client' | 'server',
  deflate: boolean,
  note: string,
  target: string,
): Promise<Section[]> {
  const { parts, opcode, payload, length } = explainFrame(bytes, { from, deflate });
  const own = bytes.subarray(0, length);
  const end = parts.at(-1)?.name === 'payload' ? (parts.at(-1)?.bits.from ?? 0) / 8 : length;
  const sections: Section[] = [{ title: 'WebSocket frame', note, bytes: own, parts, bitBytes: end }];
  if (opcode > 2 || payload.length === 0) return sections;
  const compressed = ((bytes[0] ?? 0) & 0x40) !== 0;
  const message = compressed ? await inflated(payload) : payload;
  if (message === undefined) return sections;
  const saved = compressed ? `Inflated from ${payload.length} to ${message.length} bytes. ` : '';
  return [...sections, ...inside(message, from, target, saved)];
}

function inside(message: Uint8Array, from: 'client' | 'server', target: string, note: string): Section[] {
  const overSockJs = /^\/ws-endpoint\/[^/]+\/[^/]+\/websocket/.test(target);
  if (!overSockJs) return stompFrames(message, note);
  const envelope = from === 'client' ? explainSent(message) : explainEnvelope(message, 'websocket');
  return [text('SockJS envelope', note, message, envelope), ...innerFrames(envelope.messages)];
}

function stompFrames(bytes: Uint8Array, note: string): Section[] {
  const sections: Section[] = [];
  let rest = bytes;
  while (rest.length > 0 && sections.length < MOST_INNER) {
    const explained = explainStomp(rest);
    const own = rest.subarray(0, explained.length);
    const beat = explained.parts[0]?.name === 'heart-beat';
    sections.push(text(beat ? 'Heart-beat' : 'STOMP frame', note, own, explained));
    if (explained.missing > 0 || explained.length === 0) break;
    rest = rest.subarray(explained.length);
  }
  return sections;
}

async function chunks(bytes: Uint8Array, gzip: boolean): Promise<Section[]> {
  const sections: Section[] = [];
  let rest = bytes;
  while (rest.length > 0 && sections.length < MOST_INNER) {
    const chunk = explainChunk(rest);
    sections.push(text('Chunk of HTTP/1.1', WIRE, rest.subarray(0, chunk.length), chunk));
    if (gzip) sections.push(...(await compressedEvents(chunk.data)));
    else sections.push(...events(chunk.data, ''));
    if (chunk.missing > 0 || chunk.length === 0) break;
    rest = rest.subarray(chunk.length);
  }
  return sections;
}

/** Each block of the stream ends with a full flush, so it can be read without those before it; see docs/protocols/compression.md. */
async function compressedEvents(data: Uint8Array): Promise<Section[]> {
  const block = data[0] === GZIP[0] && data[1] === GZIP[1] ? data.subarray(GZIP_HEAD) : data;
  const message = await inflated(block);
  if (message === undefined) return [];
  return events(message, `Inflated: the block of ${block.length} bytes is ${message.length} bytes of text.`);
}

function events(data: Uint8Array, note: string): Section[] {
  const sections: Section[] = [];
  let rest = data;
  while (rest.length > 0 && sections.length < MOST_INNER) {
    const event = explainEvent(rest);
    if (event.length === 0) break;
    sections.push(text('Block of the event stream', note, rest.subarray(0, event.length), event));
    rest = rest.subarray(event.length);
  }
  return sections;
}

/** RFC 1952, section 2.3: the first two bytes of a gzip file, and how long a head without extras is. */
const GZIP = [0x1f, 0x8b] as const;
const GZIP_HEAD = 10;
/** RFC 7692, section 7.2.2: the sender took 00 00 ff ff from the end. */
const TAIL = new Uint8Array([0, 0, 0xff, 0xff]);

async function inflated(payload: Uint8Array): Promise<Uint8Array | undefined> {
  try {
    const source = new Blob([new Uint8Array(payload), TAIL]).stream();
    const reader = source.pipeThrough(new DecompressionStream('deflate-raw')).getReader();
    return await readAll(reader);
  } catch {
    return undefined;
  }
}

/** The data ends without the final block that the format has, so what came before the complaint is the whole. */
async function readAll(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      pieces.push(value);
      size += value.length;
      if (size > MOST_INFLATED) break;
    }
  } catch (error) {
    if (size === 0) throw error;
  }
  const whole = new Uint8Array(size);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

/** The Sec-WebSocket-Key in the head of an upgrade request. */
export function keyIn(bytes: Uint8Array): string | undefined {
  return /^sec-websocket-key:\s*(\S+)/im.exec(utf8(bytes))?.[1];
}
