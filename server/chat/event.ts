import { ownBytes } from '../hub/own-bytes.ts';
import type { News } from './news.ts';

/** What a room's stream carries. `json` is the event as clients get it, UTF-8, made once. */
export type ChatEvent =
  | { readonly kind: 'message'; readonly message: News; readonly json: Uint8Array }
  /** Older messages than `first` are no longer kept, though they were asked for. */
  | { readonly kind: 'truncated'; readonly first: number; readonly json: Uint8Array };

export function messageEvent(message: News): ChatEvent {
  const { seq, id, sender, content, time } = message;
  return {
    kind: 'message',
    message,
    json: ownBytes(JSON.stringify({ kind: 'message', seq, id, sender, content, time })),
  };
}

export function truncatedEvent(first: number): ChatEvent {
  return { kind: 'truncated', first, json: ownBytes(JSON.stringify({ kind: 'truncated', first })) };
}

/** About how many bytes an event takes in memory. */
export function eventSize(event: ChatEvent): number {
  const fixed = 400;
  return event.kind === 'message' ? fixed + event.json.length + 2 * event.message.content.length : fixed;
}
