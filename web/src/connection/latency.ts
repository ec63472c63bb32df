import type { Clock, Timer } from '../clock.ts';

export interface LatencyOptions {
  readonly clock: Clock;
  /** Told of each round trip, in milliseconds. */
  readonly measured: (ms: number) => void;
}

const EVERY_MS = 20_000;

/** Measures now and then how long the server takes to answer over the chat's connection. */
export class Latency {
  readonly #options: LatencyOptions;
  #next: Timer | undefined;
  #stopped = true;

  constructor(options: LatencyOptions) {
    this.#options = options;
  }

  /** Measures a connection from now on; `ask` sends something that is answered at once. */
  start(ask: (answered: () => void) => void): void {
    this.stop();
    this.#stopped = false;
    const measure = (): void => {
      const { clock, measured } = this.#options;
      const sent = clock.now();
      ask(() => {
        if (!this.#stopped) measured(clock.now() - sent);
      });
      this.#next = clock.after(EVERY_MS, measure);
    };
    measure();
  }

  stop(): void {
    this.#stopped = true;
    this.#next?.cancel();
    this.#next = undefined;
  }
}
