import type { Clock, Timer } from '../clock.ts';
import type { FeedBeat } from '../engines/tick-log.ts';

/** What can be said of all prices together. `stale`: they may not be the newest. */
export type MarketStatus = 'live' | 'stale';

/** The feed says every 3 seconds that it lives; so long after the last sign it counts as gone, in milliseconds. */
const PATIENCE = 8_000;
/** What a feed said longer ago says nothing of now: it lies in the log from another time, in milliseconds. */
const FORMER = 300_000;

/**
 * Whether prices are the newest, by what this instance reads: it is not the feed, so all that it knows came through the log.
 * Stale while the log cannot be read; and, where the feed gives signs of life, while the newest one is `silent`, or when
 * neither one nor a tick has come for 8 s. When a sign came counts, and not the time in it: clocks differ. Where no sign
 * was ever given (prices are made up, or come from other programs), silence says nothing.
 */
export class Vitality {
  readonly #clock: Clock;
  readonly #changed: (status: MarketStatus) => void;
  #reachable = false;
  /** Whether the feed gives signs of life at all. */
  #beats = false;
  #silent = false;
  #heardAt = 0;
  #timer: Timer | undefined;
  #told: MarketStatus | undefined;

  /** `changed` is called at the feed's first sign of life, and with each other status from then on. */
  constructor(clock: Clock, changed: (status: MarketStatus) => void) {
    this.#clock = clock;
    this.#changed = changed;
  }

  get status(): MarketStatus {
    const gone = this.#beats && (this.#silent || this.#clock.monotonic() - this.#heardAt >= PATIENCE);
    return this.#reachable && !gone ? 'live' : 'stale';
  }

  /** Whether a quiet market can be told from a dead one. */
  get isKnown(): boolean {
    return this.#beats;
  }

  /** Ticks came. */
  ticks(): void {
    if (this.#beats) this.#heard();
  }

  beat({ beat, time }: FeedBeat): void {
    if (this.#clock.now() - time > FORMER) return;
    this.#beats = true;
    if (beat === 'live') this.#heard();
    else {
      this.#silent = true;
      this.#tell();
    }
  }

  reachable(yes: boolean): void {
    this.#reachable = yes;
    this.#tell();
  }

  close(): void {
    this.#timer?.cancel();
  }

  #heard(): void {
    this.#silent = false;
    this.#heardAt = this.#clock.monotonic();
    // One timer for all signs: it looks when the last one came, and waits for the rest of its time.
    this.#timer ??= this.#clock.after(PATIENCE, () => this.#look());
    if (this.#told !== 'live') this.#tell();
  }

  #look(): void {
    this.#timer = undefined;
    const rest = this.#heardAt + PATIENCE - this.#clock.monotonic();
    if (rest > 0) this.#timer = this.#clock.after(rest, () => this.#look());
    else this.#tell();
  }

  #tell(): void {
    const { status } = this;
    if (!this.#beats || status === this.#told) return;
    this.#told = status;
    this.#changed(status);
  }
}
