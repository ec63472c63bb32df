import type { Clock, Timer } from '../clock.ts';
import type { LinkState } from '../connection/link.ts';
import type { PriceState } from './market-state.ts';

/** Prices that have not moved for so long may not be the newest. */
const STALE_MS = 10_000;

/**
 * Says how far the prices shown can be believed, from the connection's state and from when the last tick came; where the
 * server says by itself whether prices are the newest, from that: a market in which nobody trades is not a dead one.
 */
export class Freshness {
  readonly #clock: Clock;
  readonly #changed: (state: PriceState) => void;
  #link: LinkState = 'connecting';
  #timer: Timer | undefined;
  #heardAt = Number.NEGATIVE_INFINITY;
  #said: 'live' | 'stale' | undefined;

  constructor(clock: Clock, changed: (state: PriceState) => void) {
    this.#clock = clock;
    this.#changed = changed;
  }

  tick(): void {
    const wasStale = !this.#fresh;
    this.#heard();
    if (wasStale) this.#tell();
  }

  /** A connection that was just made has its time to bring a tick. */
  link(state: LinkState): void {
    this.#link = state;
    // The next server may be another one.
    if (state !== 'live') this.#said = undefined;
    if (state === 'live') this.#heard();
    this.#tell();
  }

  /** What the server says, of this connection. */
  status(state: 'live' | 'stale'): void {
    this.#said = state;
    this.#tell();
  }

  #heard(): void {
    this.#heardAt = this.#clock.now();
    this.#timer ??= this.#clock.after(STALE_MS, () => this.#look());
  }

  get #fresh(): boolean {
    if (this.#said !== undefined) return this.#said === 'live';
    return this.#clock.now() - this.#heardAt < STALE_MS;
  }

  /** One timer for all ticks: it looks when the last tick came, and waits for the rest of its time. */
  #look(): void {
    this.#timer = undefined;
    const rest = this.#heardAt + STALE_MS - this.#clock.now();
    if (rest > 0) {
      this.#timer = this.#clock.after(rest, () => this.#look());
    } else this.#tell();
  }

  #tell(): void {
    if (this.#link === 'live') this.#changed(this.#fresh ? 'live' : 'stale');
    else this.#changed(this.#link === 'reconnecting' ? 'stale' : this.#link);
  }
}
