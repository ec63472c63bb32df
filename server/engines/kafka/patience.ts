import type { Clock } from '../../clock.ts';
import type { Logger } from '../../log.ts';
import { guessOf, refusalOf, type Wanted } from './trouble.ts';

/** What waiting takes. */
export interface Patience {
  readonly clock: Clock;
  readonly log: Logger;
  /** Evenly spread in [0, 1): so that instances which lost Kafka together do not come back together. */
  readonly random: () => number;
  /** Ends the wait of a start: it rejects with the reason, at the latest when the attempt under way has timed out. */
  readonly signal?: AbortSignal;
}

/** The reason of a signal that ends the wait because it has taken so many milliseconds. */
export class TooLate extends Error {
  readonly waited: number;

  constructor(waited: number) {
    super(`nothing within ${waited / 1_000} s`);
    this.waited = waited;
  }
}

/** The first pause after a failure and the longest one, in milliseconds. */
const FIRST_PAUSE = 100;
const LONGEST_PAUSE = 5_000;

/** Pauses that grow from failure to failure, each somewhere between half and all of its length. */
export class Pauses {
  readonly #patience: Patience;
  readonly #longest: number;
  #next = FIRST_PAUSE;
  #end: (() => void) | undefined;
  #ended = false;

  constructor(patience: Patience, longest = LONGEST_PAUSE) {
    this.#patience = patience;
    this.#longest = longest;
  }

  /** Resolves after the next pause, or at once when they are ended. */
  pause(): Promise<void> {
    if (this.#ended) return Promise.resolve();
    const length = this.#next * (0.5 + this.#patience.random() / 2);
    this.#next = Math.min(this.#longest, this.#next * 2);
    return new Promise((resolve) => {
      const timer = this.#patience.clock.after(length, resolve);
      this.#end = () => {
        timer.cancel();
        resolve();
      };
    });
  }

  /** It works: the next failure begins with a short pause. */
  reset(): void {
    this.#next = FIRST_PAUSE;
  }

  /** Who pauses goes on now, and nobody pauses any more. */
  end(): void {
    this.#ended = true;
    this.#end?.();
  }
}

/**
 * Tries until it works, and says what it waits for. Rejects with a sentence for the operator where waiting cannot help.
 */
export async function patiently<T>(patience: Patience, wanted: Wanted, attempt: () => Promise<T>): Promise<T> {
  const pauses = new Pauses(patience);
  const { signal } = patience;
  const giveUp = (): void => pauses.end();
  signal?.addEventListener('abort', giveUp);
  if (signal?.aborted) giveUp();
  try {
    return await tryOn(patience, pauses, wanted, attempt);
  } finally {
    signal?.removeEventListener('abort', giveUp);
  }
}

async function tryOn<T>(patience: Patience, pauses: Pauses, wanted: Wanted, attempt: () => Promise<T>): Promise<T> {
  for (let failure: unknown; ; ) {
    // Who is too late has tried once all the same: else a slow start says nothing of why.
    const { aborted, reason } = patience.signal ?? { aborted: false };
    if (aborted && (failure !== undefined || !(reason instanceof TooLate))) throw endOfWait(reason, wanted, failure);
    try {
      return await attempt();
    } catch (error) {
      failure = error;
      const refusal = refusalOf(error, wanted);
      if (refusal !== undefined) throw new Error(refusal, { cause: error });
      patience.log.warn({ reason: guessOf(error) }, `waiting for Kafka at ${wanted.brokers.join(', ')}`);
      await pauses.pause();
    }
  }
}

function endOfWait(reason: unknown, { brokers }: Wanted, failure: unknown): unknown {
  if (!(reason instanceof TooLate)) return reason;
  const text = `Kafka does not answer at ${brokers.join(', ')} within ${reason.waited / 1_000} s (${guessOf(failure)})`;
  return new Error(`${text}: start it, or correct KAFKA_BROKERS.`, { cause: failure });
}
