/** An event that asks to be appended. */
export interface NewEvent {
  /** Names it: one that is appended a second time has the same. At most 128 characters. */
  readonly id: string;
  /** JSON, exactly as it came. */
  readonly json: string;
}

/** An event with its place in the log. */
export interface EventRecord {
  /** Rises, from 0; a number may be left out where the log holds something that is no event. */
  readonly offset: number;
  /** Absent where another program wrote it without one. */
  readonly id: string | undefined;
  readonly json: string;
}

export interface EventLogListener {
  /** In the order of their offsets. */
  records(batch: readonly EventRecord[]): void;
  /** Nothing comes before the offset `next` any more that was not handed over. */
  passed(next: number): void;
  /** Whether the log can be read now; called on each change. */
  reachable(yes: boolean): void;
}

/**
 * The log of one stream of events: replayable, in one order for everybody.
 *
 * Order: as appended; of appends of several members in the order in which the log took them.
 * Loss: none that the log still keeps; `follow` goes on from the last record handed over after any outage.
 * Duplicates: `follow` hands over each offset once. An append that was rejected and is made again with the same array goes on
 * where it stopped; one that was given up may be in the log or not, so an id may be there twice.
 * Strange: what is no JSON object, or too long, is counted and left out, and its offset stays unused.
 * Epoch: names this log; offsets of one epoch mean nothing in another.
 * After close: `append`, `bounds` and `read` reject, listeners are not called again.
 */
export interface EventLog {
  readonly epoch: string;
  /** Records that were no events and were left out. */
  readonly strange: number;
  /** Resolves when the events are kept. One call at a time. */
  append(events: readonly NewEvent[]): Promise<void>;
  /** The oldest offset kept, and the next one to be written. */
  bounds(): Promise<{ readonly first: number; readonly next: number }>;
  /** Hands every record from this offset on to the listener, and goes on with new ones until closed. Called once. */
  follow(from: number, listener: EventLogListener): void;
  /** Records with `from` <= offset < `to`, in order, as far as they are kept. */
  read(from: number, to: number): Promise<EventRecord[]>;
  close(): Promise<void>;
}
