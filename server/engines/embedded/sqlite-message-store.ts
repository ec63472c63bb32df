import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Clock, Timer } from '../../clock.ts';
import type { Logger } from '../../log.ts';
import {
  type Draft,
  type Entry,
  type Outcome,
  StoreDown,
  StoreUnknown,
  type Unit,
  type Which,
} from '../message-store.ts';
import type { ModeratedStore, ModerationStore } from '../moderation-store.ts';
import { packDrafts, unpackOutcomes } from './packed-group.ts';
import type { Arguments, Method, Reply, Request, Result, ThreadData } from './sqlite-calls.ts';

export interface SqliteStoreOptions {
  /** Folder of the database file `chat.sqlite`; made where it is missing. */
  readonly folder: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** Names the history, where the file is new. */
  readonly newEpoch: string;
  /** The most pages of 4 KiB that the file may grow to: above it the disk counts as full. No bound by default. */
  readonly maxPages?: number;
}

/** How long another process may hold the write lock before a commit is refused, in milliseconds. */
const BUSY_TIMEOUT = 1_000;
/** What takes longer than this, in milliseconds, counts as unanswered. */
const CALL_TIMEOUT = 2_000;
/** A thread that has not ended so long after it was asked to, in milliseconds, is stopped. */
const CLOSE_TIMEOUT = 5_000;

interface Call {
  readonly method: Method;
  // biome-ignore lint/suspicious/noExplicitAny: the method decides the type, and `#call` is the one that knows it.
  resolve(result: any): void;
  reject(error: Error): void;
  readonly timer: Timer;
}

/** A running thread and what it was asked. */
interface Thread {
  readonly worker: Worker;
  readonly epoch: string;
  readonly calls: Map<number, Call>;
}

/** Opens the message store of a folder. Rejects with a sentence for the operator where that cannot be. */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<ModeratedStore> {
  const store = new SqliteMessageStore(options);
  try {
    await store.epoch();
    return store;
  } catch (error) {
    await store.close();
    throw error;
  }
}

/**
 * The message store that needs nothing beside it: one SQLite file, in a thread of its own. A thread that dies is started
 * again by the next call.
 */
class SqliteMessageStore implements ModeratedStore {
  readonly moderation: ModerationStore;
  readonly #options: SqliteStoreOptions;
  #thread: Promise<Thread> | undefined;
  #epoch: string | undefined;
  #calls = 0;
  #closing: Promise<void> | undefined;

  constructor(options: SqliteStoreOptions) {
    this.#options = options;
    this.moderation = {
      read: (...args) => this.#call('read', args),
      change: (...args) => this.#call('change', args),
      erase: (...args) => this.#call('erase', args),
      trim: (...args) => this.#call('trim', args),
      audit: (...args) => this.#call('audit', args),
      note: (...args) => this.#call('note', args),
    };
  }

  async epoch(): Promise<string> {
    return (await this.#running()).epoch;
  }

  async commit(drafts: readonly Draft[], units: readonly Unit[] = []): Promise<Outcome[]> {
    if (drafts.length === 0) return [];
    return unpackOutcomes(await this.#call('commit', [packDrafts(drafts), units]), drafts);
  }

  head(room: string): Promise<number> {
    return this.#call('head', [room]);
  }

  after(room: string, after: number, limit: number, which: Which = 'all'): Promise<Entry[]> {
    return this.#call('after', [room, after, limit, which]);
  }

  before(room: string, before: number, limit: number, which: Which = 'all'): Promise<Entry[]> {
    return this.#call('before', [room, before, limit, which]);
  }

  close(): Promise<void> {
    this.#closing ??= this.#stop();
    return this.#closing;
  }

  async #call<M extends Method>(method: M, args: Arguments<M>): Promise<Result<M>> {
    const thread = await this.#running();
    return new Promise<Result<M>>((resolve, reject) => {
      const call = this.#calls++;
      // The compiler does not follow that `method` and `args` belong together, for one M.
      thread.worker.postMessage({ method, call, args } as Request);
      const timer = this.#options.clock.after(CALL_TIMEOUT, () => {
        thread.calls.delete(call);
        reject(lost(method, `the database did not answer within ${CALL_TIMEOUT} ms`));
      });
      thread.calls.set(call, { method, resolve, reject, timer });
    });
  }

  #running(): Promise<Thread> {
    if (this.#closing !== undefined) return Promise.reject(new StoreDown('the store is closed'));
    if (this.#thread !== undefined) return this.#thread;
    const thread = this.#start(() => {
      if (this.#thread === thread) this.#thread = undefined;
    });
    this.#thread = thread;
    return thread;
  }

  /** `ended` is called when the thread is no more, or does not serve. */
  #start(ended: () => void): Promise<Thread> {
    const { folder, newEpoch, maxPages, log } = this.#options;
    const path = join(folder, 'chat.sqlite');
    const workerData: ThreadData = { path, newEpoch, busyTimeout: BUSY_TIMEOUT, maxPages };
    const worker = new Worker(new URL('./sqlite-thread.ts', import.meta.url), { workerData, name: 'sqlite' });
    const calls = new Map<number, Call>();
    return new Promise((resolve, reject) => {
      const refuse = (reason: string): void => {
        ended();
        reject(new StoreDown(`cannot open the message store ${path}: ${reason}`));
      };
      worker.on('message', (reply: Reply) => {
        if (reply.kind === 'refused') refuse(reply.reason);
        else if (reply.kind !== 'opened') settle(calls, reply);
        else if (this.#isOther(reply.epoch)) {
          refuse('another file has taken its place since the start');
          void worker.terminate();
        } else resolve({ worker, epoch: reply.epoch, calls });
      });
      worker.on('error', (error) => log.error({ err: error }, 'the thread of the message store failed'));
      worker.on('exit', () => {
        lose(calls);
        refuse('its thread ended');
      });
    });
  }

  /** Whether this is not the history that was served before: its positions would mean other messages. */
  #isOther(epoch: string): boolean {
    this.#epoch ??= epoch;
    return this.#epoch !== epoch;
  }

  async #stop(): Promise<void> {
    const thread = await this.#thread?.catch(() => undefined);
    if (thread === undefined) return;
    const { worker } = thread;
    await new Promise<void>((resolve) => {
      const timer = this.#options.clock.after(CLOSE_TIMEOUT, () => void worker.terminate());
      worker.once('exit', () => {
        timer.cancel();
        resolve();
      });
      const close: Request = { method: 'close' };
      worker.postMessage(close);
    });
  }
}

/** What is done once it is asked for, whether its answer comes or not. */
const WRITES: readonly Method[] = ['commit', 'change', 'erase', 'note'];

/** A call without an answer: of one that writes that means that its fate is not known. */
function lost(method: Method, reason: string): Error {
  return WRITES.includes(method) ? new StoreUnknown(reason) : new Error(reason);
}

/** The thread is gone: what it was asked stays without an answer. */
function lose(calls: Map<number, Call>): void {
  for (const call of calls.values()) {
    call.timer.cancel();
    call.reject(lost(call.method, 'the thread of the message store ended'));
  }
  calls.clear();
}

function settle(calls: Map<number, Call>, reply: Extract<Reply, { readonly call: number }>): void {
  const call = calls.get(reply.call);
  // A call that waited too long was answered already.
  if (call === undefined) return;
  calls.delete(reply.call);
  call.timer.cancel();
  if (reply.kind === 'done') call.resolve(reply.result);
  else if (reply.name === 'StoreUnknown') call.reject(new StoreUnknown(reply.reason));
  else if (reply.name === 'StoreDown') call.reject(new StoreDown(reply.reason));
  else call.reject(new Error(reply.reason));
}
