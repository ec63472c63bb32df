import { BenchClients, CLIENTS } from './bench-clients.ts';
import type { Contender } from './contenders.ts';
import type { ServerProcess } from './server-process.ts';

/** What a connection costs, and a message that nobody has to wait for. */
export interface Steady {
  readonly contender: Contender;
  /** Kilobytes of the server's memory a connection. */
  readonly memory: number;
  /** Microseconds of the server's CPU a second and connection while nothing is published. */
  readonly idle: number;
  /** Microseconds of the server's CPU a delivery, one message at a time: the median of the rounds. */
  readonly delivery: number;
  /** The same as a multiple of the floor's in the same round; the median. */
  readonly ratio: number;
}

/** Long enough for each client to get a heart-beat where it does: Socket.IO and centrifuge ping every 25 s. */
const IDLE = 30;
const ROUNDS = 5;
/** Messages of a round, one after the other. */
const MESSAGES = 10;
const WARM_UP = 20;

interface Contestant {
  readonly contender: Contender;
  readonly server: ServerProcess;
  readonly clients: BenchClients;
}

/**
 * All servers stand at once, each with its own 5,000 clients, and take turns: so what else the machine does hits all of them
 * alike. Who cannot come is left out. The floor is the contender whose name starts with that word.
 */
export async function measureSteady(
  contenders: readonly Contender[],
  leave: (what: string, error: unknown) => void,
): Promise<readonly Steady[]> {
  const contestants: Contestant[] = [];
  try {
    for (const contender of contenders) {
      const contestant = await enter(contender).catch((error) =>
        leave(`what a connection of ${contender.name} costs`, error),
      );
      if (contestant) contestants.push(contestant);
    }
    const idle = await Promise.all(contestants.map(({ clients }) => clients.hold(IDLE)));
    const rounds = await takeTurns(contestants);
    const floor = contestants.findIndex(({ contender }) => contender.name.startsWith('floor'));
    return contestants.map(({ contender, clients }, index) => ({
      contender,
      memory: clients.up.server.kb_per_connection,
      idle: ((idle[index]?.server.cpu_s ?? 0) * 1e6) / (IDLE * CLIENTS),
      delivery: median(rounds.map((round) => round[index] ?? 0)),
      ratio: median(rounds.map((round) => (round[index] ?? 0) / (round[floor] ?? 0))),
    }));
  } finally {
    for (const { server } of contestants) await server.stop();
    for (const { clients } of contestants) await clients.close();
  }
}

async function enter(contender: Contender): Promise<Contestant> {
  const server = await contender.start();
  const clients = await BenchClients.connect(contender, server);
  const { up } = clients.up;
  if (up === CLIENTS) return { contender, server, clients };
  await server.stop();
  await clients.close();
  throw new Error(`only ${up} clients of ${CLIENTS} were connected`);
}

/** Microseconds a delivery, for each round and contestant. */
async function takeTurns(contestants: readonly Contestant[]): Promise<readonly (readonly number[])[]> {
  for (const { clients, contender } of contestants)
    await clients.publishSingly(contender.warmUp ? 3 * WARM_UP : WARM_UP);
  const rounds: number[][] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const costs: number[] = [];
    for (const { clients } of contestants) costs.push((await clients.publishSingly(MESSAGES)).server.us_per_message);
    rounds.push(costs);
  }
  return rounds;
}

function median(values: readonly number[]): number {
  return [...values].sort((one, other) => one - other)[values.length >> 1] ?? 0;
}
