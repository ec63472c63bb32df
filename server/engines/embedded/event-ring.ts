import type { Clock } from '../../clock.ts';
import type { EventLog, EventLogListener, EventRecord, NewEvent } from '../event-log.ts';

export interface EventRingOptions {
  readonly clock: Clock;
  /** Evenly spread in [0, 1): names the log. */
  readonly random: () => number;
  /** Events kept, and characters of them (default 10,000 and 16 MiB); the oldest go first. */
  readonly bounds?: { readonly count: number; readonly characters: number };
}

const BOUNDS = { count: 10_000, characters: 16_777_216 };

/** The embedded log of a stream: in memory, so each start is a new epoch. It is always reachable. */
export function createEventRing(options: EventRingOptions): EventLog {
  return new EventRing(options);
}

class EventRing implements EventLog {
  readonly epoch: string;
  readonly strange = 0;
  readonly #clock: Clock;
  readonly #bounds: typeof BOUNDS;
  #events: EventRecord[] = [];
  #first = 0;
  #characters = 0;
  #following: { next: number; readonly listener: EventLogListener } | undefined;
  #scheduled = false;
  #closed = false;

  constructor({ clock, random, bounds = BOUNDS }: EventRingOptions) {
    this.#clock = clock;
    this.#bounds = bounds;
    this.epoch = Math.floor(random() * 2 ** 48)
      .toString(36)
      .padStart(10, '0');
  }

  get #next(): number {
    return this.#first + this.#events.length;
  }

  async append(events: readonly NewEvent[]): Promise<void> {
    this.#check();
    for (const { id, json } of events) {
      this.#events.push({ offset: this.#next, id, json });
      this.#characters += json.length;
    }
    this.#shrink();
    this.#schedule();
  }

  async bounds(): Promise<{ first: number; next: number }> {
    this.#check();
    return { first: this.#first, next: this.#next };
  }

  follow(from: number, listener: EventLogListener): void {
    if (this.#closed) return;
    this.#following = { next: from, listener };
    listener.reachable(true);
    this.#schedule();
  }

  async read(from: number, to: number): Promise<EventRecord[]> {
    this.#check();
    return this.#events.slice(Math.max(0, from - this.#first), Math.max(0, to - this.#first));
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#following = undefined;
  }

  #shrink(): void {
    let gone = Math.max(0, this.#events.length - this.#bounds.count);
    for (let i = 0; i < gone; i++) this.#characters -= this.#events[i]?.json.length ?? 0;
    while (this.#characters > this.#bounds.characters && gone < this.#events.length - 1)
      this.#characters -= this.#events[gone++]?.json.length ?? 0;
    if (gone === 0) return;
    this.#events = this.#events.slice(gone);
    this.#first += gone;
  }

  #check(): void {
    if (this.#closed) throw new Error('the log of the stream is closed');
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#clock.soon(() => this.#handOver());
  }

  #handOver(): void {
    this.#scheduled = false;
    const following = this.#following;
    if (following === undefined) return;
    const { next, listener } = following;
    following.next = this.#next;
    if (next < this.#first) listener.passed(this.#first);
    const batch = this.#events.slice(Math.max(0, next - this.#first));
    if (batch.length > 0) listener.records(batch);
  }
}
