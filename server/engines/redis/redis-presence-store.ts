import { RESP_TYPES } from 'redis';
import type { InstancePresence, PresenceStore, PresenceTotals } from '../presence-store.ts';
import { countReports, packReport } from './presence-report.ts';
import { inTime, type RedisClient } from './redis-client.ts';
import { HASH_TAG } from './redis-dial.ts';
import { RedisAway, refusalOf, saidBy } from './redis-errors.ts';
import { openLink, type RedisLink } from './redis-link.ts';
import type { RedisOptions } from './redis-options.ts';
import { parseRedisUrl } from './redis-url.ts';

export interface RedisPresenceOptions extends RedisOptions {
  /** An instance that has not reported for so long counts no more, in milliseconds; 30 s by default, for tests less. */
  readonly expiry?: number;
}

const EXPIRY = 30_000;

/** The time is Redis's own, so that the clocks of the instances do not matter. */
const NOW = `local t = redis.call('TIME') local now = t[1] * 1000 + math.floor(t[2] / 1000)`;
/** KEYS: the index, the report. ARGV: the instance, its report, the expiry. */
const REPORT = `${NOW}
redis.call('SET', KEYS[2], ARGV[2], 'PX', ARGV[3])
redis.call('ZADD', KEYS[1], now + ARGV[3], ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[3])`;
/** The instances that live. In one script, so that nobody who just reports anew is taken out. */
const LIVING = `${NOW}
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
return redis.call('ZRANGE', KEYS[1], 0, -1)`;
const WITHDRAW = `redis.call('DEL', KEYS[2]) redis.call('ZREM', KEYS[1], ARGV[1])`;

/** What Redis says when the keys have moved to another server, or this one has become a replica. */
const MOVED = /^(?:MOVED|ASK|READONLY|CLUSTERDOWN|MASTERDOWN) ?/;

/** Opens the presence store on Redis; see `openLink` for the wait and for what it rejects with. */
export async function openRedisPresenceStore(options: RedisPresenceOptions): Promise<RedisPresenceStore> {
  const link = await openLink({ ...options, use: 'presence' });
  const store = new RedisPresenceStore(options, link);
  try {
    await store.totals();
  } catch (error) {
    const refused = refusalOf(error instanceof RedisAway ? error.cause : error, parseRedisUrl(options.url).label);
    if (refused !== undefined) {
      await store.close();
      throw refused;
    }
  }
  return store;
}

/**
 * Who is here, in Redis: a key an instance, which expires, and one index of them. The names are counted here and not in
 * Redis, which does one thing at a time and has messages to carry. Calls reject at once while Redis is away, within 2 s
 * when it falls silent.
 */
export class RedisPresenceStore implements PresenceStore {
  readonly #link: RedisLink;
  readonly #options: RedisPresenceOptions;
  readonly #index: string;
  readonly #expiry: string;
  /** The instances that report here, to be withdrawn at the end. */
  readonly #own = new Set<string>();
  #closing: Promise<void> | undefined;

  constructor(options: RedisPresenceOptions, link: RedisLink) {
    this.#options = options;
    this.#link = link;
    this.#index = `${options.prefix ?? ''}${HASH_TAG}:presence`;
    this.#expiry = `${options.expiry ?? EXPIRY}`;
  }

  /** Whether Redis is expected to answer now. */
  get up(): boolean {
    return this.#closing === undefined && this.#link.up;
  }

  async report(instance: string, presence: InstancePresence): Promise<void> {
    this.#refuseClosed();
    this.#own.add(instance);
    const bytes = packReport(presence);
    await this.#ask((client) => client.eval(REPORT, this.#about(instance, bytes, this.#expiry)));
  }

  async totals(): Promise<PresenceTotals> {
    this.#refuseClosed();
    const living = await this.#ask((client) => client.eval(LIVING, { keys: [this.#index] }));
    if (!Array.isArray(living) || living.length === 0) return countReports([]);
    const keys = living.map((instance) => this.#key(String(instance)));
    return countReports(await this.#ask((client) => asBytes(client).mGet(keys)));
  }

  close(): Promise<void> {
    this.#closing ??= this.#withdraw().finally(() => this.#link.close());
    return this.#closing;
  }

  async #withdraw(): Promise<void> {
    const withdrawn = [...this.#own].map((instance) =>
      this.#ask((client) => client.eval(WITHDRAW, this.#about(instance))),
    );
    // Where Redis cannot be told, the reports expire.
    await inTime(this.#options.clock, Promise.all(withdrawn)).catch(() => undefined);
  }

  async #ask<T>(question: (client: RedisClient) => Promise<T>): Promise<T> {
    const { client } = this.#link;
    try {
      return await question(client);
    } catch (error) {
      if (MOVED.test(saidBy(error))) this.#link.drop(client, error);
      throw new RedisAway(`Redis did not answer about who is here (${saidBy(error)})`, { cause: error });
    }
  }

  #about(instance: string, ...more: (string | Buffer)[]) {
    return { keys: [this.#index, this.#key(instance)], arguments: [instance, ...more] };
  }

  #key(instance: string): string {
    return `${this.#index}:${instance}`;
  }

  #refuseClosed(): void {
    if (this.#closing !== undefined) throw new RedisAway('the presence store is closed');
  }
}

function asBytes(client: RedisClient) {
  return client.withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer });
}
