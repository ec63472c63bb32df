import type { Clock } from './clock.ts';
import type { Settings } from './config/settings.ts';
import type { Backplane } from './engines/backplane.ts';
import { InProcessBackplane } from './engines/embedded/in-process-backplane.ts';
import { InProcessPresenceStore } from './engines/embedded/in-process-presence-store.ts';
import { SoleLeader } from './engines/embedded/sole-leader.ts';
import { openSqliteStore } from './engines/embedded/sqlite-message-store.ts';
import { createTickRing } from './engines/embedded/tick-ring.ts';
import type { KafkaConnection, KafkaSasl } from './engines/kafka/connection.ts';
import { TooLate } from './engines/kafka/patience.ts';
import type { Leadership } from './engines/leadership.ts';
import type { ModeratedStore } from './engines/moderation-store.ts';
import type { PresenceStore } from './engines/presence-store.ts';
import type { RedisOptions } from './engines/redis/redis-options.ts';
import type { TickLog } from './engines/tick-log.ts';
import type { EngineState } from './http/info.ts';
import { probe } from './http/readiness.ts';
import type { Logger } from './log.ts';

/** What opening an engine takes; `opened` closes it in the end. */
export interface EngineStart {
  readonly settings: Settings;
  readonly opened: AsyncDisposableStack;
  readonly clock: Clock;
  readonly log: Logger;
  readonly random: () => number;
  readonly newId: () => string;
  /** Ends the wait for an engine that is not there. */
  readonly signal: AbortSignal;
}

/** An engine, and what `/api/info` tells of it. */
export interface Opened<Engine> {
  readonly engine: Engine;
  readonly kind: string;
  state(): EngineState | Promise<EngineState>;
}

// What the libraries of an engine take to load (Kafka's half a second of a core) is only paid where that engine is chosen.
const mysql = () => import('./engines/mysql/mysql-message-store.ts');
const redis = () => import('./engines/redis/redis-backplane.ts');
const presence = () => import('./engines/redis/redis-presence-store.ts');
const kafkaLog = () => import('./engines/kafka/tick-log.ts');
const kafkaGroup = () => import('./engines/kafka/leadership.ts');

/** MySQL where `MYSQL_URL` is set, else SQLite in `DATA_DIR`. */
export async function openStore(start: EngineStart): Promise<Opened<ModeratedStore>> {
  const { settings, opened, clock, log, newId, random, signal } = start;
  const url = settings.MYSQL_URL;
  const common = { clock, log, newEpoch: newId() };
  const engine =
    url === ''
      ? await openSqliteStore({ ...common, folder: settings.DATA_DIR })
      : await (await mysql()).openMysqlStore({ ...common, url, random, patience: patienceOf(start), signal });
  opened.defer(() => engine.close());
  const state = probe(clock, () => engine.head('global'));
  return { engine, kind: url === '' ? 'sqlite' : 'mysql', state };
}

/** Redis pub/sub where `REDIS_URL` is set, else within this process. */
export async function openBackplane(start: EngineStart): Promise<Opened<Backplane>> {
  const embedded = start.settings.REDIS_URL === '';
  const engine = embedded ? new InProcessBackplane() : await (await redis()).openRedisBackplane(redisOptions(start));
  start.opened.defer(() => engine.close());
  return { engine, kind: embedded ? 'in-process' : 'redis', state: () => stateOf(engine.up) };
}

/** Redis where `REDIS_URL` is set, else within this process. */
export async function openPresenceStore(start: EngineStart): Promise<Opened<PresenceStore>> {
  if (start.settings.REDIS_URL === '') {
    const engine = new InProcessPresenceStore(start.clock);
    start.opened.defer(() => engine.close());
    return { engine, kind: 'in-process', state: () => 'up' };
  }
  const engine = await (await presence()).openRedisPresenceStore(redisOptions(start));
  start.opened.defer(() => engine.close());
  return { engine, kind: 'redis', state: () => stateOf(engine.up) };
}

/** Kafka where `KAFKA_BROKERS` is set, else a ring within this process. */
export async function openTickLog(start: EngineStart): Promise<Opened<TickLog>> {
  const { settings, opened, clock, random } = start;
  if (settings.KAFKA_BROKERS.length === 0) {
    const engine = createTickRing({ clock, random });
    opened.defer(() => engine.close());
    return { engine, kind: 'in-process', state: () => 'up' };
  }
  const topic = `${settings.KAFKA_PREFIX}market-ticks`;
  const appends = settings.ROLE !== 'app' && settings.MARKET_SOURCE !== 'off';
  const engine = await withKafka(start, async (options) =>
    (await kafkaLog()).openKafkaTickLog({ ...options, topic, appends }),
  );
  opened.defer(() => engine.close());
  return { engine, kind: 'kafka', state: () => stateOf(engine.up) };
}

/** A Kafka group where `KAFKA_BROKERS` is set; else this instance is the only feed. */
export async function openLeadership(start: EngineStart): Promise<Leadership> {
  const { settings, opened } = start;
  const topic = `${settings.KAFKA_PREFIX}market-feed`;
  const group = `${settings.KAFKA_PREFIX}towncrier-feed`;
  const engine =
    settings.KAFKA_BROKERS.length === 0
      ? new SoleLeader()
      : await withKafka(start, async (options) =>
          (await kafkaGroup()).openKafkaLeadership({ ...options, topic, group }),
        );
  opened.defer(() => engine.close());
  return engine;
}

function redisOptions(start: EngineStart): RedisOptions {
  const { settings, clock, log, random, signal } = start;
  return {
    url: settings.REDIS_URL,
    prefix: settings.REDIS_PREFIX,
    clock,
    log,
    random,
    signal,
    patience: patienceOf(start),
  };
}

type KafkaOptions = KafkaConnection & Pick<EngineStart, 'clock' | 'log' | 'random' | 'signal'>;

/** Opens something of Kafka within the time that a start may take. */
export async function withKafka<T>(start: EngineStart, open: (options: KafkaOptions) => Promise<T>): Promise<T> {
  const { settings, clock, log, random } = start;
  const brokers = settings.KAFKA_BROKERS;
  const tooLate = new AbortController();
  const patience = patienceOf(start);
  const timer = clock.after(patience, () => tooLate.abort(new TooLate(patience)));
  const signal = AbortSignal.any([start.signal, tooLate.signal]);
  const tls = settings.KAFKA_TLS === 'on' ? { tls: {} } : {};
  try {
    return await open({ brokers, clock, log, random, signal, ...tls, ...saslOf(settings) });
  } finally {
    timer.cancel();
  }
}

function saslOf(settings: Settings): { readonly sasl?: KafkaSasl } {
  const { KAFKA_SASL, KAFKA_USERNAME: username, KAFKA_PASSWORD: password } = settings;
  return KAFKA_SASL === 'off' ? {} : { sasl: { mechanism: KAFKA_SASL, username, password } };
}

/** How long a start waits for an engine, in milliseconds. */
export function patienceOf({ settings }: EngineStart): number {
  return settings.START_WAIT * 1_000;
}

function stateOf(up: boolean): EngineState {
  return up ? 'up' : 'down';
}
