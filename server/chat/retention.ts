import type { Clock, Timer } from '../clock.ts';
import type { ModerationStore } from '../engines/moderation-store.ts';
import type { Logger } from '../log.ts';
import type { Room } from './room.ts';
import type { ChatStats } from './stats.ts';

export interface RetentionOptions {
  readonly store: Pick<ModerationStore, 'trim'>;
  readonly rooms: Iterable<Room>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly stats: ChatStats;
  /** A number in [0, 1): instances of one store do not all begin at once. */
  readonly random: () => number;
  /** How long messages are kept, in days, and how many of a room; 0 for either is no bound. */
  readonly days: number;
  readonly rows: number;
}

const DAY = 24 * 60 * 60 * 1000;
/** Between two rounds, in milliseconds, give or take a half. */
const ROUND = 60_000;
/** Rows of one step, and the pause after a full one, in milliseconds: messages are stored between them. */
const STEP = 500;
const PAUSE = 50;

/**
 * Lets go of old messages, in small steps. Every instance does so: a step takes the oldest rows whoever makes it, so that two
 * who make the same harm nobody.
 */
export class Retention {
  readonly #options: RetentionOptions;
  #timer: Timer | undefined;
  /** Since the last step that worked, the log was told. */
  #told = false;
  #closed = false;

  constructor(options: RetentionOptions) {
    this.#options = options;
    if (options.days > 0 || options.rows > 0) this.#wait();
  }

  close(): void {
    this.#closed = true;
    this.#timer?.cancel();
  }

  #wait(): void {
    const { clock, random } = this.#options;
    this.#timer = clock.after(ROUND * (0.5 + random()), () => void this.#round());
  }

  async #round(): Promise<void> {
    const { rooms, log } = this.#options;
    try {
      for (const room of rooms) await this.#trim(room);
      this.#told = false;
    } catch (error) {
      if (!this.#told && !this.#closed) log.warn({ err: error }, 'old messages cannot be deleted');
      this.#told = true;
    }
    if (!this.#closed) this.#wait();
  }

  async #trim(room: Room): Promise<void> {
    const { store, clock, stats, days, rows } = this.#options;
    const before = days > 0 ? clock.now() - days * DAY : 0;
    while (!this.#closed) {
      const gone = await store.trim(room.name, { rows, before }, STEP);
      stats.trimmed += gone;
      if (gone < STEP) break;
      await new Promise<void>((resolve) => void clock.after(PAUSE, resolve));
    }
    // Another instance may have taken what is in a page that was read before.
    room.stream.pages.forget();
  }
}
