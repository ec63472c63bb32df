import type { Clock, Timer } from '../clock.ts';
import { Backoff } from './backoff.ts';

/**
 * What is known of one connection. `connecting`: never had an answer. `reconnecting`: lost, being tried again. `offline`:
 * several tries failed; it goes on trying.
 */
export type LinkState = 'connecting' | 'live' | 'reconnecting' | 'offline';

export interface LinkOptions {
  readonly clock: Clock;
  readonly random: () => number;
  /** Tries to connect; ends in `succeeded` or `failed`. */
  open(): void;
  changed(state: LinkState): void;
}

const OFFLINE_AFTER_FAILURES = 3;
/** A connection that lived so long starts the backoff anew, so that one that is cut at once is not tried at full speed. */
const STEADY_MS = 5_000;

/** Keeps one connection up: decides when to try, and says how it stands. It knows nothing of what is connected. */
export class Link {
  readonly #options: LinkOptions;
  readonly #backoff: Backoff;
  #state: LinkState = 'connecting';
  #failures = 0;
  #waiting: Timer | undefined;
  #steady: Timer | undefined;
  #running = false;

  constructor(options: LinkOptions) {
    this.#options = options;
    this.#backoff = new Backoff(options.random);
  }

  get state(): LinkState {
    return this.#state;
  }

  start(): void {
    if (this.#running) return;
    this.#running = true;
    this.#options.open();
  }

  /** Forgets every plan to connect. The owner closes what is open. */
  stop(): void {
    this.#running = false;
    this.#cancelTimers();
  }

  succeeded(): void {
    this.#failures = 0;
    this.#steady?.cancel();
    this.#steady = this.#options.clock.after(STEADY_MS, () => this.#backoff.reset());
    this.#change('live');
  }

  /** The connection, or the try to make one, has ended. */
  failed(): void {
    if (!this.#running) return;
    this.#cancelTimers();
    this.#failures++;
    this.#change(this.#failures >= OFFLINE_AFTER_FAILURES ? 'offline' : 'reconnecting');
    this.#waiting = this.#options.clock.after(this.#backoff.next(), () => this.#open());
  }

  /** There is reason to believe that it works now (the network is back, the tab is looked at): does not wait any longer. */
  wake(): void {
    if (this.#waiting === undefined) return;
    this.#backoff.reset();
    this.#open();
  }

  #open(): void {
    this.#cancelTimers();
    this.#options.open();
  }

  #cancelTimers(): void {
    this.#waiting?.cancel();
    this.#waiting = undefined;
    this.#steady?.cancel();
    this.#steady = undefined;
  }

  #change(state: LinkState): void {
    if (this.#state === state) return;
    this.#state = state;
    this.#options.changed(state);
  }
}
