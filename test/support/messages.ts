import { type Entry, isDeletion, type Message } from '../../server/engines/message-store.ts';

/** Entries of a room of which none is deleted. */
export function messagesOf(entries: readonly Entry[]): Message[] {
  return entries.map((entry) => {
    if (isDeletion(entry)) throw new Error(`the seq ${entry.seq} is deleted`);
    return entry;
  });
}
