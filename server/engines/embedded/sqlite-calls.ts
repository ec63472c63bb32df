import type { SqliteFile, SqliteMessages } from './sqlite-messages.ts';

/** What the thread of the database does on request. */
export type Method = 'commit' | 'head' | 'after' | 'before';
export type Arguments<M extends Method> = Parameters<SqliteMessages[M]>;
export type Result<M extends Method> = ReturnType<SqliteMessages[M]>;

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
