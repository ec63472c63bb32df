import { type Deletion, isDeletion } from '../engines/message-store.ts';
import type { EntryNews, MessageNews } from './news.ts';

/** What a room's stream carries. */
export type ChatEvent =
  | { readonly kind: 'message'; readonly message: MessageNews }
  /** A message was deleted, or stood here before that. */
  | { readonly kind: 'deleted'; readonly deletion: Deletion }
  /** Older messages than `first` are no longer kept, though they were asked for. */
  | { readonly kind: 'truncated'; readonly first: number };

export function entryEvent(entry: EntryNews): ChatEvent {
  return isDeletion(entry) ? { kind: 'deleted', deletion: entry } : { kind: 'message', message: entry };
}

export function truncatedEvent(first: number): ChatEvent {
  return { kind: 'truncated', first };
}

/** An event as clients get it. Not kept with the event: each wire form is made of it once and keeps its own bytes. */
export function eventJson(event: ChatEvent): string {
  if (event.kind === 'message') {
    const { seq, id, sender, content, time } = event.message;
    return JSON.stringify({ kind: 'message', seq, id, sender, content, time });
  }
  if (event.kind === 'truncated') return JSON.stringify({ kind: 'truncated', first: event.first });
  const { seq, target, time } = event.deletion;
  return JSON.stringify({ kind: 'deleted', seq, target, time });
}

/** About how many bytes an event takes in memory. */
export function eventSize(event: ChatEvent): number {
  const fixed = 400;
  if (event.kind !== 'message') return fixed;
  const { id, sender, content } = event.message;
  return fixed + 2 * (id.length + sender.length + content.length);
}
