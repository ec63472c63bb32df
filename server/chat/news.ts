import Type from 'typebox';
import { Compile } from 'typebox/compile';
import type { Message } from '../engines/message-store.ts';
import { MAX_NAME } from './author.ts';
import { MAX_CONTENT } from './message.ts';

/** What instances tell one another of a message that was committed: one JSON string on `global-chat-channel`. */
const newsSchema = Type.Object({
  from: Type.String(),
  epoch: Type.String(),
  room: Type.String(),
  seq: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }),
  id: Type.String({ minLength: 1 }),
  sender: Type.String({ minLength: 1, maxLength: MAX_NAME }),
  content: Type.String({ minLength: 1, maxLength: MAX_CONTENT }),
  time: Type.Integer(),
  committed: Type.Optional(Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })),
});
const validator = Compile(newsSchema);

/** A message, and what is known of its commit besides. */
export interface News extends Message {
  /** When it was committed, by the clock of the instance that did it; where that is known. */
  readonly committed?: number | undefined;
}

/** Longer payloads, in UTF-16 units, are not looked at: six for each of a content's that is escaped, and the rest. */
const MAX_PAYLOAD = 32_768;

/** The payload for a message. `from` is the instance that committed it, `epoch` the history that it belongs to. */
export function writeNews(from: string, epoch: string, news: News): string {
  const { room, seq, id, sender, content, time, committed } = news;
  return JSON.stringify({ from, epoch, room, seq, id, sender, content, time, committed });
}

/** Whether a payload is one that `from` wrote; tells without parsing. */
export function isFrom(from: string, payload: string): boolean {
  return payload.startsWith(`{"from":${JSON.stringify(from)},`);
}

/** The message of a payload; `undefined` for anything that is not one of this history. */
export function readNews(payload: string, epoch: string): News | undefined {
  if (payload.length > MAX_PAYLOAD) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(payload);
  } catch {
    return undefined;
  }
  if (!validator.Check(value) || value.epoch !== epoch) return undefined;
  const { room, seq, id, sender, content, time, committed } = value;
  const message = { room, seq, id, sender, content, time };
  return committed === undefined ? message : { ...message, committed };
}
