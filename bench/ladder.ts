import { BenchClients, CLIENTS } from './bench-clients.ts';
import type { Contender } from './contenders.ts';
import type { FanloadResult } from './fanload.ts';
import type { ServerProcess } from './server-process.ts';

/** Milliseconds at the 99th percentile that a rate may cost. */
export const LATENCY = 100;
/** Messages a second, each to every client; between the last that holds and the first that does not, some more are tried. */
const RUNGS = [10, 20, 40, 80, 160, 320, 500, 640, 1_280, 2_560];
const FINER = 2;
/** Seconds of messages at a rung. */
const SECONDS = 3;
/** How often a rung is tried that does not hold, but nearly does: what comes so many times later than it may is not the machine's doing. */
const TRIES = 3;
const FAR_OFF = 4;

export interface Rung {
  readonly rate: number;
  readonly result: FanloadResult;
  /** All came, in time. */
  readonly holds: boolean;
}

export interface Climb {
  readonly contender: Contender;
  readonly rungs: readonly Rung[];
  /** The highest that holds, if any does. */
  readonly best: Rung | undefined;
}

/** Finds the highest rate at which 5,000 clients get every message with a p99 under 100 ms. */
export async function climb(contender: Contender): Promise<Climb> {
  const rungs: Rung[] = [];
  const ladder = new Ladder(contender);
  let best: Rung | undefined;
  let fails = Number.POSITIVE_INFINITY;
  const attempt = async (rate: number): Promise<boolean> => {
    let rung = await ladder.measure(rate);
    // Again: the machine may have been busy with something else.
    for (let more = 1; more < TRIES && !rung.holds && !isFarOff(rung); more++)
      rung = better(rung, await ladder.measure(rate));
    rungs.push(rung);
    if (rung.holds && rate > (best?.rate ?? 0)) best = rung;
    if (!rung.holds) fails = Math.min(fails, rate);
    return rung.holds;
  };
  try {
    for (const rate of RUNGS) if (!(await attempt(rate))) break;
    for (let step = 0; step < FINER && fails < Number.POSITIVE_INFINITY; step++)
      await attempt(Math.round(((best?.rate ?? 0) + fails) / 2));
  } finally {
    await ladder.stop();
  }
  return { contender, rungs, best };
}

const isFarOff = ({ result }: Rung): boolean => result.latency_ms.p99 > FAR_OFF * LATENCY;

const better = (one: Rung, other: Rung): Rung =>
  other.holds || other.result.latency_ms.p99 < one.result.latency_ms.p99 ? other : one;

/** A server with clients. After a rung that did not hold both are new: what that left behind is not the next one's. */
class Ladder {
  readonly #contender: Contender;
  #server: ServerProcess | undefined;
  #clients: BenchClients | undefined;

  constructor(contender: Contender) {
    this.#contender = contender;
  }

  async measure(rate: number): Promise<Rung> {
    const clients = this.#clients ?? (await this.#start());
    const result = await clients.publish(rate, SECONDS);
    const whole = result.up === CLIENTS && result.messages >= result.due && result.gaps === 0;
    const holds = whole && result.latency_ms.p99 <= LATENCY && result.per_second >= 0.9 * rate * CLIENTS;
    if (!holds) await this.stop();
    return { rate, result, holds };
  }

  async stop(): Promise<void> {
    await this.#server?.stop();
    await this.#clients?.close();
    this.#server = undefined;
    this.#clients = undefined;
  }

  async #start(): Promise<BenchClients> {
    this.#server = await this.#contender.start();
    this.#clients = await BenchClients.connect(this.#contender, this.#server);
    if (this.#contender.warmUp === true) await this.#clients.publish(10, SECONDS);
    return this.#clients;
  }
}
