/** One price change of one symbol, in the form in which it is sent. */
export interface Tick {
  readonly symbol: string;
  readonly price: number;
  readonly size: number;
  /** Who took: absent where the source does not say. */
  readonly side?: 'buy' | 'sell';
  /** The price's change since the symbol's first tick of the last 24 hours, in per cent. */
  readonly change: number;
  /** Integer milliseconds since 1970. */
  readonly time: number;
}

/**
 * A sign of life of the feed, for prices that come from elsewhere: whether it hears that place now. It tells a quiet market
 * from a dead one, which ticks alone cannot.
 */
export interface FeedBeat {
  readonly beat: 'live' | 'silent';
  /** Integer milliseconds since 1970. */
  readonly time: number;
}

/** A tick with its place in the log. */
export interface TickRecord {
  readonly partition: number;
  /** Rises in its partition, from 0; a number may be left out where the log holds something that is no tick. */
  readonly offset: number;
  readonly tick: Tick;
  /** When the log got it, in milliseconds since 1970, where that is known. */
  readonly appendedAt?: number;
}

/** A vector of offsets, one a partition: the *next* offset of each. */
export type Offsets = readonly number[];

export interface TickLogListener {
  /** Records in the order of their offsets within each partition; the partitions may interleave in any way. */
  records(batch: readonly TickRecord[]): void;
  /**
   * Nothing more comes of this partition before the offset `next`: what lies there is no tick, or the log has deleted it.
   * Only called where no record says so by its own offset; who keeps no position may leave it out.
   */
  passed?(partition: number, next: number): void;
  /** The feed's newest sign of life among what was read. Whoever needs none may leave it out. */
  beat?(beat: FeedBeat): void;
  /** Whether the log can be read now; called on each change. */
  reachable(yes: boolean): void;
}

/**
 * The log of market ticks: replayable and partitioned.
 *
 * Order: a symbol's ticks all lie in one partition (its key), in the order in which they were appended.
 * Loss: none that the log still keeps; `follow` goes on from the last record handed over after any outage.
 * Duplicates: `follow` hands over each offset once. An append that was rejected and is made again with the same array goes
 * on where it stopped: no tick is appended twice, and none overtakes another.
 * Holes: most logs hold ticks only, with contiguous offsets. What else somebody wrote into one (no JSON, wrong fields, far
 * too long) is counted and left out, and its offset stays unused: the number of records between two offsets may be smaller
 * than their distance. Whether all of them are still kept says `bounds`, not their number.
 * Beats: are handed over as they come; an older one may be left out, and one of before `follow` too. They are no ticks.
 * Epoch: names this log; offsets of one epoch mean nothing in another.
 * After close: `append` and `read` reject, listeners are not called again.
 */
export interface TickLog {
  /** How many partitions, and the name of this log. Known once `open` has resolved. */
  open(): Promise<{ readonly partitions: number; readonly epoch: string }>;
  /** Appends ticks in order, and beats; resolves when they are kept. Only the feed calls this, one call at a time. */
  append(entries: readonly (Tick | FeedBeat)[]): Promise<void>;
  /** The oldest offset kept and the next offset to be written, of each partition. */
  bounds(): Promise<{ readonly first: Offsets; readonly next: Offsets }>;
  /** Hands every record from these offsets on to the listener, and goes on with new ones until closed. */
  follow(from: Offsets, listener: TickLogListener): void;
  /** Records that were no ticks and were left out so far; absent where nobody else can write. */
  readonly strange?: number;
  /** Records of one partition with `from` <= offset < `to`, in order, as far as they are kept. */
  read(partition: number, from: number, to: number): Promise<TickRecord[]>;
  close(): Promise<void>;
}
