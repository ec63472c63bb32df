import { hash } from 'node:crypto';
import type { Draft } from './message-store.ts';

/** What is left of the key of a deleted message: it tells a resend, and nothing of who sent it to who does not know both. */
export function erasedKey({ sender, id }: Pick<Draft, 'sender' | 'id'>): string {
  return hash('sha256', JSON.stringify([sender, id])).slice(0, 32);
}
