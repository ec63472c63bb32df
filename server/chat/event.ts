import { type Deletion, isDeletion } from '../engines/message-store.ts';
import { ownBytes } from '../hub/own-bytes.ts';
import type { EntryNews, MessageNews } from './news.ts';

/** What a room's stream carries. `json` is the event as clients get it, UTF-8, made once. */
export type ChatEvent =
  | { readonly kind: 'message'; readonly message: MessageNews; readonly json: Uint8Array }
  /** A message was deleted, or stood here before that. */
  | { readonly kind: 'deleted'; readonly deletion: Deletion; readonly json: Uint8Array }
  /** Older messages than `first` are no longer kept, though they were asked for. */
  | { readonly kind: 'truncated'; readonly first: number; readonly json: Uint8Array };

export function entryEvent(entry: EntryNews): ChatEvent {
  return isDeletion(entry) ? deletedEvent(entry) : messageEvent(entry);
}

function messageEvent(message: MessageNews): ChatEvent {
  const { seq, id, sender, content, time } = message;
  return {
    kind: 'message',
    message,
    json: ownBytes(JSON.stringify({ kind: 'message', seq, id, sender, content, time })),
  };
}

function deletedEvent(deletion: Deletion): ChatEvent {
  const { seq, target, time } = deletion;
  return { kind: 'deleted', deletion, json: ownBytes(JSON.stringify({ kind: 'deleted', seq, target, time })) };
}

export function truncatedEvent(first: number): ChatEvent {
  return { kind: 'truncated', first, json: ownBytes(JSON.stringify({ kind: 'truncated', first })) };
}

/** About how many bytes an event takes in memory. */
export function eventSize(event: ChatEvent): number {
  const fixed = 400;
  return event.kind === 'message' ? fixed + event.json.length + 2 * event.message.content.length : fixed;
}
