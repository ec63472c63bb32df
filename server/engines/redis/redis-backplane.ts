import type { Backplane, BackplaneListener, Channel } from '../backplane.ts';
import { RedisAway, refusalOf } from './redis-errors.ts';
import { openLink, type RedisLink } from './redis-link.ts';
import type { RedisOptions } from './redis-options.ts';
import { MAX_PAYLOAD, RedisSubscriptions } from './redis-subscriptions.ts';
import { parseRedisUrl } from './redis-url.ts';

const CHANNELS: readonly Channel[] = ['global-chat-channel', 'typing-channel', 'presence-channel'];
/** Payloads that may be on their way to a Redis that does not answer, in UTF-16 units. */
const MAX_UNANSWERED = 16_777_216;

/**
 * Opens the backplane on Redis; see `openLink` for the wait and for what it rejects with. It makes two connections, as one
 * that is subscribed may not publish.
 */
export async function openRedisBackplane(options: RedisOptions): Promise<RedisBackplane> {
  const subscriptions = new RedisSubscriptions(options.prefix ?? '', options.log);
  const hearing = await openLink({
    ...options,
    use: 'listening',
    prepare: (client) => subscriptions.renew(client),
    stood: () => subscriptions.tell(),
    lost: () => subscriptions.lost(),
  });
  try {
    await checkRights(hearing, options);
    return new RedisBackplane(options, subscriptions, hearing, await openLink({ ...options, use: 'publishing' }));
  } catch (error) {
    hearing.close();
    throw error;
  }
}

/** Subscribing is where a missing right shows; later it would only be a line in the log. */
async function checkRights(hearing: RedisLink, { url, prefix = '' }: RedisOptions): Promise<void> {
  const channels = CHANNELS.map((channel) => prefix + channel);
  try {
    const { client } = hearing;
    await client.subscribe(channels, () => undefined);
    await client.unsubscribe(channels);
  } catch (error) {
    const refused = refusalOf(error, parseRedisUrl(url).label);
    // Lost just now: it comes back by itself.
    if (refused !== undefined) throw refused;
  }
}

/**
 * The backplane on Redis pub/sub.
 *
 * What `publish` resolves to is what PUBLISH answers: listeners on the node that we talk to. All instances talk to one
 * node, so these are the instances (and whoever else subscribed, such as a curious operator). In a cluster whose slots are
 * just moving, instances may sit on two nodes: all hear, but the number may be too low.
 * A publish that is under way when Redis falls silent rejects within 2 s; it may have been heard.
 */
export class RedisBackplane implements Backplane {
  readonly #options: RedisOptions;
  readonly #prefix: string;
  readonly #subscriptions: RedisSubscriptions;
  readonly #hearing: RedisLink;
  readonly #publishing: RedisLink;
  #unanswered = 0;
  #said = false;
  #closed = false;

  constructor(options: RedisOptions, subscriptions: RedisSubscriptions, hearing: RedisLink, publishing: RedisLink) {
    this.#options = options;
    this.#prefix = options.prefix ?? '';
    this.#subscriptions = subscriptions;
    this.#hearing = hearing;
    this.#publishing = publishing;
  }

  /** Both ways stand: a publish reaches the others, and theirs reach us. */
  get up(): boolean {
    return !this.#closed && this.#publishing.up && this.#hearing.up;
  }

  /** Payloads that came and were too long to be given to a listener. */
  get tooLong(): number {
    return this.#subscriptions.tooLong;
  }

  async publish(channel: Channel, payload: string): Promise<number> {
    const { client } = this.#publishing;
    if (payload.length > MAX_PAYLOAD || Buffer.byteLength(payload) > MAX_PAYLOAD) {
      throw new Error(`a payload of the backplane has at most ${MAX_PAYLOAD} bytes`);
    }
    if (this.#unanswered + payload.length > MAX_UNANSWERED) throw new RedisAway('Redis does not keep up');
    this.#unanswered += payload.length;
    try {
      return await client.publish(this.#prefix + channel, payload);
    } catch (error) {
      this.#sayOnce(error);
      throw new RedisAway('Redis did not take the payload', { cause: error });
    } finally {
      this.#unanswered -= payload.length;
    }
  }

  async subscribe(channel: Channel, listener: BackplaneListener): Promise<void> {
    if (this.#closed) throw new RedisAway('the backplane is closed');
    await this.#subscriptions.add(channel, listener);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#subscriptions.close(new RedisAway('the backplane is closed'));
    this.#hearing.close();
    this.#publishing.close();
  }

  /** What a person must mend is said once; everything else the links say. */
  #sayOnce(error: unknown): void {
    const refused = refusalOf(error, parseRedisUrl(this.#options.url).label);
    if (refused === undefined || this.#said) return;
    this.#said = true;
    this.#options.log.error({ err: refused }, 'Redis lets nobody publish');
  }
}
