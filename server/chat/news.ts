import Type from 'typebox';
import { Compile } from 'typebox/compile';
import { type Deletion, isDeletion, type Message } from '../engines/message-store.ts';
import { TRACE_CONTEXT } from '../tracer.ts';
import { MAX_NAME } from './author.ts';
import { MAX_CONTENT } from './message.ts';

const seq = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER });
const head = { from: Type.String(), epoch: Type.String() };

/** What instances tell one another of a message that was committed: one JSON string on `global-chat-channel`. */
const messageNews = Compile(
  Type.Object({
    ...head,
    room: Type.String(),
    seq,
    id: Type.String({ minLength: 1 }),
    sender: Type.String({ minLength: 1, maxLength: MAX_NAME }),
    content: Type.String({ minLength: 1, maxLength: MAX_CONTENT }),
    time: Type.Integer(),
    committed: Type.Optional(Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })),
    trace: Type.Optional(Type.String({ pattern: TRACE_CONTEXT })),
  }),
);
/** The same of one that was deleted. */
const deletionNews = Compile(Type.Object({ ...head, room: Type.String(), seq, target: seq, time: Type.Integer() }));
/** The same of the rules of moderation. */
const rulesNews = Compile(Type.Object({ ...head, moderation: seq }));

/** Longer payloads, in UTF-16 units, are not looked at: six for each of a content's that is escaped, and the rest. */
const MAX_PAYLOAD = 32_768;

/** A message, and what is known of its commit besides. */
export interface MessageNews extends Message {
  /** When it was committed, by the clock of the instance that did it; where that is known. */
  readonly committed?: number | undefined;
  /** The context of its trace, where it has one. */
  readonly trace?: string | undefined;
}

/** What has a seq in a room, and is new. */
export type EntryNews = MessageNews | Deletion;

/** An entry that was committed, or the revision that the rules of moderation have now. */
export type News = EntryNews | { readonly moderation: number };

/** The payload for what is new. `from` is the instance that tells it, `epoch` the history that it belongs to. */
export function writeNews(from: string, epoch: string, news: News): string {
  if ('moderation' in news) return JSON.stringify({ from, epoch, moderation: news.moderation });
  const { room, seq, time } = news;
  if (isDeletion(news)) return JSON.stringify({ from, epoch, room, seq, target: news.target, time });
  const { id, sender, content, committed, trace } = news;
  return JSON.stringify({ from, epoch, room, seq, id, sender, content, time, committed, trace });
}

/** Whether a payload is one that `from` wrote; tells without parsing. */
export function isFrom(from: string, payload: string): boolean {
  return payload.startsWith(`{"from":${JSON.stringify(from)},`);
}

/** What a payload tells; `undefined` for anything that is not of this history. */
export function readNews(payload: string, epoch: string): News | undefined {
  if (payload.length > MAX_PAYLOAD) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(payload);
  } catch {
    return undefined;
  }
  if (messageNews.Check(value) && value.epoch === epoch) {
    const { room, seq, id, sender, content, time, committed, trace } = value;
    const message = { room, seq, id, sender, content, time };
    return { ...message, ...(committed !== undefined && { committed }), ...(trace !== undefined && { trace }) };
  }
  if (deletionNews.Check(value) && value.epoch === epoch && value.target < value.seq) {
    const { room, seq, target, time } = value;
    return { room, seq, target, time };
  }
  return rulesNews.Check(value) && value.epoch === epoch ? { moderation: value.moderation } : undefined;
}
