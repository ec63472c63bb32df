import type { Clock } from '../clock.ts';
import type { EngineState } from './info.ts';

/** Why an instance is not ready. `store` and `ticks`: not open, or not read up to its head, since the start. */
export type Unready = 'store' | 'ticks' | 'stopping';

/**
 * How far a stop has come. `announced`: all is served, but load balancers are told. `leaving`: nobody new is taken, and those who
 * are here are told to go. `closing`: nothing is answered any more.
 */
export type Stage = 'serving' | 'announced' | 'leaving' | 'closing';

/**
 * Whether this instance should get clients: from when all is started until it begins to stop. An engine that goes away later
 * makes no instance unready: all of them share it, and what is in memory is still served.
 */
export class Readiness {
  readonly #conditions: Map<Unready, () => boolean>;
  #stage: Stage = 'serving';

  /** `parts` are those that have to be started. */
  constructor(parts: readonly ('store' | 'ticks')[] = ['store', 'ticks']) {
    this.#conditions = new Map(parts.map((part) => [part, () => false]));
  }

  /** Empty when ready. */
  get reasons(): Unready[] {
    return [...this.#conditions].flatMap(([reason, met]) => (met() ? [] : [reason]));
  }

  get stage(): Stage {
    return this.#stage;
  }

  /** The part is started; it counts as ready from when the condition holds. */
  started(part: 'store' | 'ticks', condition: () => boolean): void {
    this.#conditions.set(part, condition);
  }

  /** A stop has come so far; there is no way back. */
  stop(stage: Exclude<Stage, 'serving'>): void {
    this.#stage = stage;
    this.#conditions.set('stopping', () => false);
  }
}

/** An answer is as good as new for so long, in milliseconds. */
const FRESH = 1_000;
/** An engine that has not answered for so long, in milliseconds, counts as down: who asks about health waits a second. */
const PATIENCE = 500;

/** Asks an engine whether it answers; those who ask within a second share one question. */
export function probe(clock: Clock, question: () => Promise<unknown>): () => Promise<EngineState> {
  let state: Promise<EngineState> | undefined;
  let askedAt = Number.NEGATIVE_INFINITY;
  return () => {
    const now = clock.monotonic();
    if (state === undefined || now - askedAt > FRESH) {
      askedAt = now;
      state = ask(clock, question);
    }
    return state;
  };
}

async function ask(clock: Clock, question: () => Promise<unknown>): Promise<EngineState> {
  const answer = await answerInTime(clock, async () => {
    await question();
    return 'up' as const;
  });
  return answer ?? 'down';
}

/** What is answered within half a second; `undefined` where that is nothing. */
export function answerInTime<T>(clock: Clock, question: () => Promise<T>): Promise<T | undefined> {
  return new Promise((resolve) => {
    const timer = clock.after(PATIENCE, () => resolve(undefined));
    const answered = (answer: T | undefined): void => {
      timer.cancel();
      resolve(answer);
    };
    question().then(answered, () => answered(undefined));
  });
}
