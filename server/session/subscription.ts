import type { Cursor } from '../hub/cursor.ts';
import type { Acknowledging } from './acknowledging.ts';

/** What a subscription id stands for. A `topic` without a cursor is about to begin; a `refused` id may be used again. */
export interface Subscription {
  kind: 'topic' | 'errors' | 'refused';
  // biome-ignore lint/suspicious/noExplicitAny: the topics have different event types, which nobody reads here.
  cursor: Cursor<any> | undefined;
  /** Where the client acknowledges what it gets. */
  acknowledging?: Acknowledging | undefined;
  /** What it is to, in STOMP 1.0 alone, where an UNSUBSCRIBE may name that. */
  readonly destination?: string;
}
