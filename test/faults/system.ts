import { randomUUID } from 'node:crypto';
import { systemClock } from '../../server/clock.ts';
import { openKafkaTickLog } from '../../server/engines/kafka/tick-log.ts';
import type { MessageStore } from '../../server/engines/message-store.ts';
import { openMysqlStore } from '../../server/engines/mysql/mysql-message-store.ts';
import type { TickLog } from '../../server/engines/tick-log.ts';
import type { Logger } from '../../server/log.ts';
import { KafkaServer } from '../support/engines/kafka.ts';
import { MysqlServer } from '../support/engines/mysql.ts';
import { RedisServer } from '../support/engines/redis.ts';
import { ServerProcess } from '../support/server-process.ts';

export interface SystemSize {
  readonly apps: number;
  readonly feeds: number;
  readonly ticksPerSecond: number;
}

const silent: Logger = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

/** The whole product as it runs in production, on real engines of its own: apps, feeds, and what they stand on. */
export class System {
  readonly mysql: MysqlServer;
  readonly redis: RedisServer;
  readonly kafka: KafkaServer;
  readonly apps: readonly ServerProcess[];
  readonly feeds: readonly ServerProcess[];
  /** The truth, read past the apps. */
  readonly store: MessageStore;
  readonly ticks: TickLog;
  readonly #stack: AsyncDisposableStack;

  private constructor(
    parts: Pick<System, 'mysql' | 'redis' | 'kafka' | 'apps' | 'feeds' | 'store' | 'ticks'>,
    stack: AsyncDisposableStack,
  ) {
    this.mysql = parts.mysql;
    this.redis = parts.redis;
    this.kafka = parts.kafka;
    this.apps = parts.apps;
    this.feeds = parts.feeds;
    this.store = parts.store;
    this.ticks = parts.ticks;
    this.#stack = stack;
  }

  static async start(size: SystemSize): Promise<System> {
    const stack = new AsyncDisposableStack();
    try {
      return await System.#assemble(size, stack);
    } catch (error) {
      await stack.disposeAsync();
      throw error;
    }
  }

  get urls(): string[] {
    return this.apps.map(({ url }) => url);
  }

  /** What apps and feeds have written so far, a line each. */
  get said(): string[] {
    const named = [
      ...this.apps.map((app) => ['app', app] as const),
      ...this.feeds.map((feed) => ['feed', feed] as const),
    ];
    return named.flatMap(([role, { port, output }]) => {
      return output.split('\n').flatMap((line) => (line === '' ? [] : [`${role} ${port}: ${line}`]));
    });
  }

  /** The feed that produces now. */
  async activeFeed(): Promise<ServerProcess> {
    for (let tries = 0; tries < 600; tries++) {
      for (const feed of this.feeds) if (await isActive(feed)) return feed;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error('no feed became active within a minute');
  }

  stop(): Promise<void> {
    return this.#stack.disposeAsync();
  }

  static async #assemble({ apps, feeds, ticksPerSecond }: SystemSize, stack: AsyncDisposableStack): Promise<System> {
    const mysql = await MysqlServer.start();
    stack.defer(() => mysql.dispose());
    const redis = await RedisServer.start();
    stack.defer(() => redis.stop());
    const kafka = await KafkaServer.start();
    stack.defer(() => kafka.stop());
    const url = mysql.newUrl();
    const env = {
      // All users here come from one address.
      CHAT_RATE_LIMIT: '0',
      CONNECT_RATE_LIMIT: '0',
      MAX_CONNECTIONS_PER_ADDRESS: '0',
      MYSQL_URL: url,
      REDIS_URL: redis.url,
      KAFKA_BROKERS: kafka.brokers.join(','),
      MARKET_TICKS_PER_SECOND: `${ticksPerSecond}`,
    };
    const start = async (role: string, index: number): Promise<ServerProcess> => {
      const server = await ServerProcess.create({ ...env, ROLE: role, MARKET_SEED: `${index + 1}` });
      stack.defer(() => server.dispose());
      await server.start();
      return server;
    };
    const running = { feeds: [] as ServerProcess[], apps: [] as ServerProcess[] };
    for (let index = 0; index < feeds; index++) running.feeds.push(await start('feed', index));
    for (let index = 0; index < apps; index++) running.apps.push(await start('app', index));
    const common = { clock: systemClock, log: silent, random: Math.random };
    const store = await openMysqlStore({ ...common, url, newEpoch: randomUUID() });
    stack.defer(() => store.close());
    const ticks = await openKafkaTickLog({ ...common, brokers: kafka.brokers });
    stack.defer(() => ticks.close());
    return new System({ mysql, redis, kafka, ...running, store, ticks }, stack);
  }
}

/** A feed that is frozen or dead is not active. */
export async function isActive(feed: ServerProcess): Promise<boolean> {
  try {
    const answer = await fetch(`http://127.0.0.1:${feed.adminPort}/metrics`, { signal: AbortSignal.timeout(500) });
    return /^towncrier_feed_active 1$/m.test(await answer.text());
  } catch {
    return false;
  }
}
