import { type Broker, type ConnectionPool, fetchV13, IS_CONTROL, type RecordsBatch } from '@platformatic/kafka';
import type { Cluster, KnownTopic } from './cluster.ts';

/** A record as Kafka holds it. */
export type RawRecord = RecordsBatch['records'][number];

/** What records mean. */
export interface Meaning<R, Aside = never> {
  /** `undefined` for one that is strange here. */
  record(offset: number, raw: RawRecord, time: number): R | undefined;
  /** What lies among the records and is none of them. */
  aside?(raw: RawRecord): Aside | undefined;
}

/** What one fetch brought. */
export interface Slice<R, Aside = never> {
  /** In the order of their offsets, all at or after the one that was asked for. */
  readonly records: readonly R[];
  /** Where the next fetch goes on. */
  readonly next: number;
  /** How many records were strange. */
  readonly strange: number;
  /** The newest of what is told aside. */
  readonly aside?: Aside | undefined;
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
export class PartitionReader<R, Aside = never> {
  readonly #cluster: Cluster;
  readonly #known: KnownTopic;
  readonly #pool: ConnectionPool;
  readonly #partition: number;
  readonly #meaning: Meaning<R, Aside>;
  #leader: Broker | undefined;

  constructor(
    cluster: Cluster,
    known: KnownTopic,
    pool: ConnectionPool,
    partition: number,
    meaning: Meaning<R, Aside>,
  ) {
    this.#cluster = cluster;
    this.#known = known;
    this.#pool = pool;
    this.#partition = partition;
    this.#meaning = meaning;
  }

  async fetch(offset: number, { wait, bytes }: FetchPlan): Promise<Slice<R, Aside>> {
    try {
      this.#leader ??= await this.#cluster.leader(this.#partition);
      const connection = await this.#pool.get(this.#leader);
      const topics = [{ topicId: this.#known.id, partitions: [this.#request(offset, bytes)] }];
      const { id, epoch } = NO_SESSION;
      const fetch = fetchV13.api.async;
      const answer = await fetch(connection, wait, MIN_BYTES, bytes, READ_UNCOMMITTED, id, epoch, topics, [], '');
      return sliceOf(batchesOf(answer), this.#meaning, offset);
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
function sliceOf<R, Aside>(
  batches: readonly RecordsBatch[],
  meaning: Meaning<R, Aside>,
  from: number,
): Slice<R, Aside> {
  const records: R[] = [];
  let next = from;
  let strange = 0;
  let aside: Aside | undefined;
  for (const batch of batches) {
    const first = Number(batch.firstOffset);
    next = Math.max(next, first + batch.lastOffsetDelta + 1);
    // What Kafka writes for itself (the ends of transactions) is no record.
    if ((batch.attributes & IS_CONTROL) !== 0) continue;
    for (const raw of batch.records) {
      const offset = first + raw.offsetDelta;
      if (offset < from) continue;
      const told = meaning.aside?.(raw);
      aside = told ?? aside;
      if (told !== undefined) continue;
      const record = meaning.record(offset, raw, Number(batch.firstTimestamp + raw.timestampDelta));
      if (record === undefined) strange++;
      else records.push(record);
    }
  }
  return { records, next, strange, aside };
}
