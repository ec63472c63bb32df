import type { Worker } from 'node:cluster';

/** A connection as Node's `cluster` sends it. Closing it twice does no harm. */
interface Connection {
  close(): void;
}

/**
 * Connections on their way to workers; each is given the next when it has taken the last, so there is one a worker at most. That of a worker which
 * dies is forgotten by Node: it stays open, and its client waits for ever. Here it is closed, and the client can come again.
 */
export class HandedOver {
  readonly #given = new Map<Worker, Connection>();

  /** From now on, until the worker's end. */
  watch(worker: Worker): void {
    const child = worker.process;
    // It is passed on as it came.
    const send = child.send.bind(child) as (...all: unknown[]) => boolean;
    const noting = (...all: unknown[]): boolean => {
      const [message, handle] = all;
      if (isGiven(message, handle)) this.#note(worker, handle);
      return send(...all);
    };
    child.send = noting;
    worker.once('exit', () => {
      this.#given.get(worker)?.close();
      this.#given.delete(worker);
    });
  }

  #note(worker: Worker, connection: Connection): void {
    // Who is about to stop gives it back, and it goes to another one.
    for (const [other, given] of this.#given) if (given === connection) this.#given.delete(other);
    this.#given.set(worker, connection);
  }
}

/** What `cluster` says of a connection is its own affair, so a test holds us to it. */
function isGiven(message: unknown, handle: unknown): handle is Connection {
  const { act } = Object(message) as { readonly act?: unknown }; // any message
  return act === 'newconn' && typeof Object(handle).close === 'function';
}
