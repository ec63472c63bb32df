import type { Clock, Timer } from '../clock.ts';
import type { Entry, MessageStore } from '../engines/message-store.ts';
import type { Logger } from '../log.ts';
import type { EntryNews } from './news.ts';
import type { ChatStats } from './stats.ts';

export interface GateOptions {
  readonly room: string;
  readonly store: Pick<MessageStore, 'after'>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly stats: ChatStats;
  /** The seq that is let through first. */
  readonly next: number;
  /** Whether a missing message may be on its way. */
  backplaneUp(): boolean;
  /** Takes what is let through: each seq once, in order. */
  pass(entry: EntryNews): void;
}

/** How long a hole may wait for the backplane to fill it, in milliseconds. It also keeps reads for ghosts apart. */
const PATIENCE = 25;
/** A store that could not be read is asked again after so long, in milliseconds. */
const RETRY = 250;
/** Messages above a hole that are held; those beyond are read from the store. */
const MAX_WAITING = 1_000;
const PAGE = 500;

/**
 * The one way into a room's stream, for one's own commits and for what others tell: only the next seq passes. A lower one
 * is a duplicate. A higher one waits, and one range read of the store fills the hole before it. The same read tells
 * which of those that wait are ghosts: the store was read to its head, and they were not there.
 */
export class Gate {
  readonly #options: GateOptions;
  readonly #waiting = new Map<number, EntryNews>();
  #next: number;
  #timer: Timer | undefined;
  #reading = false;
  /** Someone wants the store read to its head, from after now. */
  #wanted = false;
  /** The store could not be read: nothing is asked of it until the timer ends. */
  #resting = false;
  /** Since the last read that worked, the log was told. */
  #told = false;
  #closed = false;

  constructor(options: GateOptions) {
    this.#options = options;
    this.#next = options.next;
  }

  /** The seq that passes next. */
  get next(): number {
    return this.#next;
  }

  /** A message that is said to be committed. */
  offer(entry: EntryNews): void {
    const { seq } = entry;
    if (seq < this.#next || this.#waiting.has(seq)) {
      this.#options.stats.duplicates++;
    } else if (seq === this.#next) {
      this.#pass(entry);
      this.#release();
    } else if (this.#waiting.size < MAX_WAITING) {
      this.#waiting.set(seq, entry);
      this.#readSoon();
    } else {
      this.catchUp();
    }
  }

  /** Reads the store to its head: messages may have been missed. */
  catchUp(): void {
    this.#wanted = true;
    if (!this.#reading && !this.#resting) void this.#read();
  }

  close(): void {
    this.#closed = true;
    this.#timer?.cancel();
  }

  #pass(entry: EntryNews): void {
    this.#options.pass(entry);
    this.#next = entry.seq + 1;
    this.#waiting.delete(entry.seq);
  }

  /** Lets those through that waited for the last one. */
  #release(): void {
    for (;;) {
      const entry = this.#waiting.get(this.#next);
      if (entry === undefined) return;
      this.#pass(entry);
    }
  }

  #readSoon(): void {
    if (this.#reading || this.#timer !== undefined) return;
    if (this.#options.backplaneUp()) this.#readIn(PATIENCE);
    else void this.#read();
  }

  #readIn(ms: number): void {
    this.#timer = this.#options.clock.after(ms, () => {
      this.#timer = undefined;
      this.#resting = false;
      // Who reads now looks afterwards what is still missing.
      if (this.#reading) return;
      if (this.#wanted || this.#waiting.size > 0) void this.#read();
    });
  }

  async #read(): Promise<void> {
    if (this.#closed) return;
    this.#reading = true;
    this.#wanted = false;
    try {
      while (await this.#readPage());
      this.#told = false;
    } catch (error) {
      this.#failed(error);
    }
    this.#reading = false;
    if (this.#closed) return;
    if (this.#waiting.size > 0) this.#readSoon();
    else if (this.#wanted && this.#timer === undefined) this.#readIn(PATIENCE);
  }

  /** Returns whether the store may have more. */
  async #readPage(): Promise<boolean> {
    const { store, room, stats } = this.#options;
    const claimed = [...this.#waiting.keys()];
    stats.gateReads++;
    const entries = await store.after(room, this.#next - 1, PAGE);
    await this.#skipTrimmed(entries[0]);
    if (this.#closed) return false;
    for (const entry of entries) this.#fill(entry);
    this.#release();
    if (entries.length === PAGE) return true;
    for (const seq of claimed) if (this.#waiting.delete(seq)) stats.ghosts++;
    return false;
  }

  /** Retention may have taken what comes next, while we were away: what lies before the oldest kept passes as deleted. */
  async #skipTrimmed(read: Entry | undefined): Promise<void> {
    if (read === undefined || read.seq <= this.#next) return;
    const { room, store } = this.#options;
    const [oldest] = await store.after(room, 0, 1);
    while (oldest !== undefined && this.#next < oldest.seq && !this.#closed) {
      const seq = this.#next;
      this.#pass(this.#waiting.get(seq) ?? { room, seq, target: seq, time: oldest.time });
    }
  }

  #fill(entry: EntryNews): void {
    // While the store was read, messages went on coming by themselves.
    if (entry.seq < this.#next) return;
    if (entry.seq > this.#next) throw new Error(`the store has no message ${this.#next} before ${entry.seq}`);
    if (!this.#waiting.has(entry.seq)) this.#options.stats.filled++;
    this.#pass(entry);
  }

  #failed(error: unknown): void {
    if (this.#closed) return;
    const { log, room } = this.#options;
    if (!this.#told) log.warn({ err: error, room }, 'the message store cannot be read to catch up');
    this.#told = true;
    this.#wanted = true;
    this.#resting = true;
    this.#timer?.cancel();
    this.#readIn(RETRY);
  }
}
