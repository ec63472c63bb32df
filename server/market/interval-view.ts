import type { Clock, Timer } from '../clock.ts';
import type { Offsets } from '../engines/tick-log.ts';
import type { Start } from '../hub/start.ts';
import type { Stream, StreamOptions } from '../hub/stream.ts';
import type { Board } from './board.ts';
import type { MarketEvent, SnapshotEvent, TickEvent } from './event.ts';
import { covers, formatPosition, parsePosition } from './position.ts';
import type { MarketView } from './view.ts';
import type { Waiters } from './waiters.ts';

export interface IntervalViewOptions {
  readonly clock: Clock;
  readonly epoch: string;
  readonly board: Board;
  readonly waiters: Waiters;
  /** Milliseconds. */
  readonly interval: number;
  /** Makes the stream, in the hub. */
  stream(options: StreamOptions<MarketEvent>): Stream<MarketEvent>;
  /** Nobody has followed for a while: forget the view. */
  unused(view: IntervalView): void;
}

/** Batches that are kept: a follower who is further behind gets a snapshot, which is hardly larger than a few of them. */
const BATCHES = 64;
/** Encodings that one interval shares; with five of them and the ticks' own 64 the number stays bounded. */
const SHARED_ENCODINGS = 12;
/** How long a view without followers lives on, in milliseconds; longer than any start takes. */
const UNUSED = 30_000;
/** How long a client that has seen more than this instance waits for it, beside one interval, in milliseconds. */
const PATIENCE = 2_000;

/**
 * The newest tick of each symbol that changed, once an interval. The stream is a log of its own: what a follower has seen
 * is the market as it was at the last batch, and never a part of the next one.
 */
export class IntervalView implements MarketView {
  readonly stream: Stream<MarketEvent>;
  readonly #options: IntervalViewOptions;
  readonly #timer: Timer;
  /** The market at the last batch. */
  #newest: Map<string, TickEvent>;
  #vector: Offsets;
  #usedAt: number;

  constructor(options: IntervalViewOptions) {
    this.#options = options;
    this.#newest = new Map(options.board.newest);
    this.#vector = options.board.vector;
    this.#usedAt = options.clock.monotonic();
    this.stream = options.stream({
      name: `market every ${options.interval} ms`,
      epoch: options.epoch,
      bounds: { count: BATCHES, bytes: 1_048_576, age: 60_000 },
      size: (event) => (event.kind === 'tick' ? 1 : event.ticks.length) * 200,
      overflow: { policy: 'latest', snapshot: () => this.#snapshot() },
      sharedEncodings: SHARED_ENCODINGS,
    });
    this.#timer = options.clock.every(options.interval, () => this.#turn());
  }

  get id(): string {
    return formatPosition(this.#options.epoch, this.#vector);
  }

  close(): void {
    this.#timer.cancel();
  }

  start(after: string | undefined): Start<MarketEvent> | Promise<Start<MarketEvent>> {
    this.#usedAt = this.#options.clock.monotonic();
    const position = after === undefined ? undefined : parsePosition(after);
    const usable = position?.epoch === this.#options.epoch && position.vector.length === this.#vector.length;
    if (!usable) return this.#fresh();
    return covers(this.#vector, position.vector) ? this.#since(position.vector) : this.#later(position.vector);
  }

  /** An id from a tick stream, or from another instance, may lie after the last batch: then the next one is awaited. */
  async #later(given: Offsets): Promise<Start<MarketEvent>> {
    const { waiters, interval } = this.#options;
    const arrived = await waiters.wait(() => covers(this.#vector, given), PATIENCE + interval);
    return arrived ? this.#since(given) : this.#fresh();
  }

  #fresh(): Start<MarketEvent> {
    return { next: this.stream.next, before: [this.#snapshot()] };
  }

  #since(given: Offsets): Start<MarketEvent> {
    const ticks = [...this.#newest.values()].filter((tick) => !tick.seenAt(given));
    const next = this.stream.next;
    return ticks.length === 0 ? { next } : { next, before: [{ kind: 'batch', ticks, vector: this.#vector }] };
  }

  #snapshot(): SnapshotEvent {
    return { kind: 'snapshot', ticks: [...this.#newest.values()], vector: this.#vector };
  }

  #turn(): void {
    const { board, clock, unused } = this.#options;
    const now = clock.monotonic();
    if (this.stream.cursors.length > 0) this.#usedAt = now;
    if (now - this.#usedAt > UNUSED) {
      this.close();
      unused(this);
      return;
    }
    const ticks = [...board.newest.values()].filter((tick) => !tick.seenAt(this.#vector));
    // Also without a tick: the log may have gone on by what is none, and others give ids from there.
    this.#vector = board.vector;
    if (ticks.length === 0) return;
    ticks.sort((one, other) => one.tick.time - other.tick.time);
    for (const tick of ticks) this.#newest.set(tick.tick.symbol, tick);
    this.stream.append({ kind: 'batch', ticks, vector: board.vector });
  }
}
