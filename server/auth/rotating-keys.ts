import { createLocalJWKSet, errors, type JWK, type JWTHeaderParameters, type JWTVerifyGetKey } from 'jose';
import type { Clock } from '../clock.ts';
import { Refusal } from '../errors.ts';
import type { Logger } from '../log.ts';

export interface RotatingKeysOptions {
  /** Reads the keys from where they are. Rejects with an `Error` whose message follows the words "the keys". */
  load(): Promise<readonly JWK[]>;
  readonly clock: Clock;
  readonly log: Logger;
  /** How long keys are used that cannot be read again, in milliseconds. */
  readonly stale: number;
}

/** Keys that are older than this are read again, in milliseconds. */
const FRESH = 600_000;
/** Between two readings there is at least so much, however many tokens name an unknown key. */
const PAUSE = 10_000;

/**
 * Public keys that change now and then. They are read again when they are old, while the old ones still count, and when a
 * token names one that is not there; that token waits. Everything happens when a token comes; there is no timer.
 */
export class RotatingKeys {
  readonly #options: RotatingKeysOptions;
  #find: JWTVerifyGetKey | undefined;
  #readAt = Number.NEGATIVE_INFINITY;
  #triedAt = Number.NEGATIVE_INFINITY;
  #reading: Promise<boolean> | undefined;

  constructor(options: RotatingKeysOptions) {
    this.#options = options;
  }

  /** Reads the keys for the first time. Rejects with the reason. */
  async open(): Promise<void> {
    await this.#read();
  }

  /** The key that a token names. Rejects as jose does when there is none, and with `sign-in-down` without keys. */
  readonly find: JWTVerifyGetKey = async (header, token) => {
    const { clock, stale } = this.#options;
    const old = (): number => clock.monotonic() - this.#readAt;
    if (old() > FRESH) {
      const again = this.#again();
      if (old() > FRESH + stale) await again;
    }
    if (this.#find === undefined || old() > FRESH + stale)
      throw new Refusal('sign-in-down', undefined, { retryAfter: PAUSE / 1_000 });
    try {
      return await this.#find(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey) || !named(header) || !(await this.#again())) throw error;
      return await this.#find(header, token);
    }
  };

  /** Reads the keys unless that was tried just now; resolves to whether they are new. Never rejects. */
  #again(): Promise<boolean> {
    if (this.#reading !== undefined) return this.#reading;
    const { clock, log } = this.#options;
    if (clock.monotonic() - this.#triedAt < PAUSE) return Promise.resolve(false);
    this.#reading = this.#read().then(
      () => true,
      (error) => {
        const reason = error instanceof Error ? error.message : String(error);
        log.warn({ reason }, 'the keys of JWT_JWKS could not be read again');
        return false;
      },
    );
    void this.#reading.then(() => {
      this.#reading = undefined;
    });
    return this.#reading;
  }

  async #read(): Promise<void> {
    const { clock, load } = this.#options;
    this.#triedAt = clock.monotonic();
    const keys = await load();
    this.#find = createLocalJWKSet({ keys: [...keys] });
    this.#readAt = clock.monotonic();
  }
}

/** A token that names no key cannot name an unknown one. */
function named(header: JWTHeaderParameters): boolean {
  return header.kid !== undefined;
}
