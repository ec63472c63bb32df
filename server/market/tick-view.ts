import type { Clock } from '../clock.ts';
import type { Offsets, TickLog } from '../engines/tick-log.ts';
import type { LogBounds } from '../hub/log.ts';
import type { Start } from '../hub/start.ts';
import type { Stream, StreamOptions } from '../hub/stream.ts';
import { Allowance } from './allowance.ts';
import type { Board } from './board.ts';
import type { MarketEvent, TickEvent } from './event.ts';
import { distance, readMissed } from './missed.ts';
import { covers, formatPosition, parsePosition, union } from './position.ts';
import { type LocalTicks, missedTicks, resume } from './resume.ts';
import type { MarketView } from './view.ts';
import type { Waiters } from './waiters.ts';

export interface TickViewOptions {
  readonly clock: Clock;
  readonly epoch: string;
  readonly log: TickLog;
  readonly board: Board;
  readonly waiters: Waiters;
  /** Makes the stream, in the hub. */
  stream(options: StreamOptions<MarketEvent>): Stream<MarketEvent>;
  /** What is kept in memory of the ticks, for all to resume from (default: 20,000 ticks, 15 minutes). */
  readonly bounds?: LogBounds;
}

const BOUNDS: LogBounds = { count: 20_000, bytes: 16_777_216, age: 900_000 };
/** Bytes of a tick in memory, about, its JSON included. */
const TICK_BYTES = 500;
/** How long a resuming client waits for this instance to catch up with it, and for the tick log, in milliseconds. */
const PATIENCE = 2_000;
/** Ticks that one client may get for itself alone; one that missed more gets a snapshot. */
const MOST_ALONE = 10_000;
/** Up to so many ticks need no allowance: no more than other private frames of a client may take. */
const FREE_ALONE = 256;
/** Ticks for single clients, all clients together: what they take in memory, if nobody reads, is bounded by 30 s of it. */
const ALONE_PER_SECOND = 20_000;
/** How often a resume may find that the log moved on while it was reading. */
const ROUNDS = 3;

/** Every tick, in the order in which this instance read them. */
export class TickView implements MarketView {
  readonly stream: Stream<MarketEvent>;
  readonly #options: TickViewOptions;
  readonly #ticks: LocalTicks;
  readonly #allowance: Allowance;

  constructor(options: TickViewOptions) {
    this.#options = options;
    this.stream = options.stream({
      name: 'market',
      epoch: options.epoch,
      bounds: options.bounds ?? BOUNDS,
      size: () => TICK_BYTES,
      overflow: { policy: 'latest', snapshot: () => options.board.snapshot() },
      bornAt: (event) => (event.kind === 'tick' ? event.appendedAt : undefined),
    });
    this.#ticks = localTicks(this.stream);
    this.#allowance = new Allowance(options.clock, ALONE_PER_SECOND, 2 * ALONE_PER_SECOND);
  }

  get id(): string {
    return formatPosition(this.#options.epoch, this.#options.board.vector);
  }

  start(after: string | undefined): Start<MarketEvent> | Promise<Start<MarketEvent>> {
    const { epoch, board } = this.#options;
    const position = after === undefined ? undefined : parsePosition(after);
    const usable = position?.epoch === epoch && position.vector.length === board.vector.length;
    if (!usable) return this.#snapshot();
    return this.#joined(position.vector, []) ?? this.#later(position.vector);
  }

  #snapshot(): Start<MarketEvent> {
    return { next: this.stream.next, before: [this.#options.board.snapshot()] };
  }

  /** The start of who has received `missed` and stands at `given`, if this can be said now. */
  #joined(given: Offsets, missed: readonly TickEvent[]): Start<MarketEvent> | undefined {
    const plan = resume(this.#ticks, this.#options.board.vector, given);
    if (plan.kind !== 'join') return undefined;
    const { known, next } = plan;
    if (!this.#allowed(next - known)) return this.#snapshot();
    return { next, before: [...missed, ...missedTicks(this.#ticks, known, next, given)] };
  }

  async #later(given: Offsets): Promise<Start<MarketEvent>> {
    const { board, waiters } = this.#options;
    const caughtUp = (): boolean => covers(board.vector, given);
    if (!caughtUp() && !(await waiters.wait(caughtUp, PATIENCE))) return this.#snapshot();
    let vector = given;
    const missed: TickEvent[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const start = this.#joined(vector, missed);
      if (start !== undefined) return start;
      const read = await this.#read(vector);
      if (read === undefined) break;
      for (const tick of read.ticks) missed.push(tick);
      // Not where the last tick stands: what follows it up to there are no ticks, and nothing of them is missing.
      vector = union(vector, read.base);
    }
    return this.#snapshot();
  }

  /** What lies between a vector and `base`, the oldest tick in memory; `undefined` where that is too much or not to be had. */
  async #read(vector: Offsets): Promise<{ readonly ticks: readonly TickEvent[]; readonly base: Offsets } | undefined> {
    const plan = resume(this.#ticks, this.#options.board.vector, vector);
    if (plan.kind !== 'behind') return undefined;
    const { base } = plan;
    if (!this.#allowed(distance(vector, base))) return undefined;
    const { clock, log } = this.#options;
    return await new Promise((resolve) => {
      const timer = clock.after(PATIENCE, () => resolve(undefined));
      // A log that cannot be read is its follower's to report; here it only means a snapshot.
      const read = readMissed(log, vector, base).catch(() => undefined);
      void read.then((ticks) => {
        timer.cancel();
        resolve(ticks && { ticks, base });
      });
    });
  }

  #allowed(ticks: number): boolean {
    return ticks <= FREE_ALONE || (ticks <= MOST_ALONE && this.#allowance.take(ticks));
  }
}

/** The stream as what it is: it holds ticks only; snapshots are made for those who need one. */
function localTicks(stream: Stream<MarketEvent>): LocalTicks {
  return {
    get first() {
      return stream.first;
    },
    get next() {
      return stream.next;
    },
    at(position) {
      const event = stream.at(position);
      return event?.kind === 'tick' ? event : undefined;
    },
  };
}
