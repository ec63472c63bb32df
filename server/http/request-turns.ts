import type { Clock } from '../clock.ts';

/** Requests that begin in one turn of the event loop; the dearest, a long page of history, takes about a millisecond. */
const A_TURN = 16;

/** A request that waits for its turn. */
interface Waiting {
  readonly serve: () => void;
  readonly wanted: () => boolean;
}

/**
 * Lets few requests begin in one turn of the event loop. A thousand connections that each ask for a page of history at the same
 * moment would have all of them made before anybody else had a turn. Who waits begins in the order of the strangers, one request
 * of each: one who asks for much does not keep the others waiting.
 */
export class RequestTurns {
  readonly #clock: Clock;
  /** What waits, by stranger; the first has the next turn. */
  readonly #waiting = new Map<string, Waiting[]>();
  /** How many have begun in this turn. */
  #begun = 0;
  #scheduled = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Calls `serve` now, or in its turn where it is still wanted then. */
  begin(stranger: string, serve: () => void, wanted = (): boolean => true): void {
    this.#schedule();
    if (this.#waiting.size === 0 && this.#begun < A_TURN) {
      this.#begun++;
      serve();
      return;
    }
    const queue = this.#waiting.get(stranger);
    const waiting = { serve, wanted };
    if (queue === undefined) this.#waiting.set(stranger, [waiting]);
    else queue.push(waiting);
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#clock.soon(() => this.#turn());
  }

  #turn(): void {
    this.#scheduled = false;
    this.#begun = 0;
    // Who is put back comes again in this walk, after all others: a map is walked in the order in which it was filled.
    for (const [stranger, queue] of this.#waiting) {
      if (this.#begun >= A_TURN) break;
      this.#waiting.delete(stranger);
      let next = queue.shift();
      while (next?.wanted() === false) next = queue.shift();
      if (queue.length > 0) this.#waiting.set(stranger, queue);
      if (next === undefined) continue;
      this.#begun++;
      next.serve();
    }
    if (this.#begun > 0) this.#schedule();
  }
}
