import type { Clock, Timer } from '../clock.ts';
import type { MarketSource, Trade } from '../engines/market-source.ts';
import type { FeedBeat, Tick, TickLog } from '../engines/tick-log.ts';
import type { Logger } from '../log.ts';
import { DayChange } from './day-change.ts';

export interface FeedOptions {
  readonly source: MarketSource;
  readonly log: Pick<TickLog, 'append'>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** What the log holds already: the source goes on from its prices, and the change of 24 hours reaches back into it. */
  readonly known: KnownMarket;
  /** Ticks that may wait for the log (default 50,000); above it the oldest are dropped. */
  readonly queue?: number;
  /** Whether the log is told that the source lives, though it is one that cannot fall silent. */
  readonly beats?: boolean;
}

/** The part of a `Market` that a feed asks. */
export interface KnownMarket {
  symbols(): readonly Tick[];
  /** The last price of each symbol, also of before a log that was lost. */
  lastPrices(): ReadonlyMap<string, number>;
  /** A price a minute, oldest first: the first of that minute. */
  candles(symbol: string, interval: '1m', limit: number): readonly { readonly time: number; readonly open: number }[];
}

/** Ticks in one append. */
const BATCH = 5_000;
/** After a refused append the same ticks are tried again so much later, in milliseconds. */
const RETRY = 500;
const MINUTES_A_DAY = 1_440;
/** How often a source that can fall silent is looked at, and how often the log is told that it has not, in milliseconds. */
const LOOK = 1_000;
const BEAT_EVERY = 3_000;

/** Starts the source, and brings what it reports into the log. */
export function startFeed(options: FeedOptions): Feed {
  return new Feed(options);
}

/**
 * Brings trades from a source into the tick log: in order, one append at a time, so that a symbol's ticks cannot overtake
 * each other. While the log is away ticks wait, in a bounded queue, and are appended when it is back; an append whose
 * fate is not known is made again, so that ticks may then be in the log twice, but none is missing.
 */
export class Feed {
  /** Ticks that the log has taken. */
  appended = 0;
  /** Ticks that were dropped because the log was away for too long. */
  dropped = 0;
  readonly #options: FeedOptions;
  readonly #changes = new Map<string, DayChange>();
  readonly #limit: number;
  #queue: Tick[] = [];
  #failing = false;
  #overfull = false;
  #stopped = false;
  #appending: Promise<void> | undefined;
  /** Waits to be appended. */
  #beat: FeedBeat | undefined;
  #beaten: { readonly beat: FeedBeat['beat']; readonly at: number } | undefined;
  readonly #looking: Timer | undefined;
  #retry: { readonly timer: Timer; readonly go: () => void } | undefined;

  constructor(options: FeedOptions) {
    this.#options = options;
    this.#limit = options.queue ?? 50_000;
    const { known, source } = options;
    for (const symbol of known.lastPrices().keys()) this.#recall(symbol);
    // An exchange tells its last trades itself, of those symbols that the log knows nothing of.
    const inLog = new Map(known.symbols().map(({ symbol, price }) => [symbol, price]));
    source.start(source.live === undefined ? known.lastPrices() : inLog, (trades) => this.#take(trades));
    if (source.live !== undefined || options.beats === true)
      this.#looking = options.clock.every(LOOK, () => this.#look());
  }

  /** Whether the source is heard; one that makes its prices up always is. */
  get live(): boolean {
    return this.#options.source.live ?? true;
  }

  /** Stops the source; resolves when no append is under way any more. What still waits is given up. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#options.source.stop();
    this.#queue = [];
    this.#beat = undefined;
    this.#looking?.cancel();
    this.#retry?.timer.cancel();
    this.#retry?.go();
    await this.#appending;
  }

  #recall(symbol: string): void {
    const change = new DayChange();
    for (const { time, open } of this.#options.known.candles(symbol, '1m', MINUTES_A_DAY)) change.add(open, time);
    this.#changes.set(symbol, change);
  }

  #take(trades: readonly Trade[]): void {
    if (this.#stopped) return;
    for (const trade of trades) this.#queue.push(this.#tick(trade));
    this.#dropOldest();
    this.#appending ??= this.#appendAll();
  }

  /** Says in the log whether the source is heard: at each change, and now and then. */
  #look(): void {
    const beat = this.live ? 'live' : 'silent';
    const now = this.#options.clock.monotonic();
    if (this.#beaten?.beat === beat && now - this.#beaten.at < BEAT_EVERY) return;
    this.#beaten = { beat, at: now };
    this.#beat = { beat, time: this.#options.clock.now() };
    this.#appending ??= this.#appendAll();
  }

  #tick({ symbol, price, size, side, time }: Trade): Tick {
    let change = this.#changes.get(symbol);
    if (change === undefined) {
      change = new DayChange();
      this.#changes.set(symbol, change);
    }
    const changed = change.add(price, time);
    return side === undefined
      ? { symbol, price, size, change: changed, time }
      : { symbol, price, size, side, change: changed, time };
  }

  #dropOldest(): void {
    const over = this.#queue.length - this.#limit;
    if (over <= 0) return;
    this.#queue = this.#queue.slice(over);
    this.dropped += over;
    if (!this.#overfull)
      this.#options.logger.warn({ limit: this.#limit }, 'too many ticks wait: the oldest are dropped');
    this.#overfull = true;
  }

  async #appendAll(): Promise<void> {
    while (this.#queue.length > 0 || this.#beat !== undefined) {
      const ticks = this.#queue.slice(0, BATCH);
      this.#queue = this.#queue.slice(BATCH);
      const entries = this.#beat === undefined ? ticks : [...ticks, this.#beat];
      this.#beat = undefined;
      while (!this.#stopped && !(await this.#append(entries, ticks.length))) await this.#pause();
    }
    this.#appending = undefined;
  }

  async #append(entries: readonly (Tick | FeedBeat)[], ticks: number): Promise<boolean> {
    try {
      await this.#options.log.append(entries);
    } catch (error) {
      if (!this.#failing) this.#options.logger.warn({ err: error }, 'the tick log refuses ticks: they wait');
      this.#failing = true;
      return false;
    }
    this.appended += ticks;
    if (this.#failing) this.#options.logger.info({ waiting: this.#queue.length }, 'the tick log takes ticks again');
    this.#failing = false;
    this.#overfull = false;
    return true;
  }

  #pause(): Promise<void> {
    return new Promise((go) => {
      if (this.#stopped) go();
      else this.#retry = { timer: this.#options.clock.after(RETRY, go), go };
    });
  }
}
