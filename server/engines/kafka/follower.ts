import type { PartitionReader, Slice } from './partition-reader.ts';
import { type Patience, Pauses } from './patience.ts';
import { codesOf, isUnreadable, reasonOf } from './trouble.ts';

export interface FollowerOptions<R, Aside> extends Patience {
  readonly reader: Pick<PartitionReader<R, Aside>, 'fetch' | 'bounds'>;
  readonly partition: number;
  readonly from: number;
  records(batch: readonly R[]): void;
  /** Everything before this offset has been handed over or is strange. */
  passed(next: number): void;
  /** So many records were strange. */
  strange(count: number): void;
  aside?(told: Aside): void;
  /** Whether the last fetch worked; called on each change. */
  reachable(yes: boolean): void;
}

/** How long a broker waits for the next record, in milliseconds: only how often an idle partition is asked. */
const WAIT = 500;
/** About 2,000 ticks: so many are read in one go, before others have their turn. */
const BYTES = 262_144;
/** One batch: Kafka always sends at least that. */
const ONE_BATCH = 1;
/** An outage is over so much before it is noticed, at most, in milliseconds. */
const LONGEST_PAUSE = 1_000;

/**
 * Follows one partition until it is stopped, over any outage: each offset is handed over once and in order, because `next`
 * is moved before anybody is told, and moves only by what was read.
 */
export class Follower<R extends { readonly offset: number }, Aside = never> {
  readonly #options: FollowerOptions<R, Aside>;
  readonly #pauses: Pauses;
  #next: number;
  #reachable: boolean | undefined;
  /** The bytes at `next` were not understood: they are taken alone, then left out, offset by offset. */
  #alone = false;
  /** Kafka has lost what was read; said once. */
  #lost = false;
  #stopped = false;

  constructor(options: FollowerOptions<R, Aside>) {
    this.#options = options;
    this.#next = options.from;
    this.#pauses = new Pauses(options, LONGEST_PAUSE);
  }

  /** Never rejects; resolves once it is stopped. */
  async run(): Promise<void> {
    while (!this.#stopped) {
      try {
        const slice = await this.#fetch();
        if (!this.#stopped) this.#hand(slice);
      } catch (error) {
        if (!this.#stopped) await this.#failed(error);
      }
    }
  }

  stop(): void {
    this.#stopped = true;
    this.#pauses.end();
  }

  #fetch(): Promise<Slice<R, Aside>> {
    // Not yet known to be reachable: an answer at once is worth more than a record.
    const wait = this.#reachable === true ? WAIT : 0;
    return this.#options.reader.fetch(this.#next, { wait, bytes: this.#alone ? ONE_BATCH : BYTES });
  }

  /** An error of those who are told is no fault of the bytes: that must not make it leave any out. */
  #hand(slice: Slice<R, Aside>): void {
    try {
      this.#take(slice);
    } catch (err) {
      const { log, partition } = this.#options;
      log.error({ err, partition }, 'records that were read could not be taken');
    }
  }

  #take({ records, next, strange, aside }: Slice<R, Aside>): void {
    const handed = (records.at(-1)?.offset ?? this.#next - 1) + 1;
    this.#next = next;
    this.#alone = false;
    this.#lost = false;
    this.#pauses.reset();
    this.#tell(true);
    if (records.length > 0) this.#options.records(records);
    if (strange > 0) this.#options.strange(strange);
    if (next > handed) this.#options.passed(next);
    if (aside !== undefined) this.#options.aside?.(aside);
  }

  async #failed(error: unknown): Promise<void> {
    if (isUnreadable(error)) {
      this.#unreadable();
      return;
    }
    if (this.#reachable !== false && codesOf(error).includes('TOPIC_AUTHORIZATION_FAILED'))
      this.#options.log.warn(
        { partition: this.#options.partition },
        'Kafka does not let this user read the topic: grant Read on it',
      );
    this.#tell(false);
    if (codesOf(error).includes('OFFSET_OUT_OF_RANGE')) await this.#findAgain().catch(() => undefined);
    else this.#options.log.debug({ partition: this.#options.partition, reason: reasonOf(error) }, 'a fetch failed');
    await this.#pauses.pause();
  }

  #unreadable(): void {
    if (!this.#alone) {
      this.#alone = true;
      return;
    }
    this.#next++;
    this.#options.strange(1);
    this.#options.passed(this.#next);
  }

  /**
   * Kafka has nothing at `next`. Where it forgot it (retention), it goes on from the oldest kept. Where it has not come so
   * far, it lost what it had: handing over other ticks under the same offsets would be a lie, so nothing is handed over
   * until it has grown past them.
   */
  async #findAgain(): Promise<void> {
    const { reader, log, partition } = this.#options;
    const { first, next } = await reader.bounds();
    const lost = { partition, from: this.#next };
    if (this.#next < first) {
      log.warn({ ...lost, to: first }, 'Kafka has deleted records before they were read: going on from the oldest');
      this.#next = first;
      this.#options.passed(first);
    } else if (this.#next > next && !this.#lost) {
      this.#lost = true;
      log.error(
        { ...lost, to: next },
        'Kafka has lost records that were read already: restart the server to read the rest',
      );
    }
  }

  #tell(reachable: boolean): void {
    if (this.#reachable === reachable) return;
    this.#reachable = reachable;
    this.#options.reachable(reachable);
  }
}
