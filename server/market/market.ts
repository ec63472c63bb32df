import type { Clock } from '../clock.ts';
import type { Candle, CandleInterval, CandleRecord } from '../engines/candle-store.ts';
import type { Offsets, Tick, TickLog, TickRecord } from '../engines/tick-log.ts';
import type { Hub } from '../hub/hub.ts';
import type { LogBounds } from '../hub/log.ts';
import type { Start } from '../hub/start.ts';
import type { Stream } from '../hub/stream.ts';
import type { Logger } from '../log.ts';
import { Board } from './board.ts';
import { Candles } from './candles.ts';
import { CatchUp } from './catch-up.ts';
import { IntervalView } from './interval-view.ts';
import { covers } from './position.ts';
import { TickView } from './tick-view.ts';
import type { MarketView } from './view.ts';
import { type MarketStatus, Vitality } from './vitality.ts';
import { Waiters } from './waiters.ts';

export interface MarketOptions {
  /** Is read from its oldest record on; not closed by the market. */
  readonly log: TickLog;
  readonly hub: Hub;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Symbols that exist before their first tick, so that nobody who asks for one early is sent away. */
  readonly symbols?: readonly string[];
  /** What the stream of ticks keeps in memory; see `TickView`. */
  readonly bounds?: LogBounds;
  /** The candles with which a log that holds nothing yet goes on. */
  seeds?(): Promise<readonly CandleRecord[]>;
}

/** The intervals at which a market can be followed, in milliseconds. */
export const viewIntervals = [100, 250, 500, 1_000, 5_000] as const;

/** Only the newest counts. */
const STATUS_BOUNDS: LogBounds = { count: 16, bytes: 4_096, age: 60_000 };
const STATUS_BYTES = 64;

/** Opens the tick log and begins to follow it. Rejects where the log cannot be opened. */
export async function createMarket(options: MarketOptions): Promise<Market> {
  const { epoch } = await options.log.open();
  const { first, next } = await options.log.bounds();
  const isEmpty = next.every((offset) => offset === 0);
  const seeds = (isEmpty && (await options.seeds?.())) || [];
  return new Market(options, epoch, first, next, seeds);
}

/** The market as this instance knows it: it follows all partitions of the tick log, each at its own pace. */
export class Market {
  readonly epoch: string;
  /** Every tick. */
  readonly ticks: MarketView;
  /** Whether prices are the newest, at each change; nothing while the feed gives no signs of life (see `Vitality`). */
  readonly statuses: Stream<MarketStatus>;
  /** Candles as far as memory reaches. */
  readonly recent = new Candles();
  /** Ticks read so far. */
  read = 0;
  readonly #options: MarketOptions;
  readonly #board: Board;
  readonly #symbols: Set<string>;
  readonly #intervals = new Map<number, IntervalView>();
  readonly #waiters: Waiters;
  readonly #vitality: Vitality;
  /** What the log held when the market was opened. */
  readonly #head: Offsets;
  /** Prices of before this log. */
  readonly #former: ReadonlyMap<string, number>;
  #reachable = false;
  #closed = false;

  /** Use `createMarket`. */
  constructor(options: MarketOptions, epoch: string, first: Offsets, head: Offsets, seeds: readonly CandleRecord[]) {
    this.#options = options;
    this.epoch = epoch;
    this.#board = new Board(first);
    this.#head = head;
    this.recent.seed(seeds);
    this.#former = new Map(
      seeds.filter(({ interval }) => interval === '1m').map(({ symbol, close }) => [symbol, close]),
    );
    this.#symbols = new Set(options.symbols);
    this.#waiters = new Waiters(options.clock);
    this.#vitality = new Vitality(options.clock, (status) => this.#turned(status));
    this.statuses = options.hub.stream({
      name: 'market-status',
      epoch,
      bounds: STATUS_BOUNDS,
      size: () => STATUS_BYTES,
      overflow: { policy: 'latest', snapshot: () => this.#knownStatus },
    });
    this.ticks = new TickView({ ...this.#viewOptions(), log: options.log, ...boundsOf(options) });
    const catchUp = new CatchUp({
      ...{ first, head },
      listener: {
        records: (batch) => this.#take(batch),
        passed: (partition, next) => this.#board.pass(partition, next),
      },
    });
    options.log.follow(first, {
      records: (batch) => catchUp.records(batch),
      passed: (partition, next) => catchUp.passed(partition, next),
      beat: (beat) => void (this.#closed || this.#vitality.beat(beat)),
      reachable: (yes) => this.#reached(yes),
    });
  }

  /** Whether prices may be old: the log cannot be read now, or the feed is not heard, or does not hear the exchange. */
  get stale(): boolean {
    return this.#vitality.status === 'stale';
  }

  /** Whether the log can be read now. */
  get reachable(): boolean {
    return this.#reachable;
  }

  /** Records of the log that were no ticks, and were left out. */
  get strange(): number {
    return this.#options.log.strange ?? 0;
  }

  /** Where who comes now begins with `statuses`: it is told what is known. */
  statusStart(): Start<MarketStatus> {
    const known = this.#knownStatus;
    return { next: this.statuses.next, before: known === undefined ? [] : [known] };
  }

  /** How many records the log holds that were not read yet. Rejects as the log does. */
  async behind(): Promise<number> {
    const { next } = await this.#options.log.bounds();
    const { vector } = this.#board;
    return next.reduce((sum, offset, partition) => sum + Math.max(0, offset - (vector[partition] ?? 0)), 0);
  }

  /** Whether everything has been read that the log held when the market was opened. */
  get ready(): boolean {
    return covers(this.#board.vector, this.#head);
  }

  /** Whether everything before these offsets has been read. */
  covers(offsets: Offsets): boolean {
    return covers(this.#board.vector, offsets);
  }

  /** The newest ticks of each interval of about so many milliseconds: the nearest of `viewIntervals`. */
  every(milliseconds: number): MarketView {
    const interval = nearestInterval(milliseconds);
    let view = this.#intervals.get(interval);
    if (view === undefined) {
      const stream = this.#viewOptions();
      view = new IntervalView({ ...stream, interval, unused: (unused) => this.#drop(interval, unused) });
      this.#intervals.set(interval, view);
    }
    return view;
  }

  /** Whether there is such a symbol. Before the first tick every symbol may turn out to exist. */
  has(symbol: string): boolean {
    return (
      this.#symbols.has(symbol) ||
      this.#former.has(symbol) ||
      this.#board.newest.has(symbol) ||
      this.#board.newest.size === 0
    );
  }

  /** The newest tick of each symbol, by name. */
  symbols(): Tick[] {
    const ticks = [...this.#board.newest.values()].map(({ tick }) => tick);
    return ticks.sort((one, other) => (one.symbol < other.symbol ? -1 : 1));
  }

  /** The last price of each symbol, also of before a log that was lost. */
  lastPrices(): ReadonlyMap<string, number> {
    return new Map([
      ...this.#former,
      ...[...this.#board.newest].map(([symbol, { tick }]) => [symbol, tick.price] as const),
    ]);
  }

  /** The newest candles in memory, oldest first, at most `limit`. */
  candles(symbol: string, interval: CandleInterval, limit: number): Candle[] {
    return this.recent.last(symbol, interval, limit);
  }

  /** Stops all timers and takes no more ticks. */
  close(): void {
    this.#closed = true;
    this.#waiters.close();
    this.#vitality.close();
    for (const view of this.#intervals.values()) view.close();
  }

  #viewOptions() {
    const { clock, hub } = this.#options;
    const stream = hub.stream.bind(hub);
    return { clock, stream, epoch: this.epoch, board: this.#board, waiters: this.#waiters };
  }

  get #knownStatus(): MarketStatus | undefined {
    return this.#vitality.isKnown ? this.#vitality.status : undefined;
  }

  #take(batch: readonly TickRecord[]): void {
    if (this.#closed) return;
    this.#vitality.ticks();
    for (const record of batch) {
      const event = this.#board.add(record);
      if (event === undefined) continue;
      this.read++;
      this.recent.add(record.tick);
      this.ticks.stream.append(event);
    }
  }

  #reached(yes: boolean): void {
    if (yes === this.#reachable) return;
    this.#reachable = yes;
    if (!this.#closed) this.#vitality.reachable(yes);
    const { logger } = this.#options;
    if (yes) logger.info({ epoch: this.epoch }, 'the tick log can be read');
    else logger.warn({}, 'the tick log cannot be read: prices are stale');
  }

  #turned(status: MarketStatus): void {
    this.statuses.append(status);
    const { logger } = this.#options;
    if (status === 'live') logger.info({}, 'prices are live');
    else if (this.#reachable) logger.warn({}, 'nothing is heard of where prices come from: they are stale');
  }

  #drop(interval: number, view: IntervalView): void {
    this.#intervals.delete(interval);
    this.#options.hub.drop(view.stream);
  }
}

/** The nearest of `viewIntervals`; of two equally near, the shorter. */
export function nearestInterval(milliseconds: number): number {
  return viewIntervals.reduce<number>(
    (best, each) => (Math.abs(each - milliseconds) < Math.abs(best - milliseconds) ? each : best),
    viewIntervals[0],
  );
}

function boundsOf({ bounds }: MarketOptions): { bounds?: LogBounds } {
  return bounds === undefined ? {} : { bounds };
}
