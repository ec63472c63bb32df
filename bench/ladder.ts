import type { Contender } from './contenders.ts';
import { type FanloadResult, fanload } from './fanload.ts';
import type { ServerProcess } from './server-process.ts';

export const CLIENTS = 5_000;
/** Milliseconds at the 99th percentile that a rate may cost. */
export const LATENCY = 100;
/** Messages a second, each to every client; between the last that holds and the first that does not, some more are tried. */
const RUNGS = [5, 10, 20, 40, 80, 160, 320, 640, 1_280, 2_560];
const FINER = 2;
/** Seconds of messages at a rung. */
const SECONDS = 3;
/** How often a rung is tried that does not hold. */
const TRIES = 3;

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
  let best: Rung | undefined;
  let fails = Number.POSITIVE_INFINITY;
  const attempt = async (rate: number): Promise<boolean> => {
    let rung = await measure(contender, rate);
    // Again: the machine may have been busy with something else.
    for (let more = 1; more < TRIES && !rung.holds; more++) rung = better(rung, await measure(contender, rate));
    rungs.push(rung);
    if (rung.holds && rate > (best?.rate ?? 0)) best = rung;
    if (!rung.holds) fails = Math.min(fails, rate);
    return rung.holds;
  };
  for (const rate of RUNGS) if (!(await attempt(rate))) break;
  for (let step = 0; step < FINER && best !== undefined && fails < Number.POSITIVE_INFINITY; step++)
    await attempt(Math.round((best.rate + fails) / 2));
  return { contender, rungs, best };
}

const better = (one: Rung, other: Rung): Rung =>
  other.holds || other.result.latency_ms.p99 < one.result.latency_ms.p99 ? other : one;

/** Each rung has a server of its own: what one left behind is not the next one's. */
async function measure(contender: Contender, rate: number): Promise<Rung> {
  const server = await contender.start();
  try {
    if (contender.warmUp === true) await load(contender, server, RUNGS[0] ?? rate);
    const result = await load(contender, server, rate);
    const holds =
      result.failed === 0 && result.messages >= result.due && result.gaps === 0 && result.latency_ms.p99 <= LATENCY;
    return { rate, result, holds: holds && result.per_second >= 0.9 * rate * CLIENTS };
  } finally {
    await server.stop();
  }
}

function load({ protocol, path, publish = '' }: Contender, { port, pid }: ServerProcess, rate: number) {
  const count = rate * SECONDS;
  const trigger = `/publish?rate=${rate}&count=${count}${publish}`;
  const destination = protocol === 'centrifuge' ? 'chat' : '/topic/chat';
  const target = ['--port', `${port}`, '--pid', `${pid}`, '--protocol', protocol, '--path', path];
  const messages = ['--trigger', trigger, '--expect', `${count}`, '--seq-marker', '"seq":'];
  const clients = ['--connections', `${CLIENTS}`, '--wait-up', '30', '--ramp', '2000'];
  return fanload([...target, ...messages, ...clients, '--destination', destination]);
}
