import type { Clock, Timer } from '../clock.ts';
import type { Leadership, LeadershipListener } from '../engines/leadership.ts';
import type { MarketSource } from '../engines/market-source.ts';
import type { FeedBeat, Offsets, TickLog } from '../engines/tick-log.ts';
import type { Logger } from '../log.ts';
import { type Feed, type KnownMarket, startFeed } from './feed.ts';

export interface LedFeedOptions {
  readonly leadership: Leadership;
  /** Makes a source for each time that this feed is the active one; one that ran is not started again. */
  source(): Promise<MarketSource>;
  readonly log: Pick<TickLog, 'append' | 'bounds'>;
  readonly market: KnownMarket & { covers(offsets: Offsets): boolean };
  readonly clock: Clock;
  readonly logger: Logger;
}

/** How often a feed that was elected looks whether it has read what its predecessor wrote, in milliseconds. */
const LOOK = 50;
/** A source or log that fails at the beginning is tried again after so long, in milliseconds. */
const RETRY = 500;

/** Joins the group of feeds. Rejects where it may not. */
export async function startLedFeed(options: LedFeedOptions): Promise<LedFeed> {
  const feed = new LedFeed(options);
  await options.leadership.start(feed);
  return feed;
}

/**
 * The feed of one instance among several: it runs while this instance leads. It begins once all has been read that the log
 * holds, so that prices go on from the last ones, and each batch is appended only while the leadership holds.
 */
export class LedFeed implements LeadershipListener {
  readonly #options: LedFeedOptions;
  #feed: Feed | undefined;
  /** Changes with each election and each end of one: what was begun for another number is given up. */
  #tenure = 0;
  #ended: Promise<unknown> = Promise.resolve();
  #pause: { readonly timer: Timer; readonly go: () => void } | undefined;
  #past = { appended: 0, dropped: 0 };
  #paused = false;
  /** The log was told that no prices come: from then on it is told when they do. */
  #toldSilent = false;

  /** Use `startLedFeed`. */
  constructor(options: LedFeedOptions) {
    this.#options = options;
  }

  /** Whether this is the feed that produces. */
  get active(): boolean {
    return this.#feed !== undefined && this.#options.leadership.isLeader();
  }

  /** Whether the source of the active feed is heard. */
  get live(): boolean {
    return this.#feed?.live ?? false;
  }

  /** Whether an operator had it pause. */
  get paused(): boolean {
    return this.#paused;
  }

  /** Ticks that the log has taken from this instance. */
  get appended(): number {
    return this.#past.appended + (this.#feed?.appended ?? 0);
  }

  /** Ticks that were dropped because the log was away for too long. */
  get dropped(): number {
    return this.#past.dropped + (this.#feed?.dropped ?? 0);
  }

  elected(): void {
    if (this.#paused) return;
    const tenure = ++this.#tenure;
    const before = this.#ended;
    this.#ended = before.then(() => this.#begin(tenure));
  }

  deposed(): void {
    this.#tenure++;
    this.#pause?.timer.cancel();
    this.#pause?.go();
    const feed = this.#feed;
    if (feed === undefined) return;
    this.#feed = undefined;
    const stopped = feed.stop().then(() => {
      this.#past = { appended: this.#past.appended + feed.appended, dropped: this.#past.dropped + feed.dropped };
    });
    const before = this.#ended;
    this.#ended = Promise.all([before, stopped]);
  }

  /**
   * Lets no more prices out while this feed is the active one, and has all instances know that they are stale. It stays
   * the active one: no other feed takes over.
   */
  async pause(): Promise<void> {
    if (this.#paused) return;
    this.#paused = true;
    this.deposed();
    await this.#ended;
    if (this.#options.leadership.isLeader()) await this.#tell('silent');
  }

  /** Goes on after `pause`. */
  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    if (this.#options.leadership.isLeader()) this.elected();
  }

  /** Stops the feed; resolves when no append is under way any more. */
  async stop(): Promise<void> {
    this.deposed();
    await this.#ended;
  }

  async #begin(tenure: number): Promise<void> {
    const { logger } = this.#options;
    while (tenure === this.#tenure) {
      try {
        await this.#caughtUp(tenure);
        if (tenure !== this.#tenure) return;
        const source = await this.#options.source();
        if (tenure === this.#tenure) this.#run(source);
        return;
      } catch (error) {
        logger.warn({ err: error }, 'the feed was elected and cannot begin: it tries again');
        await this.#wait(RETRY);
      }
    }
  }

  /** Resolves once everything has been read that the log held at the election. */
  async #caughtUp(tenure: number): Promise<void> {
    const { next } = await this.#options.log.bounds();
    while (tenure === this.#tenure && !this.#options.market.covers(next)) await this.#wait(LOOK);
  }

  #run(source: MarketSource): void {
    const { leadership, log, market, clock, logger } = this.#options;
    const append: TickLog['append'] = async (entries) => {
      // Asked before each batch: after a freeze another feed may be the active one, and nobody has told us yet.
      if (!leadership.isLeader()) throw new Error('this feed is not known to be the active one now');
      await log.append(entries);
    };
    this.#feed = startFeed({ source, log: { append }, clock, logger, known: market, beats: this.#toldSilent });
    logger.info({}, 'this feed is the active one');
  }

  async #tell(beat: FeedBeat['beat']): Promise<void> {
    const { log, clock, logger } = this.#options;
    this.#toldSilent = true;
    try {
      await log.append([{ beat, time: clock.now() }]);
    } catch (error) {
      logger.warn({ err: error }, 'the tick log could not be told that the feed pauses');
    }
  }

  #wait(ms: number): Promise<void> {
    return new Promise((go) => {
      this.#pause = { timer: this.#options.clock.after(ms, go), go };
    });
  }
}
