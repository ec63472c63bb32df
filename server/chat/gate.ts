import type { Clock, Timer } from '../clock.ts';
import type { MessageStore } from '../engines/message-store.ts';
import type { Logger } from '../log.ts';
import type { News } from './news.ts';
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
  pass(message: News): void;
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
  readonly #waiting = new Map<number, News>();
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
  offer(message: News): void {
    const { seq } = message;
    if (seq < this.#next || this.#waiting.has(seq)) {
      this.#options.stats.duplicates++;
    } else if (seq === this.#next) {
      this.#pass(message);
      this.#release();
    } else if (this.#waiting.size < MAX_WAITING) {
      this.#waiting.set(seq, message);
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

  #pass(message: News): void {
    this.#options.pass(message);
    this.#next = message.seq + 1;
    this.#waiting.delete(message.seq);
  }

  /** Lets those through that waited for the last one. */
  #release(): void {
    for (;;) {
      const message = this.#waiting.get(this.#next);
      if (message === undefined) return;
      this.#pass(message);
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
    const messages = await store.after(room, this.#next - 1, PAGE);
    if (this.#closed) return false;
    for (const message of messages) this.#fill(message);
    this.#release();
    if (messages.length === PAGE) return true;
    for (const seq of claimed) if (this.#waiting.delete(seq)) stats.ghosts++;
    return false;
  }

  #fill(message: News): void {
    // While the store was read, messages went on coming by themselves.
    if (message.seq < this.#next) return;
    if (message.seq > this.#next) throw new Error(`the store has no message ${this.#next} before ${message.seq}`);
    if (!this.#waiting.has(message.seq)) this.#options.stats.filled++;
    this.#pass(message);
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
