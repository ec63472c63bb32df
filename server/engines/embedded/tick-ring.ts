import type { Clock } from '../../clock.ts';
import type { FeedBeat, Offsets, Tick, TickLog, TickLogListener, TickRecord } from '../tick-log.ts';
import { partitionOf } from './partition.ts';

export interface TickRingOptions {
  readonly clock: Clock;
  /** Evenly spread in [0, 1): names the log. */
  readonly random: () => number;
  /** Default 3. */
  readonly partitions?: number;
  /** Records kept in each partition (default 50,000); the oldest go first. */
  readonly capacity?: number;
}

/** Records handed over in one call of a listener. */
const BATCH = 1_000;

/** The embedded tick log: in memory, so each start is a new epoch. It is always reachable. */
export function createTickRing(options: TickRingOptions): TickLog {
  return new TickRing(options);
}

/** One partition: the newest records by offset. */
class Partition {
  readonly #capacity: number;
  readonly #records: TickRecord[] = [];
  /** When each record was appended, as a number that rises over all partitions. */
  readonly #serials: number[] = [];
  next = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get first(): number {
    return this.next - this.#records.length;
  }

  add(record: TickRecord, serial: number): void {
    const index = this.next % this.#capacity;
    this.#records[index] = record;
    this.#serials[index] = serial;
    this.next++;
  }

  at(offset: number): TickRecord | undefined {
    return offset < this.first ? undefined : this.#records[offset % this.#capacity];
  }

  serial(offset: number): number {
    return this.#serials[offset % this.#capacity] ?? 0;
  }
}

interface Follower {
  readonly next: number[];
  readonly listener: TickLogListener;
}

class TickRing implements TickLog {
  readonly #clock: Clock;
  readonly #partitions: readonly Partition[];
  readonly #epoch: string;
  readonly #followers: Follower[] = [];
  #serial = 0;
  #beat: FeedBeat | undefined;
  #scheduled = false;
  #closed = false;

  constructor(options: TickRingOptions) {
    this.#clock = options.clock;
    const capacity = options.capacity ?? 50_000;
    this.#partitions = Array.from({ length: options.partitions ?? 3 }, () => new Partition(capacity));
    this.#epoch = Math.floor(options.random() * 2 ** 48)
      .toString(36)
      .padStart(10, '0');
  }

  async open(): Promise<{ partitions: number; epoch: string }> {
    return { partitions: this.#partitions.length, epoch: this.#epoch };
  }

  async append(entries: readonly (Tick | FeedBeat)[]): Promise<void> {
    this.#check();
    const appendedAt = this.#clock.now();
    for (const tick of entries) {
      if ('beat' in tick) {
        this.#beat = tick;
        continue;
      }
      const number = partitionOf(tick.symbol, this.#partitions.length);
      const partition = this.#partition(number);
      partition.add({ partition: number, offset: partition.next, tick, appendedAt }, this.#serial++);
    }
    this.#schedule();
  }

  async bounds(): Promise<{ first: Offsets; next: Offsets }> {
    this.#check();
    return { first: this.#partitions.map(({ first }) => first), next: this.#partitions.map(({ next }) => next) };
  }

  follow(from: Offsets, listener: TickLogListener): void {
    if (this.#closed) return;
    this.#followers.push({ next: this.#partitions.map((_, number) => from[number] ?? 0), listener });
    listener.reachable(true);
    this.#schedule();
  }

  async read(partition: number, from: number, to: number): Promise<TickRecord[]> {
    this.#check();
    const ring = this.#partition(partition);
    const records: TickRecord[] = [];
    for (let offset = Math.max(from, ring.first); offset < Math.min(to, ring.next); offset++) {
      const record = ring.at(offset);
      if (record !== undefined) records.push(record);
    }
    return records;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#followers.length = 0;
  }

  #check(): void {
    if (this.#closed) throw new Error('the tick log is closed');
  }

  #partition(number: number): Partition {
    const partition = this.#partitions[number];
    if (partition === undefined) throw new RangeError(`the tick log has no partition ${number}`);
    return partition;
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#clock.soon(() => this.#handOver());
  }

  /** One batch to every follower; a longer backlog goes on after the event loop had its turn. */
  #handOver(): void {
    this.#scheduled = false;
    for (const follower of [...this.#followers]) {
      const batch = this.#take(follower.next);
      if (batch.length > 0) follower.listener.records(batch);
      if (batch.length === BATCH) this.#schedule();
      if (this.#beat !== undefined) follower.listener.beat?.(this.#beat);
    }
    this.#beat = undefined;
  }

  /** The next records in the order in which they were appended over all partitions; moves `next`. */
  #take(next: number[]): TickRecord[] {
    const batch: TickRecord[] = [];
    for (const [number, { first }] of this.#partitions.entries()) next[number] = Math.max(next[number] ?? 0, first);
    while (batch.length < BATCH) {
      const record = this.#oldest(next);
      if (record === undefined) break;
      batch.push(record);
      next[record.partition] = record.offset + 1;
    }
    return batch;
  }

  #oldest(next: readonly number[]): TickRecord | undefined {
    let oldest: TickRecord | undefined;
    let serial = Number.POSITIVE_INFINITY;
    for (let number = 0; number < this.#partitions.length; number++) {
      const partition = this.#partition(number);
      const offset = next[number] ?? 0;
      if (offset >= partition.next || partition.serial(offset) >= serial) continue;
      serial = partition.serial(offset);
      oldest = partition.at(offset);
    }
    return oldest;
  }
}
