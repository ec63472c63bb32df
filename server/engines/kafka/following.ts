import type { ConnectionPool } from '@platformatic/kafka';
import type { FeedBeat, Offsets, TickLogListener, TickRecord } from '../tick-log.ts';
import type { Cluster, KnownTopic } from './cluster.ts';
import { Follower } from './follower.ts';
import { PartitionReader } from './partition-reader.ts';
import type { Patience } from './patience.ts';
import { tickMeaning } from './tick-record.ts';

/** Strange records are counted always, and said so often, in milliseconds. */
const SAY_EVERY = 60_000;

/**
 * Follows all partitions, each by itself and with a connection of its own: a long poll that waits for one, or a partition
 * that fails, holds up no other.
 */
export class Following {
  strange = 0;
  readonly #patience: Patience;
  readonly #listener: TickLogListener;
  readonly #followers: readonly Follower<TickRecord, FeedBeat>[];
  readonly #pools: ConnectionPool[] = [];
  readonly #up = new Set<number>();
  readonly #runs: readonly Promise<void>[];
  #told: boolean | undefined;
  #saidAt = Number.NEGATIVE_INFINITY;

  constructor(cluster: Cluster, known: KnownTopic, patience: Patience, from: Offsets, listener: TickLogListener) {
    this.#patience = patience;
    this.#listener = listener;
    this.#followers = Array.from({ length: known.partitions }, (_, partition) => {
      const pool = cluster.pool();
      this.#pools.push(pool);
      const reader = new PartitionReader(cluster, known, pool, partition, tickMeaning(partition));
      return this.#follower(reader, partition, from[partition] ?? 0);
    });
    this.#runs = this.#followers.map((follower) => follower.run());
  }

  /** Whether every partition can be read now. */
  get reachable(): boolean {
    return this.#told === true;
  }

  /** The listener is not called again, already while this is under way. */
  async close(): Promise<void> {
    for (const follower of this.#followers) follower.stop();
    await Promise.all(this.#pools.map((pool) => pool.close()));
    await Promise.all(this.#runs);
  }

  #follower(reader: PartitionReader<TickRecord, FeedBeat>, partition: number, from: number) {
    return new Follower<TickRecord, FeedBeat>({
      ...this.#patience,
      reader,
      partition,
      from,
      records: (batch) => this.#listener.records(batch),
      passed: (next) => this.#listener.passed?.(partition, next),
      aside: (beat) => this.#listener.beat?.(beat),
      strange: (count) => this.#count(partition, count),
      reachable: (yes) => this.#reached(partition, yes),
    });
  }

  #count(partition: number, count: number): void {
    this.strange += count;
    const { clock, log } = this.#patience;
    if (clock.monotonic() - this.#saidAt < SAY_EVERY) return;
    this.#saidAt = clock.monotonic();
    log.warn({ partition, strange: this.strange }, 'the tick log holds records that are no ticks: they are left out');
  }

  #reached(partition: number, yes: boolean): void {
    if (yes) this.#up.add(partition);
    else this.#up.delete(partition);
    const all = this.#up.size === this.#followers.length;
    if (all === this.#told || (this.#told === undefined && yes && !all)) return;
    this.#told = all;
    this.#listener.reachable(all);
  }
}
