import type { ConnectionPool } from '@platformatic/kafka';
import type { Clock } from '../../clock.ts';
import type { FeedBeat, Tick } from '../tick-log.ts';
import type { Cluster, KnownTopic } from './cluster.ts';
import { PartitionWriter } from './partition-writer.ts';
import { encodeBeat, encodeTick, partitionOf, type TickMessage } from './tick-record.ts';

/**
 * Appends ticks to their partitions. One append at a time; one that failed and is made again with the same array goes on
 * where it stopped, so that no tick is written twice.
 */
export class Appender {
  readonly #pool: ConnectionPool;
  readonly #writers: readonly PartitionWriter[];
  #entries: readonly (Tick | FeedBeat)[] | undefined;
  #busy = false;

  constructor(cluster: Cluster, known: KnownTopic, clock: Clock) {
    const pool = cluster.pool();
    this.#pool = pool;
    this.#writers = Array.from(
      { length: known.partitions },
      (_, partition) => new PartitionWriter(cluster, known, pool, partition, clock),
    );
  }

  async append(entries: readonly (Tick | FeedBeat)[]): Promise<void> {
    if (this.#busy) throw new Error('one append at a time');
    this.#busy = true;
    try {
      if (this.#entries !== entries) this.#take(entries);
      this.#entries = entries;
      await settled(this.#writers.map((writer) => writer.settle()));
      this.#entries = undefined;
    } finally {
      this.#busy = false;
    }
  }

  close(): Promise<void> {
    return this.#pool.close();
  }

  #take(entries: readonly (Tick | FeedBeat)[]): void {
    const parts: TickMessage[][] = this.#writers.map(() => []);
    for (const entry of entries) {
      const message = 'beat' in entry ? encodeBeat(entry) : encodeTick(entry);
      parts[partitionOf(message.key, parts.length)]?.push(message);
    }
    for (const [partition, messages] of parts.entries()) this.#writers[partition]?.take(messages);
  }
}

/** Waits for all of them, and then rejects as the first that did: none may still be under way. */
async function settled(all: readonly Promise<void>[]): Promise<void> {
  const outcomes = await Promise.allSettled(all);
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
}
