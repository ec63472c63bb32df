import type { ConnectionPool } from '@platformatic/kafka';
import type { FeedBeat, Offsets, Tick, TickLog, TickLogListener, TickRecord } from '../tick-log.ts';
import { Appender } from './appender.ts';
import { type Cluster, type KnownTopic, openCluster } from './cluster.ts';
import type { KafkaConnection } from './connection.ts';
import { Following } from './following.ts';
import { PartitionReader } from './partition-reader.ts';
import { type Patience, patiently } from './patience.ts';
import { readRange } from './read-range.ts';
import type { TopicRight } from './rights.ts';
import { tickMeaning } from './tick-record.ts';

export interface KafkaTickLogOptions extends KafkaConnection, Patience {
  /** Default `market-ticks`. */
  readonly topic?: string;
  /** Of the topic, where it has to be created (default 3). */
  readonly partitions?: number;
  /** How long Kafka keeps ticks, where the topic has to be created, in milliseconds (default: 24 hours). */
  readonly retention?: number;
  /** Whether it is appended to, which takes a right (default true). */
  readonly appends?: boolean;
}

/** A tick log in Kafka. */
export interface KafkaTickLog extends TickLog {
  /** Whether all that follow it can read it now; true while nobody does. */
  readonly up: boolean;
  /** Records that were no ticks and were left out, over all partitions. */
  readonly strange: number;
}

const DAY = 86_400_000;
/** A position names an offset for each, and no longer text than this many is read back. */
const MOST_PARTITIONS = 64;

/**
 * Opens the tick log in Kafka: waits for the cluster, says what it waits for, and creates the topic where it is missing.
 * Rejects with one sentence for the operator where waiting cannot help.
 */
export async function openKafkaTickLog(options: KafkaTickLogOptions): Promise<KafkaTickLog> {
  const { topic = 'market-ticks', partitions = 3, retention = DAY, appends = true } = options;
  const configs = { 'cleanup.policy': 'delete', 'retention.ms': `${retention}` };
  const needs: readonly TopicRight[] = appends ? ['Read', 'Write'] : ['Read'];
  const rights = appends ? 'Describe, Read and Write' : 'Describe and Read';
  const { cluster, known } = await openCluster(options, { topic, partitions, configs, rights }, options);
  if (known.partitions > MOST_PARTITIONS) {
    await cluster.close();
    throw new Error(`the topic ${topic} has ${known.partitions} partitions: at most ${MOST_PARTITIONS} can be read`);
  }
  const log = new KafkaLog(cluster, known, options);
  try {
    // A leader that was only just named may not know it yet.
    await patiently(options, { brokers: options.brokers, topic, rights }, () => log.try(needs));
    return log;
  } catch (error) {
    await log.close();
    throw error;
  }
}

class KafkaLog implements KafkaTickLog {
  readonly #cluster: Cluster;
  readonly #known: KnownTopic;
  readonly #patience: Patience;
  readonly #appender: Appender;
  readonly #pool: ConnectionPool;
  readonly #readers: readonly PartitionReader<TickRecord, FeedBeat>[];
  readonly #followings: Following[] = [];
  #closed: Promise<void> | undefined;

  constructor(cluster: Cluster, known: KnownTopic, patience: Patience) {
    this.#cluster = cluster;
    this.#known = known;
    this.#patience = patience;
    this.#appender = new Appender(cluster, known, patience.clock);
    const pool = cluster.pool();
    this.#pool = pool;
    this.#readers = this.#numbers().map(
      (partition) => new PartitionReader(cluster, known, pool, partition, tickMeaning(partition)),
    );
  }

  get up(): boolean {
    return this.#closed === undefined && this.#followings.every(({ reachable }) => reachable);
  }

  get strange(): number {
    return this.#followings.reduce((sum, { strange }) => sum + strange, 0);
  }

  async open(): Promise<{ partitions: number; epoch: string }> {
    return { partitions: this.#known.partitions, epoch: this.#known.id };
  }

  /** Rejects where it could not be used, also for want of these rights. */
  async try(needs: readonly TopicRight[]): Promise<void> {
    await this.bounds();
    await this.#cluster.checkRights(this.#pool, needs);
  }

  async append(entries: readonly (Tick | FeedBeat)[]): Promise<void> {
    this.#check();
    await this.#appender.append(entries);
  }

  async bounds(): Promise<{ first: Offsets; next: Offsets }> {
    this.#check();
    const all = await Promise.all(this.#readers.map((reader) => reader.bounds()));
    return { first: all.map(({ first }) => first), next: all.map(({ next }) => next) };
  }

  follow(from: Offsets, listener: TickLogListener): void {
    if (this.#closed) return;
    this.#followings.push(new Following(this.#cluster, this.#known, this.#patience, from, listener));
  }

  async read(partition: number, from: number, to: number): Promise<TickRecord[]> {
    this.#check();
    const reader = this.#readers[partition];
    if (reader === undefined) throw new RangeError(`the tick log has no partition ${partition}`);
    return await readRange(reader, from, to);
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    await Promise.all(this.#followings.map((following) => following.close()));
    await Promise.all([this.#appender.close(), this.#pool.close(), this.#cluster.close()]);
  }

  #check(): void {
    if (this.#closed) throw new Error('the tick log is closed');
  }

  #numbers(): number[] {
    return [...Array(this.#known.partitions).keys()];
  }
}
