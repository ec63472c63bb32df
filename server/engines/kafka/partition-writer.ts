import {
  type Broker,
  type Connection,
  type ConnectionPool,
  initProducerIdV4,
  NumericMap,
  ProduceAcks,
  produceV9,
} from '@platformatic/kafka';
import type { Clock } from '../../clock.ts';
import type { Cluster, KnownTopic } from './cluster.ts';
import { REPLICA_TIMEOUT } from './connection.ts';
import { codesOf } from './trouble.ts';

/** A record that is to be written. */
export interface KafkaMessage {
  readonly key?: Buffer;
  readonly value: Buffer;
  readonly headers?: Map<Buffer, Buffer>;
}

/** Messages of one request: far below what a broker takes (1 MB), so that one is never refused for its size. */
const MOST_MESSAGES = 1_000;
const MOST_BYTES = 262_144;

/** How often and after how many milliseconds a broker without free numbers is asked again. */
const ATTEMPTS = 20;
const MOMENT = 50;

/** By these two a broker tells a repeated request from a new one. */
interface Producer {
  readonly producerId: bigint;
  readonly producerEpoch: number;
}

/** The broker forgot the producer, or has never known it, and has stored nothing. */
const FORGOTTEN = [
  'OUT_OF_ORDER_SEQUENCE_NUMBER',
  'UNKNOWN_PRODUCER_ID',
  'INVALID_PRODUCER_EPOCH',
  'INVALID_PRODUCER_ID_MAPPING',
];

/**
 * Writes to one partition: in order, one request at a time, each exactly once. A request whose fate is not known is sent
 * again with the same numbers, by which the broker knows it. (The library's own producer takes new numbers after an
 * error, and lets requests overtake each other.)
 */
export class PartitionWriter {
  readonly #cluster: Cluster;
  readonly #known: KnownTopic;
  readonly #pool: ConnectionPool;
  readonly #partition: number;
  readonly #clock: Clock;
  #chunks: KafkaMessage[][] = [];
  #producer: Producer | undefined;
  /** Messages that this producer has written: the number of the next one. */
  #sequence = 0;
  #leader: Broker | undefined;

  constructor(cluster: Cluster, known: KnownTopic, pool: ConnectionPool, partition: number, clock: Clock) {
    this.#clock = clock;
    this.#cluster = cluster;
    this.#known = known;
    this.#pool = pool;
    this.#partition = partition;
  }

  /** Takes messages to be written by `settle`. What was not settled before is given up. */
  take(messages: readonly KafkaMessage[]): void {
    // It may have been written or not, so its numbers are used up: the next messages need others.
    if (this.#chunks.length > 0) this.#producer = undefined;
    this.#chunks = chunksOf(messages);
  }

  /** Resolves when all that was taken is kept. Rejects at the first failure; called again, it goes on from there. */
  async settle(): Promise<void> {
    for (let chunk = this.#chunks[0]; chunk !== undefined; chunk = this.#chunks[0]) {
      await this.#send(chunk);
      this.#chunks.shift();
      // Numbers are 32 bits wide and begin again at 0.
      this.#sequence = (this.#sequence + chunk.length) % 2 ** 31;
    }
  }

  async #send(chunk: readonly KafkaMessage[]): Promise<void> {
    try {
      // A request names the topic only: it would go into the new one of the same name. Who reads notices first.
      if (this.#cluster.lost) this.#leader = undefined;
      this.#leader ??= await this.#cluster.leader(this.#partition);
      const connection = await this.#pool.get(this.#leader);
      this.#producer ??= await this.#newProducer(connection);
      await this.#produce(connection, this.#producer, chunk);
    } catch (error) {
      this.#leader = undefined;
      const codes = codesOf(error);
      if (codes.includes('DUPLICATE_SEQUENCE_NUMBER')) return;
      if (FORGOTTEN.some((code) => codes.includes(code))) this.#producer = undefined;
      throw error;
    }
  }

  async #newProducer(connection: Connection): Promise<Producer> {
    for (let attempt = 1; ; attempt++) {
      try {
        // Without a transaction: those would leave records of their own between the ticks.
        const { producerId, producerEpoch } = await initProducerIdV4.api.async(connection, null, 0);
        this.#sequence = 0;
        return { producerId, producerEpoch };
      } catch (error) {
        // A broker that has just started, or has used up its numbers, gets new ones in a moment.
        if (attempt === ATTEMPTS || !codesOf(error).includes('COORDINATOR_LOAD_IN_PROGRESS')) throw error;
        await new Promise<void>((resolve) => this.#clock.after(MOMENT, resolve));
      }
    }
  }

  async #produce(connection: Connection, producer: Producer, chunk: readonly KafkaMessage[]): Promise<void> {
    const { topic } = this.#known;
    const sequences = new NumericMap();
    sequences.set(`${topic}:${this.#partition}`, this.#sequence);
    const messages = chunk.map((message) => ({ ...message, topic, partition: this.#partition }));
    const options = { ...producer, sequences, compression: 'none' as const };
    await produceV9.api.async(connection, ProduceAcks.ALL, REPLICA_TIMEOUT, messages, options);
  }
}

function chunksOf(messages: readonly KafkaMessage[]): KafkaMessage[][] {
  const chunks: KafkaMessage[][] = [];
  let bytes = 0;
  for (const message of messages) {
    const chunk = chunks.at(-1);
    bytes += message.value.length;
    if (chunk !== undefined && chunk.length < MOST_MESSAGES && bytes <= MOST_BYTES) chunk.push(message);
    else {
      chunks.push([message]);
      bytes = message.value.length;
    }
  }
  return chunks;
}
