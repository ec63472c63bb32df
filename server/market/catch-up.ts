import type { Offsets, TickLogListener, TickRecord } from '../engines/tick-log.ts';

/** What lies at the front of a partition: a tick, or the word that nothing more comes before an offset. */
type Entry = TickRecord | { readonly partition: number; readonly next: number };

/** Records that are held back at most. */
const MOST_HELD = 50_000;

export interface CatchUpOptions {
  /** The oldest offset that is read, and the next to be written when reading began, of each partition. */
  readonly first: Offsets;
  readonly head: Offsets;
  /** Told in the new order. */
  readonly listener: Required<Pick<TickLogListener, 'records' | 'passed'>>;
  /** Default 50,000. */
  readonly most?: number;
}

/** One partition, as far as it was read and not handed on. */
class Queue {
  entries: Entry[] = [];
  #at = 0;

  get front(): Entry | undefined {
    return this.entries[this.#at];
  }

  /** When its front happened; what is no tick goes on at once. */
  get time(): number {
    const { front } = this;
    if (front === undefined) return Number.POSITIVE_INFINITY;
    return 'tick' in front ? front.tick.time : Number.NEGATIVE_INFINITY;
  }

  shift(): void {
    this.#at++;
    if (this.#at < this.entries.length) return;
    this.entries = [];
    this.#at = 0;
  }
}

/**
 * Puts what a log held already into one order, that of the ticks' times. Partitions are read each at its own pace, thousands of
 * records at once; so an instance that starts would have them in an order of its own, far from that in which the others got them
 * one by one, and a client of those would find no place in it to go on from. Within a partition the order stays. When all that
 * was there is read, records are handed on as they come.
 */
export class CatchUp {
  readonly #options: CatchUpOptions;
  readonly #most: number;
  readonly #read: number[];
  /** `undefined` once all is read that was there. */
  #queues: Queue[] | undefined;
  #held = 0;

  constructor(options: CatchUpOptions) {
    this.#options = options;
    this.#most = options.most ?? MOST_HELD;
    this.#read = [...options.first];
    this.#queues = options.first.map(() => new Queue());
    this.#handOn();
  }

  records(batch: readonly TickRecord[]): void {
    if (this.#queues === undefined) this.#options.listener.records(batch);
    else {
      for (const record of batch) this.#hold(record, record.offset + 1);
      this.#handOn();
    }
  }

  passed(partition: number, next: number): void {
    if (this.#queues === undefined) this.#options.listener.passed(partition, next);
    else {
      this.#hold({ partition, next }, next);
      this.#handOn();
    }
  }

  #hold(entry: Entry, next: number): void {
    const { partition } = entry;
    this.#queues?.[partition]?.entries.push(entry);
    this.#held++;
    this.#read[partition] = Math.max(this.#read[partition] ?? 0, next);
  }

  /** Whether this partition may still have something older than what is held of the others. */
  #lacks(queue: Queue, partition: number): boolean {
    return queue.front === undefined && (this.#read[partition] ?? 0) < (this.#options.head[partition] ?? 0);
  }

  /** Hands on what can be put in order now; and the oldest, where too much is held. */
  #handOn(): void {
    const queues = this.#queues;
    if (queues === undefined) return;
    let batch: TickRecord[] = [];
    const { listener } = this.#options;
    const tell = (): void => {
      if (batch.length > 0) listener.records(batch);
      batch = [];
    };
    while (this.#held > this.#most || !queues.some((queue, partition) => this.#lacks(queue, partition))) {
      const oldest = queues.reduce((one, other) => (other.time < one.time ? other : one));
      const { front } = oldest;
      if (front === undefined) break;
      oldest.shift();
      this.#held--;
      if ('tick' in front) batch.push(front);
      else {
        tell();
        listener.passed(front.partition, front.next);
      }
    }
    tell();
    if (this.#options.head.every((next, partition) => (this.#read[partition] ?? 0) >= next)) this.#queues = undefined;
  }
}
