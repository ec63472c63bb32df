import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Clock, Timer } from '../../clock.ts';
import type {
  CandleInterval,
  CandleRange,
  CandleRecord,
  CandleStore,
  CountedCandle,
  NewestCandle,
} from '../candle-store.ts';
import type { Arguments, Method, Reply, Request, Result } from './sqlite-candle-calls.ts';
import type { CandleFile } from './sqlite-candles.ts';

export interface SqliteCandleStoreOptions {
  /** Folder of the database file `candles.sqlite`; made where it is missing. */
  readonly folder: string;
  readonly clock: Clock;
}

/** How long another process may hold the write lock, in milliseconds. */
const BUSY_TIMEOUT = 1_000;
/** What takes longer than this, in milliseconds, counts as unanswered. */
const CALL_TIMEOUT = 5_000;
/** A thread that has not ended so long after it was asked to, in milliseconds, is stopped. */
const CLOSE_TIMEOUT = 5_000;

interface Call {
  // biome-ignore lint/suspicious/noExplicitAny: the method decides the type, and `#call` is the one that knows it.
  resolve(result: any): void;
  reject(error: Error): void;
  readonly timer: Timer;
}

/** Opens the candles of a folder. Rejects with a sentence for the operator where that cannot be. */
export function openSqliteCandleStore({ folder, clock }: SqliteCandleStoreOptions): Promise<CandleStore> {
  const path = join(folder, 'candles.sqlite');
  const workerData: CandleFile = { path, busyTimeout: BUSY_TIMEOUT };
  const worker = new Worker(new URL('./sqlite-candle-thread.ts', import.meta.url), { workerData, name: 'candles' });
  const store = new SqliteCandleStore(worker, clock);
  return new Promise((resolve, reject) => {
    const refuse = (reason: string): void => reject(new Error(`cannot open the candles ${path}: ${reason}`));
    worker.on('message', (reply: Reply) => {
      if (reply.kind === 'opened') resolve(store);
      else if (reply.kind === 'refused') refuse(reply.reason);
      else store.settle(reply);
    });
    worker.on('error', (error: Error) => refuse(error.message));
    worker.on('exit', () => {
      refuse('its thread ended');
      store.ended();
    });
  });
}

/**
 * Candles in one SQLite file, in a thread of its own. A thread that ended is not started again: nothing is lost by that which
 * the next start does not make good, and calls say so.
 */
class SqliteCandleStore implements CandleStore {
  readonly #worker: Worker;
  readonly #clock: Clock;
  readonly #waiting = new Map<number, Call>();
  #calls = 0;
  #gone = 'it is closed';
  #closing: Promise<void> | undefined;
  #ended = false;

  constructor(worker: Worker, clock: Clock) {
    this.#worker = worker;
    this.#clock = clock;
  }

  /** Nobody else has the file's folder: there is one embedded instance. */
  async claim(): Promise<boolean> {
    this.#check();
    return true;
  }

  put(candles: readonly CandleRecord[]): Promise<void> {
    return this.#call('put', [candles]);
  }

  newest(): Promise<NewestCandle[]> {
    return this.#call('newest', []);
  }

  read(range: CandleRange): Promise<CountedCandle[]> {
    return this.#call('read', [range]);
  }

  forget(interval: CandleInterval, before: number, limit: number): Promise<number> {
    return this.#call('forget', [interval, before, limit]);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  settle(reply: Extract<Reply, { readonly call: number }>): void {
    const call = this.#waiting.get(reply.call);
    // A call that waited too long was answered already.
    if (call === undefined) return;
    this.#waiting.delete(reply.call);
    call.timer.cancel();
    if (reply.kind === 'done') call.resolve(reply.result);
    else call.reject(new Error(reply.reason));
  }

  /** The thread is gone: what it was asked stays without an answer. */
  ended(): void {
    this.#ended = true;
    if (this.#closing === undefined) this.#gone = 'its thread ended';
    for (const { timer, reject } of this.#waiting.values()) {
      timer.cancel();
      reject(new Error(`the store of the candles does not answer: ${this.#gone}`));
    }
    this.#waiting.clear();
  }

  async #call<M extends Method>(method: M, args: Arguments<M>): Promise<Result<M>> {
    this.#check();
    return new Promise<Result<M>>((resolve, reject) => {
      const call = this.#calls++;
      // The compiler does not follow that `method` and `args` belong together, for one M.
      this.#worker.postMessage({ method, call, args } as Request);
      const timer = this.#clock.after(CALL_TIMEOUT, () => {
        this.#waiting.delete(call);
        reject(new Error(`the store of the candles did not answer within ${CALL_TIMEOUT} ms`));
      });
      this.#waiting.set(call, { resolve, reject, timer });
    });
  }

  #check(): void {
    if (this.#ended || this.#closing !== undefined)
      throw new Error(`the store of the candles does not answer: ${this.#gone}`);
  }

  async #close(): Promise<void> {
    if (this.#ended) return;
    await new Promise<void>((resolve) => {
      const timer = this.#clock.after(CLOSE_TIMEOUT, () => void this.#worker.terminate());
      this.#worker.once('exit', () => {
        timer.cancel();
        resolve();
      });
      const close: Request = { method: 'close' };
      this.#worker.postMessage(close);
    });
  }
}
