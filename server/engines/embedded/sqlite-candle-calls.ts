import type { SqliteCandles } from './sqlite-candles.ts';

/** What the thread of the candles does on request. */
export type Method = 'put' | 'newest' | 'read' | 'forget';
export type Arguments<M extends Method> = Parameters<SqliteCandles[M]>;
export type Result<M extends Method> = ReturnType<SqliteCandles[M]>;

/** To the thread; `close` is answered by its end. */
export type Request =
  | { readonly [M in Method]: { readonly method: M; readonly call: number; readonly args: Arguments<M> } }[Method]
  | { readonly method: 'close' };

/** From the thread: first `opened` or `refused`, then one answer a call, in the order of the calls. */
export type Reply =
  | { readonly kind: 'opened' }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'done'; readonly call: number; readonly result: Result<Method> }
  | { readonly kind: 'failed'; readonly call: number; readonly reason: string };
