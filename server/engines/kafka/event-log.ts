import type { ConnectionPool } from '@platformatic/kafka';
import type { EventLog, EventLogListener, EventRecord, NewEvent } from '../event-log.ts';
import { type Cluster, type KnownTopic, openCluster } from './cluster.ts';
import type { KafkaConnection } from './connection.ts';
import { encodeEvent, eventMeaning } from './event-record.ts';
import { Follower } from './follower.ts';
import { PartitionReader } from './partition-reader.ts';
import { PartitionWriter } from './partition-writer.ts';
import { type Patience, patiently } from './patience.ts';
import { readRange } from './read-range.ts';

export interface KafkaEventLogOptions extends KafkaConnection, Patience {
  readonly topic: string;
}

/** For a topic that has to be created: a day, and 256 MiB. */
const CONFIGS = { 'cleanup.policy': 'delete', 'retention.ms': '86400000', 'retention.bytes': '268435456' };
/** Without Write it can be followed, and not be appended to. */
const RIGHTS = 'Describe, Read and Write';
/** One partition: so the order is one for all keys, and a position one number. */
const PARTITION = 0;

/**
 * Opens the log of a stream in Kafka: waits for the cluster, and creates the topic where it is missing. Rejects with one
 * sentence for the operator where waiting cannot help.
 */
export async function openKafkaEventLog(options: KafkaEventLogOptions): Promise<EventLog> {
  const { topic, brokers } = options;
  const { cluster, known } = await openCluster(
    options,
    { topic, partitions: 1, configs: CONFIGS, rights: RIGHTS },
    options,
  );
  if (known.partitions !== 1) {
    await cluster.close();
    throw new Error(`the topic ${topic} has ${known.partitions} partitions: a stream has one order, so it needs one`);
  }
  const log = new KafkaEventLog(cluster, known, options);
  try {
    // A leader that was only just named may not know it yet.
    await patiently(options, { brokers, topic, rights: RIGHTS }, () => log.try());
    return log;
  } catch (error) {
    await log.close();
    throw error;
  }
}

class KafkaEventLog implements EventLog {
  strange = 0;
  readonly #cluster: Cluster;
  readonly #known: KnownTopic;
  readonly #patience: Patience;
  readonly #pools: { readonly write: ConnectionPool; readonly read: ConnectionPool; readonly follow: ConnectionPool };
  readonly #writer: PartitionWriter;
  readonly #reader: PartitionReader<EventRecord>;
  #follower: Follower<EventRecord> | undefined;
  #running: Promise<void> | undefined;
  /** What the writer has taken and not settled. */
  #events: readonly NewEvent[] | undefined;
  #closed: Promise<void> | undefined;

  constructor(cluster: Cluster, known: KnownTopic, patience: Patience) {
    this.#cluster = cluster;
    this.#known = known;
    this.#patience = patience;
    // A long poll holds up what is asked after it on the same connection.
    this.#pools = { write: cluster.pool(), read: cluster.pool(), follow: cluster.pool() };
    this.#writer = new PartitionWriter(cluster, known, this.#pools.write, PARTITION, patience.clock);
    this.#reader = new PartitionReader(cluster, known, this.#pools.read, PARTITION, eventMeaning);
  }

  get epoch(): string {
    return this.#known.id;
  }

  /** Rejects where it could not be followed. */
  async try(): Promise<void> {
    await this.bounds();
    await this.#cluster.checkRights(this.#pools.read, ['Read']);
  }

  async append(events: readonly NewEvent[]): Promise<void> {
    this.#check();
    if (this.#events !== events) this.#writer.take(events.map(encodeEvent));
    this.#events = events;
    await this.#writer.settle();
    this.#events = undefined;
  }

  async bounds(): Promise<{ first: number; next: number }> {
    this.#check();
    return await this.#reader.bounds();
  }

  follow(from: number, { records, passed, reachable }: EventLogListener): void {
    if (this.#closed) return;
    const reader = new PartitionReader(this.#cluster, this.#known, this.#pools.follow, PARTITION, eventMeaning);
    const strange = (count: number): void => {
      this.strange += count;
    };
    const options = { reader, partition: PARTITION, from, records, passed, strange, reachable };
    this.#follower = new Follower<EventRecord>({ ...this.#patience, ...options });
    this.#running = this.#follower.run();
  }

  async read(from: number, to: number): Promise<EventRecord[]> {
    this.#check();
    return await readRange(this.#reader, from, to);
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    this.#follower?.stop();
    await Promise.all(Object.values(this.#pools).map((pool) => pool.close()));
    await this.#running;
    await this.#cluster.close();
  }

  #check(): void {
    if (this.#closed) throw new Error('the log of the stream is closed');
  }
}
