import type { LockOptions, Locks } from '../../web/src/connection/tab-lock.ts';

interface Waiting {
  readonly grant: () => void;
}

/** The browser's Web Locks, of one name, as far as they are used. */
export class FakeLocks implements Locks {
  /** As where the site may store nothing. */
  refusing = false;
  #holder: { readonly stolen: () => void } | undefined;
  #waiting: Waiting[] = [];

  async request(_name: string, { steal, signal }: LockOptions, use: () => Promise<void> | undefined): Promise<unknown> {
    if (this.refusing) throw new Error('SecurityError');
    if (steal === true) {
      this.#holder?.stolen();
      this.#holder = undefined;
    } else if (this.#holder !== undefined) await this.#turn(signal);
    const stolen = Promise.withResolvers<void>();
    const holder = { stolen: () => stolen.reject(new Error('AbortError')) };
    this.#holder = holder;
    try {
      // The real ones call back later.
      await Promise.resolve();
      await Promise.race([use(), stolen.promise]);
    } finally {
      if (this.#holder === holder) {
        this.#holder = undefined;
        this.#waiting.shift()?.grant();
      }
    }
    return undefined;
  }

  #turn(signal: AbortSignal | undefined): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const waiting = { grant: resolve };
    this.#waiting.push(waiting);
    signal?.addEventListener('abort', () => {
      this.#waiting = this.#waiting.filter((each) => each !== waiting);
      reject(new Error('AbortError'));
    });
    return promise;
  }
}
