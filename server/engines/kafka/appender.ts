import type { ConnectionPool } from '@platformatic/kafka';
import type { Clock } from '../../clock.ts';
import type { Tick } from '../tick-log.ts';
import type { Cluster, KnownTopic } from './cluster.ts';
import { PartitionWriter } from './partition-writer.ts';
import { encodeTick, partitionOf, type TickMessage } from './tick-record.ts';

/**
 * Appends ticks to their partitions. One append at a time; one that failed and is made again with the same array goes on
 * where it stopped, so that no tick is written twice.
 */
export class Appender {
  readonly #pool: ConnectionPool;
  readonly #writers: readonly PartitionWriter[];
  #ticks: readonly Tick[] | undefined;
  #busy = false;

  constructor(cluster: Cluster, known: KnownTopic, clock: Clock) {
    const pool = cluster.pool();
    this.#pool = pool;
    this.#writers = Array.from(
      { length: known.partitions },
      (_, partition) => new PartitionWriter(cluster, known, pool, partition, clock),
    );
  }

  async append(ticks: readonly Tick[]): Promise<void> {
    if (this.#busy) throw new Error('one append at a time');
    this.#busy = true;
    try {
      if (this.#ticks !== ticks) this.#take(ticks);
      this.#ticks = ticks;
      await settled(this.#writers.map((writer) => writer.settle()));
      this.#ticks = undefined;
    } finally {
      this.#busy = false;
    }
  }

  close(): Promise<void> {
    return this.#pool.close();
  }

  #take(ticks: readonly Tick[]): void {
    const parts: TickMessage[][] = this.#writers.map(() => []);
    for (const tick of ticks) {
      const message = encodeTick(tick);
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
