import type { Clock, Timer } from '../clock.ts';
import type { EventLog, EventRecord } from '../engines/event-log.ts';
import { Refusal } from '../errors.ts';
import type { Hub } from '../hub/hub.ts';
import type { LogBounds } from '../hub/log.ts';
import type { Page } from '../hub/overflow.ts';
import type { Start } from '../hub/start.ts';
import type { Stream } from '../hub/stream.ts';
import { EventWriter, UNKNOWN } from './event-writer.ts';
import { eventOf, GAP, itemSize, type StreamItem } from './item.ts';
import { KnownIds } from './known-ids.ts';
import { Newest } from './newest.ts';
import { formatPlace, parsePlace } from './position.ts';

export type StreamPolicy = 'latest' | 'complete';

export interface OwnStreamOptions {
  readonly name: string;
  readonly policy: StreamPolicy;
  /** Is followed; not closed by the stream. */
  readonly log: EventLog;
  readonly hub: Hub;
  readonly clock: Clock;
}

/** What became of an event that was to be appended. */
export interface Appended {
  /** The place after it. */
  readonly id: string;
  /** The same id was appended before: nothing was done. */
  readonly duplicate: boolean;
}

const BOUNDS: LogBounds = { count: 10_000, bytes: 16_777_216, age: 3_600_000 };
/** How many events are read back at the start: for ids that may come again, and for the newest of each key. */
const READ_BACK = { complete: 20_000, latest: 100_000 } as const;
/** How long an event may take from the append until it is read, and how long a client ahead of us is waited for, in milliseconds. */
const APPEND_PATIENCE = 5_000;
const AHEAD_PATIENCE = 2_000;
const AHEAD_LOOK = 20;

/** Opens a stream; it follows its log from now on. */
export async function openOwnStream(options: OwnStreamOptions): Promise<OwnStream> {
  const { first, next } = await options.log.bounds();
  const stream = new OwnStream(options, Math.max(first, next - READ_BACK[options.policy]), next);
  await stream.caughtUp(next);
  return stream;
}

interface Waiter {
  readonly resolve: (appended: Appended) => void;
  readonly timer: Timer;
}

/**
 * A stream that users declared: what its log holds, in one order on every instance, where the position is the offset. An
 * event of one's own comes the same way as those of others: it is accepted once it was read from the log.
 */
export class OwnStream {
  readonly name: string;
  readonly policy: StreamPolicy;
  readonly epoch: string;
  readonly stream: Stream<StreamItem>;
  readonly stats = { read: 0, repeats: 0 };
  readonly #options: OwnStreamOptions;
  readonly #writer: EventWriter;
  readonly #ids = new KnownIds();
  readonly #newest = new Newest();
  readonly #waiters = new Map<string, Waiter[]>();
  #reachable = false;
  #closed = false;

  /** Use `openOwnStream`. */
  constructor(options: OwnStreamOptions, from: number, head: number) {
    const { log, hub, clock, name, policy } = options;
    this.#options = options;
    this.name = name;
    this.policy = policy;
    this.epoch = log.epoch;
    this.#writer = new EventWriter(log, clock);
    this.stream = hub.stream<StreamItem>({
      name: `own:${name}`,
      epoch: log.epoch,
      bounds: BOUNDS,
      size: itemSize,
      overflow:
        policy === 'complete'
          ? { policy, read: (asked, limit) => this.#page(asked, limit) }
          : { policy, snapshot: () => this.#snapshot() },
      next: Math.min(from, head),
    });
    log.follow(from, {
      records: (batch) => void (this.#closed || this.#take(batch)),
      passed: (next) => void (this.#closed || this.#pass(next)),
      reachable: (yes) => {
        this.#reachable = yes;
      },
    });
  }

  /** Whether the log can be read now. */
  get reachable(): boolean {
    return this.#reachable;
  }

  get strange(): number {
    return this.#options.log.strange;
  }

  /** Resolves once everything before this position was read, or after some seconds. */
  async caughtUp(position: number, patience = APPEND_PATIENCE): Promise<boolean> {
    const { clock } = this.#options;
    const deadline = clock.monotonic() + patience;
    while (this.stream.next < position && clock.monotonic() < deadline && !this.#closed)
      await new Promise<void>((resolve) => clock.after(AHEAD_LOOK, resolve));
    return this.stream.next >= position;
  }

  /**
   * Appends an event; resolves once it is in the log and was read from it. The same id within the last 10,000 events is
   * appended once. Rejects with a `Refusal`: `store-down`, `store-unknown`.
   */
  append(id: string, json: string): Promise<Appended> {
    const known = this.#ids.positionOf(id);
    if (known !== undefined) return Promise.resolve({ id: formatPlace(this.epoch, known + 1), duplicate: true });
    if (!this.#reachable) return Promise.reject(new Refusal('store-down', 'The log of the stream does not answer.'));
    return new Promise((resolve, reject) => {
      const failed = (refusal: Refusal): void => {
        this.#forget(id, waiter);
        reject(refusal);
      };
      const timer = this.#options.clock.after(APPEND_PATIENCE, () => failed(new Refusal('store-unknown', UNKNOWN)));
      const waiter = { resolve, timer };
      const waiting = this.#waiters.get(id);
      // Two at once with one id: one is appended, and both hear of it.
      if (waiting !== undefined) waiting.push({ ...waiter, resolve: (one) => resolve({ ...one, duplicate: true }) });
      else {
        this.#waiters.set(id, [waiter]);
        try {
          this.#writer.write({ id, json }, failed);
        } catch (error) {
          this.#forget(id, waiter);
          reject(error);
        }
      }
    });
  }

  /**
   * Where a follower begins. `after` is a place: exactly what follows it. Without one: at the head (`complete`), or the newest
   * of each key and then on (`latest`). `0` is the oldest event that is kept. Of another epoch, or too old: what is there, and
   * an item that says that something is missing. Throws or rejects with a `Refusal`: `invalid-parameter`, `position-unknown`.
   */
  start(after: string | undefined): Start<StreamItem> | Promise<Start<StreamItem>> {
    if (after === undefined) return this.#fresh();
    if (after === '0') return this.policy === 'complete' ? { next: 0 } : this.#fresh();
    const place = parsePlace(after);
    if (place === undefined)
      throw new Refusal(
        'invalid-parameter',
        `The place to go on from must be the id of an event of ${this.name}, or 0.`,
      );
    if (place.epoch !== this.epoch) return this.#lost();
    return place.next <= this.stream.next ? this.#after(place.next) : this.#ahead(place.next);
  }

  /** As `start`, for who cannot be refused: what is not usable counts as none, and says that something is missing. */
  async startAnyway(after: string | undefined): Promise<Start<StreamItem>> {
    try {
      return await this.start(after);
    } catch {
      return this.#lost();
    }
  }

  close(): void {
    this.#closed = true;
    this.#writer.close();
    for (const waiters of this.#waiters.values()) for (const { timer } of waiters) timer.cancel();
  }

  #fresh(): Start<StreamItem> {
    const { next } = this.stream;
    return this.policy === 'complete' ? { next } : { next, before: [this.#snapshot()] };
  }

  #after(next: number): Start<StreamItem> {
    return this.policy === 'latest' && next < this.stream.first ? this.#fresh() : { next };
  }

  /** The client knows another history, or one that is gone. */
  #lost(): Start<StreamItem> {
    if (this.policy === 'latest') return this.#fresh();
    const { first } = this.stream;
    return { next: first, before: [{ kind: 'truncated', first }] };
  }

  async #ahead(next: number): Promise<Start<StreamItem>> {
    if (await this.caughtUp(next, AHEAD_PATIENCE)) return this.#after(next);
    throw new Refusal(
      'position-unknown',
      `The stream ${this.name} ends at ${formatPlace(this.epoch, this.stream.next)}.`,
    );
  }

  #snapshot(): StreamItem {
    return this.#newest.snapshot(this.stream.next);
  }

  #take(batch: readonly EventRecord[]): void {
    for (const record of batch) {
      this.#pass(record.offset);
      // Read before: a follower hands over each once, so this is a log that was made anew.
      if (record.offset < this.stream.next) continue;
      this.stream.append(this.#item(record));
      if (record.id !== undefined) this.#accept(record.id);
    }
  }

  #item({ offset, id, json }: EventRecord): StreamItem {
    if (id !== undefined && !this.#ids.add(id, offset)) {
      this.stats.repeats++;
      return GAP;
    }
    this.stats.read++;
    const event = eventOf(offset, id, json);
    if (this.policy === 'latest') this.#newest.add(event);
    return event;
  }

  /** Nothing is before this position that has not come. */
  #pass(next: number): void {
    while (this.stream.next < next) this.stream.append(GAP);
  }

  #accept(id: string): void {
    const waiters = this.#waiters.get(id);
    const position = this.#ids.positionOf(id);
    if (waiters === undefined || position === undefined) return;
    this.#waiters.delete(id);
    for (const { resolve, timer } of waiters) {
      timer.cancel();
      resolve({ id: formatPlace(this.epoch, position + 1), duplicate: false });
    }
  }

  #forget(id: string, { timer }: Waiter): void {
    timer.cancel();
    const left = this.#waiters.get(id)?.filter((each) => each.timer !== timer) ?? [];
    if (left.length === 0) this.#waiters.delete(id);
    else this.#waiters.set(id, left);
  }

  /** A page of the log for those whom memory has left behind. */
  async #page(asked: number, limit: number): Promise<Page<StreamItem>> {
    const { first, next } = await this.#options.log.bounds();
    const from = Math.max(asked, first);
    const to = Math.min(from + limit, next, this.stream.next);
    const records = new Map((await this.#options.log.read(from, to)).map((record) => [record.offset, record]));
    const events: StreamItem[] = [];
    for (let position = from; position < to; position++) {
      const record = records.get(position);
      const missing = record === undefined || this.#ids.isRepeat(position);
      events.push(missing ? GAP : eventOf(position, record.id, record.json));
    }
    return from > asked ? { first: from, events, notice: { kind: 'truncated', first: from } } : { first: from, events };
  }
}
