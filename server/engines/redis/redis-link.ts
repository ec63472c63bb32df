import type { Timer } from '../../clock.ts';
import { inTime, type RedisClient } from './redis-client.ts';
import { type DialOptions, dial, refuseReplica } from './redis-dial.ts';
import { RedisAway, refusalOf, saidBy } from './redis-errors.ts';
import type { RedisOptions } from './redis-options.ts';
import { Pauses } from './redis-pauses.ts';
import { parseRedisUrl } from './redis-url.ts';

export interface LinkOptions extends RedisOptions {
  /** What the connection is for, as in "Redis is away (publishing)". */
  readonly use: string;
  /** Makes a new connection ready before it stands. Rejects where it cannot be; then the connection is tried anew. */
  prepare?(client: RedisClient): Promise<void>;
  /** The connection stands. */
  stood?(): void;
  /** It stands no more. */
  lost?(): void;
}

/** How often Redis is asked for a sign of life, in milliseconds, and how many beats it may miss: those above end it. */
const BEAT = 500;
const MAX_MISSED = 2;
/** The least time between two lines that say what is waited for, in milliseconds. */
const SAY_PACE = 10_000;

/**
 * Opens a link. While Redis cannot be reached it waits, and says for what. Rejects with a sentence for the operator where
 * waiting does not help, with the reason of `signal`, or when the patience is over.
 */
export async function openLink(options: LinkOptions): Promise<RedisLink> {
  const link = new RedisLink(options);
  try {
    await link.start();
    return link;
  } catch (error) {
    link.close();
    throw error;
  }
}

/**
 * One connection to Redis that comes back by itself: after a loss, after silence (a frozen server, a cut cable), and to
 * another server when Sentinel or the cluster has moved.
 */
export class RedisLink {
  readonly #options: LinkOptions;
  readonly #dialOptions: DialOptions;
  readonly #pauses: Pauses;
  #client: RedisClient | undefined;
  #beat: Timer | undefined;
  #missed = 0;
  #saidAt = Number.NEGATIVE_INFINITY;
  #closed = false;

  constructor(options: LinkOptions) {
    const { url, clock, tls, use, random } = options;
    this.#options = options;
    this.#dialOptions = { target: parseRedisUrl(url), clock, tls, name: `towncrier-${use}` };
    this.#pauses = new Pauses(clock, random);
  }

  get up(): boolean {
    return this.#client !== undefined;
  }

  /** The client to ask now. Throws `RedisAway` while there is none. */
  get client(): RedisClient {
    if (this.#closed) throw new RedisAway('the connection to Redis is closed');
    if (this.#client === undefined) throw new RedisAway('Redis is away');
    return this.#client;
  }

  async start(): Promise<void> {
    const { clock, patience, signal } = this.#options;
    const end = clock.monotonic() + (patience ?? Number.POSITIVE_INFINITY);
    const { label } = this.#dialOptions.target;
    for (;;) {
      signal?.throwIfAborted();
      try {
        return await this.#connect();
      } catch (error) {
        const refused = refusalOf(error, label);
        if (refused !== undefined) throw refused;
        if (clock.monotonic() >= end) {
          throw new Error(`Redis does not answer at ${label} (${saidBy(error)}): start it, or correct REDIS_URL.`, {
            cause: error,
          });
        }
        this.#say(error, 'waiting for Redis');
      }
      await this.#pauses.next(signal);
    }
  }

  /** Gives up this connection because of what it answered, and makes another. */
  drop(client: RedisClient, cause: unknown): void {
    if (client !== this.#client) return;
    this.#client = undefined;
    this.#beat?.cancel();
    client.destroy();
    this.#options.lost?.();
    if (this.#closed) return;
    this.#say(cause, 'Redis is away');
    void this.#comeBack();
  }

  close(): void {
    this.#closed = true;
    this.#pauses.end();
    if (this.#client !== undefined) this.drop(this.#client, undefined);
  }

  async #comeBack(): Promise<void> {
    while (!this.#closed) {
      await this.#pauses.next();
      if (this.#closed) return;
      try {
        await this.#connect();
        this.#saidAt = Number.NEGATIVE_INFINITY;
        this.#options.log.info({ redis: this.#dialOptions.target.label, use: this.#options.use }, 'Redis is back');
        return;
      } catch (error) {
        this.#say(error, 'Redis is away');
      }
    }
  }

  /** One try. */
  async #connect(): Promise<void> {
    const { clock, prepare } = this.#options;
    const client = await dial(this.#dialOptions);
    const broken = Promise.withResolvers<never>();
    // Any error ends the connection: after one in the decoder, what follows could not be understood.
    client.on('error', (error) => {
      broken.reject(error);
      this.drop(client, error);
    });
    try {
      if (prepare !== undefined) await inTime(clock, Promise.race([prepare(client), broken.promise]));
      if (this.#closed || !client.isReady) throw new RedisAway('the connection was lost at once');
    } catch (error) {
      client.destroy();
      throw error;
    } finally {
      broken.promise.catch(() => undefined);
    }
    this.#stand(client);
  }

  #stand(client: RedisClient): void {
    this.#client = client;
    this.#missed = 0;
    this.#pauses.reset();
    let asked = false;
    this.#beat = this.#options.clock.every(BEAT, () => {
      // Beats are counted, not milliseconds: while this process itself stands still, none is missed.
      if (asked && ++this.#missed > MAX_MISSED) {
        this.drop(client, new Error(`no answer within ${this.#missed * BEAT} ms`));
      } else if (!asked) {
        asked = true;
        void this.#ask(client).finally(() => {
          asked = false;
          this.#missed = 0;
        });
      }
    });
    this.#options.stood?.();
  }

  /** Asks for a sign of life; behind Sentinel or in a cluster, whether it is still the master. */
  async #ask(client: RedisClient): Promise<void> {
    try {
      if (this.#dialOptions.target.kind === 'single') await client.ping();
      else await refuseReplica(client, this.#options.clock);
    } catch (error) {
      this.drop(client, error);
    }
  }

  #say(error: unknown, text: string): void {
    const { clock, log, use } = this.#options;
    if (clock.monotonic() < this.#saidAt + SAY_PACE) return;
    this.#saidAt = clock.monotonic();
    const { label } = this.#dialOptions.target;
    log.warn({ redis: label, use, reason: refusalOf(error, label)?.message ?? saidBy(error) }, text);
  }
}
