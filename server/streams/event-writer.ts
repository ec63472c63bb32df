import type { Clock } from '../clock.ts';
import type { EventLog, NewEvent } from '../engines/event-log.ts';
import { Refusal } from '../errors.ts';

/** Events of one append, and events that wait for theirs, at most. */
const BATCH = 500;
const MOST_WAITING = 2_000;
/** An append that fails is made again for so long, after such pauses, in milliseconds. */
const PATIENCE = 2_000;
const PAUSE = 100;

interface Waiting {
  readonly event: NewEvent;
  readonly failed: (refusal: Refusal) => void;
}

/** Appends the events of one instance, one batch after the other: what comes meanwhile is the next batch. */
export class EventWriter {
  readonly #log: Pick<EventLog, 'append'>;
  readonly #clock: Clock;
  #waiting: Waiting[] = [];
  #writing = false;
  #closed = false;

  constructor(log: Pick<EventLog, 'append'>, clock: Clock) {
    this.#log = log;
    this.#clock = clock;
  }

  /** `failed` is called where it was not appended, or may not have been. Throws a `Refusal` where too many wait. */
  write(event: NewEvent, failed: (refusal: Refusal) => void): void {
    if (this.#closed) throw new Refusal('stopping');
    if (this.#waiting.length >= MOST_WAITING) throw new Refusal('store-down', 'Too many events wait for the log.');
    this.#waiting.push({ event, failed });
    if (!this.#writing) void this.#write();
  }

  close(): void {
    this.#closed = true;
  }

  async #write(): Promise<void> {
    this.#writing = true;
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.slice(0, BATCH);
      this.#waiting = this.#waiting.slice(BATCH);
      const error = await this.#append(batch.map(({ event }) => event));
      if (error === undefined) continue;
      const unknown = new Refusal('store-unknown', UNKNOWN, { cause: error });
      for (const { failed } of batch) failed(unknown);
    }
    this.#writing = false;
  }

  /** Resolves to why it was given up. */
  async #append(events: readonly NewEvent[]): Promise<unknown> {
    const deadline = this.#clock.monotonic() + PATIENCE;
    for (;;) {
      try {
        await this.#log.append(events);
        return undefined;
      } catch (error) {
        if (this.#closed || this.#clock.monotonic() >= deadline) return error;
      }
      await new Promise<void>((resolve) => this.#clock.after(PAUSE, resolve));
    }
  }
}

export const UNKNOWN = 'It is not known whether the event was appended; send it again with the same Idempotency-Key.';
