import type { Clock, Timer } from '../clock.ts';
import type { Client } from './client.ts';

export interface LateLaneOptions {
  readonly clock: Clock;
  /** Serves a client once; returns whether more is left for it. */
  serve(client: Client): boolean;
}

/** It works so many milliseconds, and then rests as long as it worked. */
const WORK = 4;

/**
 * Clients that share little with others are served here, behind everybody else: each event has to be encoded for them alone, so a
 * few hundred of them would make a pass take seconds, and all others wait for it. Whoever waits is served once in its turn;
 * meanwhile its events gather, and its slices grow.
 */
export class LateLane {
  readonly #options: LateLaneOptions;
  /** In the order of their turns. */
  readonly #waiting = new Set<Client>();
  #timer: Timer | undefined;
  #scheduled = false;
  #stopped = false;

  constructor(options: LateLaneOptions) {
    this.#options = options;
  }

  /** Something is due for this client. */
  add(client: Client): void {
    this.#waiting.add(client);
    if (this.#scheduled || this.#stopped) return;
    this.#scheduled = true;
    this.#options.clock.soon(() => this.#work());
  }

  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
  }

  #work(): void {
    if (this.#stopped) return;
    const { clock, serve } = this.#options;
    const start = clock.monotonic();
    // Who is put back comes again in this walk, after all others: a set is walked in the order in which it was filled.
    for (const client of this.#waiting) {
      this.#waiting.delete(client);
      if (serve(client)) this.#waiting.add(client);
      if (clock.monotonic() - start >= WORK) break;
    }
    this.#scheduled = this.#waiting.size > 0;
    if (this.#scheduled) this.#timer = clock.after(clock.monotonic() - start, () => this.#work());
  }
}
