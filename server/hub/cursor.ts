import type { Client } from './client.ts';
import type { Start } from './start.ts';
import type { Stream } from './stream.ts';
import type { Slice, Tape } from './tape.ts';
import type { Window } from './window.ts';

/** Events that one cursor gets before it goes on in the log. */
interface Run<E> {
  readonly events: readonly E[];
  /** Position of events[0]. */
  readonly position: number;
  /** Others read the same list: keep its bytes. */
  readonly keep: boolean;
  index: number;
}

/** One client in one stream and encoding, with the next position to send. Everything it costs is these fields. */
export class Cursor<E> {
  readonly client: Client;
  readonly stream: Stream<E>;
  readonly tape: Tape<E>;
  /** Where the client acknowledges: how far it may go ahead of that. Where it is full the cursor rests, and nothing stalls. */
  readonly window: Window | undefined;
  /** Position of the next event to send. */
  next: number;
  /** Where this cursor stands in `stream.cursors`. */
  index = -1;
  /** A page is on its way from the store. */
  fetching = false;
  ended = false;
  #run: Run<E> | undefined;

  constructor(client: Client, stream: Stream<E>, tape: Tape<E>, start: Start<E>, window?: Window) {
    this.client = client;
    this.stream = stream;
    this.tape = tape;
    this.window = window;
    this.next = start.next;
    if (start.before !== undefined) this.before(start.before, start.next - start.before.length, 0, false);
  }

  /** Whether there is nothing to send. */
  get idle(): boolean {
    return !this.#goesTo(this.stream.next);
  }

  /** Whether there is something to send now: what follows the last cut of blocks waits for the next pass, which is to come. */
  get due(): boolean {
    return this.#goesTo(this.tape.end);
  }

  /** Whether the log no longer has what comes next. */
  get leftBehind(): boolean {
    return this.#run === undefined && this.next < this.stream.first;
  }

  /** Events from `index` on come first. `position` is that of events[0]. */
  before(events: readonly E[], position: number, index: number, keep: boolean): void {
    if (index < events.length) this.#run = { events, position, index, keep };
  }

  /** An event has become another one, and this cursor may still have the old one before it. */
  replace(position: number, event: E): void {
    const run = this.#run;
    const at = run === undefined ? -1 : position - run.position;
    if (run === undefined || at < run.index || at >= run.events.length) return;
    this.#run = { ...run, events: run.events.with(at, event), keep: false };
  }

  /** Takes the next slice and moves past it. Only while `due` and not `leftBehind`. */
  take(): Slice {
    const run = this.#run;
    if (run === undefined) {
      const slice = this.tape.slice(this.next, this.window);
      this.next = slice.next;
      return slice;
    }
    const slice = this.tape.run(run.events, run.index, run.position, run.keep, this.window);
    run.index = slice.next;
    if (run.index >= run.events.length) this.#run = undefined;
    return slice;
  }

  #goesTo(end: number): boolean {
    if (this.#run === undefined && (this.next >= end || this.fetching)) return false;
    return this.window === undefined || this.window.room > 0;
  }
}
