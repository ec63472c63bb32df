import { type Broker, type ConnectionPool, fetchV13, IS_CONTROL, type RecordsBatch } from '@platformatic/kafka';
import type { FeedBeat, TickRecord } from '../tick-log.ts';
import type { Cluster, KnownTopic } from './cluster.ts';
import { decodeBeat, decodeTick } from './tick-record.ts';

/** What one fetch brought. */
export interface Slice {
  /** In the order of their offsets, all at or after the one that was asked for. */
  readonly records: readonly TickRecord[];
  /** Where the next fetch goes on. */
  readonly next: number;
  /** How many records were no ticks. */
  readonly strange: number;
  /** The feed's newest sign of life among them. */
  readonly beat?: FeedBeat | undefined;
}

export interface FetchPlan {
  /** How long the broker may wait for the first record, in milliseconds. */
  readonly wait: number;
  /** How much to bring, about; at least one batch always comes. */
  readonly bytes: number;
}

const NO_SESSION = { id: 0, epoch: -1 };
const MIN_BYTES = 1;
const READ_UNCOMMITTED = 0;

/**
 * Reads one partition from its leader, without a group, without commits and without a fetch session: the broker keeps
 * nothing of us. A failed fetch rejects and makes the next one ask who leads.
 */
export class PartitionReader {
  readonly #cluster: Cluster;
  readonly #known: KnownTopic;
  readonly #pool: ConnectionPool;
  readonly #partition: number;
  #leader: Broker | undefined;

  constructor(cluster: Cluster, known: KnownTopic, pool: ConnectionPool, partition: number) {
    this.#cluster = cluster;
    this.#known = known;
    this.#pool = pool;
    this.#partition = partition;
  }

  async fetch(offset: number, { wait, bytes }: FetchPlan): Promise<Slice> {
    try {
      this.#leader ??= await this.#cluster.leader(this.#partition);
      const connection = await this.#pool.get(this.#leader);
      const topics = [{ topicId: this.#known.id, partitions: [this.#request(offset, bytes)] }];
      const { id, epoch } = NO_SESSION;
      const fetch = fetchV13.api.async;
      const answer = await fetch(connection, wait, MIN_BYTES, bytes, READ_UNCOMMITTED, id, epoch, topics, [], '');
      return sliceOf(batchesOf(answer), this.#partition, offset);
    } catch (error) {
      this.#leader = undefined;
      throw error;
    }
  }

  /** The oldest offset kept and the next one to be written. */
  async bounds(): Promise<{ readonly first: number; readonly next: number }> {
    const first = await this.#cluster.offset(this.#pool, this.#partition, EARLIEST);
    return { first, next: await this.#cluster.offset(this.#pool, this.#partition, LATEST) };
  }

  #request(offset: number, bytes: number) {
    const fetchOffset = BigInt(offset);
    return {
      partition: this.#partition,
      fetchOffset,
      currentLeaderEpoch: -1,
      lastFetchedEpoch: -1,
      partitionMaxBytes: bytes,
    };
  }
}

const EARLIEST = -2;
const LATEST = -1;

function batchesOf({ responses }: Pick<fetchV13.FetchResponse, 'responses'>): readonly RecordsBatch[] {
  return responses[0]?.partitions[0]?.records ?? [];
}

/** A batch may begin before the offset that was asked for, and end after its last record. */
function sliceOf(batches: readonly RecordsBatch[], partition: number, from: number): Slice {
  const records: TickRecord[] = [];
  let next = from;
  let strange = 0;
  let beat: FeedBeat | undefined;
  for (const batch of batches) {
    const first = Number(batch.firstOffset);
    next = Math.max(next, first + batch.lastOffsetDelta + 1);
    // What Kafka writes for itself (the ends of transactions) is no record.
    if ((batch.attributes & IS_CONTROL) !== 0) continue;
    const firstTime = Number(batch.firstTimestamp);
    for (const { offsetDelta, timestampDelta, key, value } of batch.records) {
      const offset = first + offsetDelta;
      if (offset < from) continue;
      const told = decodeBeat(key, value);
      beat = told ?? beat;
      if (told !== undefined) continue;
      const tick = decodeTick(value);
      if (tick === undefined) strange++;
      else records.push({ partition, offset, tick, appendedAt: firstTime + Number(timestampDelta) });
    }
  }
  return { records, next, strange, beat };
}
