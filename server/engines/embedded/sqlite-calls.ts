import type { Unit } from '../message-store.ts';
import type { PackedDrafts, PackedOutcomes } from './packed-group.ts';
import type { SqliteFile, SqliteMessages } from './sqlite-messages.ts';
import type { SqliteModeration } from './sqlite-moderation.ts';

type Calls = Pick<SqliteMessages, 'head' | 'after' | 'before'> &
  Pick<SqliteModeration, 'read' | 'change' | 'erase' | 'trim' | 'audit' | 'note'> & {
    commit(drafts: PackedDrafts, units: readonly Unit[]): PackedOutcomes;
  };

/** What the thread of the database does on request. */
export type Method = keyof Calls;
export type Arguments<M extends Method> = Parameters<Calls[M]>;
export type Result<M extends Method> = ReturnType<Calls[M]>;

/** To the thread; `close` is answered by its end. */
export type Request =
  | { readonly [M in Method]: { readonly method: M; readonly call: number; readonly args: Arguments<M> } }[Method]
  | { readonly method: 'close' };

/** From the thread: first `opened` or `refused`, then one answer a call, in the order of the calls. */
export type Reply =
  | { readonly kind: 'opened'; readonly epoch: string }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'done'; readonly call: number; readonly result: Result<Method> }
  | { readonly kind: 'failed'; readonly call: number; readonly name: string; readonly reason: string };

/** What the thread is started with. */
export type ThreadData = SqliteFile;
