import type { Logger } from '../../log.ts';
import type { BackplaneListener, Channel } from '../backplane.ts';
import type { RedisClient } from './redis-client.ts';

/** A listener of a channel. */
interface Entry {
  readonly channel: Channel;
  readonly listener: BackplaneListener;
  /** Resolved once its subscription has stood. */
  readonly stood: PromiseWithResolvers<void>;
  /** Its subscription stands anew, and it has not been told yet. */
  due: boolean;
}

/** The subscriptions that were asked of one connection, each once. */
interface Standing {
  readonly client: RedisClient;
  readonly asked: Map<Channel, Promise<void>>;
}

/** Longer payloads, in bytes, are not given to listeners: the largest of ours is a chat message, at most 32 KB. */
export const MAX_PAYLOAD = 1_048_576;

/** Who listens to what, over all connections: each new one gets the same subscriptions before listeners are told. */
export class RedisSubscriptions {
  /** Payloads that were too long to be given to anyone. */
  tooLong = 0;
  readonly #prefix: string;
  readonly #log: Logger;
  readonly #entries: Entry[] = [];
  #standing: Standing | undefined;

  constructor(prefix: string, log: Logger) {
    this.#prefix = prefix;
    this.#log = log;
  }

  /** Resolves when the subscription stands: while Redis is away, that is when it is back. Rejects where it is refused. */
  async add(channel: Channel, listener: BackplaneListener): Promise<void> {
    const entry: Entry = { channel, listener, stood: Promise.withResolvers(), due: false };
    this.#entries.push(entry);
    const standing = this.#standing;
    if (standing !== undefined) {
      try {
        await this.#stand(entry, standing);
        // On a connection that does not stand yet, `tell` follows when it does.
        if (standing.client.isReady) this.tell();
      } catch (error) {
        // A connection that was lost comes back, and the subscription with it.
        if (standing === this.#standing && standing.client.isReady) {
          this.#entries.splice(this.#entries.indexOf(entry), 1);
          throw error;
        }
      }
    }
    await entry.stood.promise;
  }

  /** Asks a new connection for all subscriptions. */
  async renew(client: RedisClient): Promise<void> {
    const standing = { client, asked: new Map() };
    this.#standing = standing;
    await Promise.all(this.#entries.map((entry) => this.#stand(entry, standing)));
  }

  /** Tells those whose subscription stands anew that payloads may have been lost. */
  tell(): void {
    for (const entry of this.#entries) {
      if (!entry.due) continue;
      entry.due = false;
      entry.stood.resolve();
      this.#safely(() => entry.listener.resumed());
    }
  }

  /** The connection is gone. */
  lost(): void {
    this.#standing = undefined;
    for (const entry of this.#entries) entry.due = false;
  }

  /** Nobody is told anything again; who still waits for a subscription is rejected. */
  close(error: Error): void {
    this.lost();
    for (const { stood } of this.#entries.splice(0)) {
      // Nobody may be waiting any more.
      stood.promise.catch(() => undefined);
      stood.reject(error);
    }
  }

  async #stand(entry: Entry, standing: Standing): Promise<void> {
    const { channel } = entry;
    let asked = standing.asked.get(channel);
    if (asked === undefined) {
      const hear = (payload: string | Buffer): void => this.#hear(standing, channel, payload);
      // As bytes: a payload as long as Redis allows does not fit into a string.
      asked = standing.client.subscribe(`${this.#prefix}${channel}`, hear, true);
      standing.asked.set(channel, asked);
    }
    await asked;
    entry.due = standing === this.#standing;
  }

  #hear(standing: Standing, channel: Channel, payload: string | Buffer): void {
    if (standing !== this.#standing) return;
    const listeners = this.#entries.filter((entry) => entry.channel === channel).map(({ listener }) => listener);
    if (payload.length > MAX_PAYLOAD) {
      if (this.tooLong++ === 0) this.#log.warn({ channel, bytes: payload.length }, 'a payload on Redis was too long');
      for (const listener of listeners) this.#safely(() => listener.tooLong?.());
      return;
    }
    const text = payload.toString();
    for (const listener of listeners) this.#safely(() => listener.message(text));
  }

  /** What a listener throws must not reach the decoder of the connection: it would lose its place. */
  #safely(tell: () => void): void {
    try {
      tell();
    } catch (error) {
      this.#log.error({ err: error }, 'a listener of the backplane failed');
    }
  }
}
