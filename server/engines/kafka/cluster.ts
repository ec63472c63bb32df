import { Admin, type Broker, ConnectionPool, listOffsetsV7 } from '@platformatic/kafka';
import { clientOptions, type KafkaConnection } from './connection.ts';
import { type Patience, patiently } from './patience.ts';
import { missingRights, RightsMissing, type TopicRight } from './rights.ts';
import { findOrCreateTopic, findTopic, type TopicPlan } from './topic.ts';
import { TopicLost } from './topic-lost.ts';

/** What is known of the topic for as long as this process lives. */
export interface KnownTopic {
  readonly topic: string;
  /** Kafka's own: a topic that is deleted and made again has another one. */
  readonly id: string;
  readonly partitions: number;
}

/** The one who asks is no replica of the broker. */
const NO_REPLICA = -1;
const READ_UNCOMMITTED = 0;
/** After a topic was created, all brokers know of it so much later, in milliseconds. */
const SOON = 50;

/** Waits for the cluster, finds or creates the topic, and resolves once each of its partitions has a leader. */
export async function openCluster(
  connection: KafkaConnection,
  plan: TopicPlan,
  patience: Patience,
): Promise<{ readonly cluster: Cluster; readonly known: KnownTopic }> {
  const admin = new Admin(clientOptions(connection));
  const { brokers } = connection;
  const find = async (): Promise<KnownTopic> => {
    for (;;) {
      const found = await findOrCreateTopic(admin, plan);
      if (found !== undefined) return { topic: plan.topic, id: found.id, partitions: found.partitionsCount };
      await new Promise<void>((resolve) => patience.clock.after(SOON, resolve));
    }
  };
  try {
    const known = await patiently(patience, { brokers, ...plan }, find);
    return { cluster: new Cluster(connection, admin, known), known };
  } catch (error) {
    await admin.close();
    throw error;
  }
}

/** Knows who leads which partition of one topic, and asks for its offsets. */
export class Cluster {
  readonly #connection: KafkaConnection;
  readonly #admin: Admin;
  readonly #known: KnownTopic;
  #lost = false;

  constructor(connection: KafkaConnection, admin: Admin, known: KnownTopic) {
    this.#connection = connection;
    this.#admin = admin;
    this.#known = known;
  }

  /** Whether the topic was gone, or another one, when it was last asked for: what is known of its leaders is worth nothing. */
  get lost(): boolean {
    return this.#lost;
  }

  /** Connections of one's own: an answer that is waited for holds up all that is asked on the same one after it. */
  pool(): ConnectionPool {
    const pool = new ConnectionPool('towncrier', clientOptions(this.#connection));
    // The library itself listens for the first error of a connection only, and one without a listener ends the process.
    pool.on('connect', ({ connection }) => void connection.on('error', () => undefined));
    return pool;
  }

  /** The broker that leads a partition now, asked anew. Rejects with `TopicLost` where the topic is another one by now. */
  async leader(partition: number): Promise<Broker> {
    const { topic, id } = this.#known;
    const found = await findTopic(this.#admin, topic);
    this.#lost = found?.id !== id;
    if (found?.id !== id) throw new TopicLost(topic);
    const node = found.partitions[partition]?.leader ?? -1;
    const { brokers } = await this.#admin.metadata({ topics: [] });
    const broker = brokers.get(node);
    if (broker === undefined) throw new Error(`partition ${partition} of the topic ${topic} has no leader`);
    return broker;
  }

  /** Rejects where the user lacks one of these rights: the broker would say so only at the first record. */
  async checkRights(pool: ConnectionPool, wanted: readonly TopicRight[]): Promise<void> {
    const missing = await missingRights(await pool.get(await this.leader(0)), this.#known.topic, wanted);
    if (missing.length > 0) throw new RightsMissing(`the user lacks ${missing.join(' and ')}`);
  }

  /** One offset of a partition: the oldest kept (-2), the next to be written (-1), or by a time in milliseconds. */
  async offset(pool: ConnectionPool, partition: number, timestamp: number): Promise<number> {
    const connection = await pool.get(await this.leader(partition));
    const asked = { partitionIndex: partition, currentLeaderEpoch: -1, timestamp: BigInt(timestamp) };
    const topics = [{ name: this.#known.topic, partitions: [asked] }];
    const answer = await listOffsetsV7.api.async(connection, NO_REPLICA, READ_UNCOMMITTED, topics);
    return Number(answer.topics[0]?.partitions[0]?.offset ?? -1);
  }

  close(): Promise<void> {
    return this.#admin.close();
  }
}
