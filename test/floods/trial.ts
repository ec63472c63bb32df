import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { ServerProcess } from '../support/server-process.ts';
import { StompClient } from '../support/stomp-client.ts';
import type { Counts } from './attack.ts';
import type { Flood } from './floods.ts';
import { issueToken } from './issuer.ts';
import { layCandles } from './old-candles.ts';
import { type Latencies, latencies, Witness } from './witness.ts';

const PROCESS = join(import.meta.dirname, 'flood-process.ts');
/** Messages in the room before any flood, so that there is something to ask for; each about 1 KB. */
const HISTORY = 500;
/** So many of them a client may send at once. */
const BURST = 100;
/** The server's memory is looked at so often, in milliseconds. */
const LOOK = 250;
/** How long the witness's messages have to come back, in milliseconds: what has not then is lost. */
const SETTLE = 60_000;
/** How long a flood's connections are waited for to be gone, in milliseconds. */
const GONE = 10_000;

export interface Measured {
  readonly chat: Latencies;
  readonly ticks: Latencies;
  /** Of `/metrics`, `/health/ready` and what `/ops` shows, at the admin port. */
  readonly admin: Latencies;
}

export interface Outcome {
  readonly name: string;
  readonly counts: Counts;
  readonly before: Measured;
  readonly during: Measured;
  /** Resident memory of the server in bytes. */
  readonly memory: { readonly before: number; readonly most: number; readonly after: number };
  /** CPU time of the server during the flood, as a part of one core. */
  readonly cpu: number;
  readonly complaints: readonly string[];
}

/** A server in a process of its own, a well-behaved client, and one flood after the other. */
export class Trial {
  readonly #server: ServerProcess;
  readonly #witness: Witness;
  /** How long the admin port took for each answer since the last look, in milliseconds. */
  #admin: number[] = [];

  private constructor(server: ServerProcess, witness: Witness) {
    this.#server = server;
    this.#witness = witness;
  }

  /** @param settings - what the server is told beside its defaults; with `AUTH`, who behaves has a token */
  static async begin(settings: Readonly<Record<string, string>> = {}): Promise<Trial> {
    const server = await ServerProcess.create(settings);
    try {
      layCandles(server.folder, Date.now());
      const issued = settings.AUTH === 'jwt' ? await issueToken(server.folder) : undefined;
      await server.start(issued && { JWT_JWKS: issued.keys });
      await fill(server.url, issued?.token);
      return new Trial(server, await Witness.begin(server.url, issued?.token));
    } catch (error) {
      await server.dispose();
      throw error;
    }
  }

  get pid(): number {
    return this.#server.pid;
  }

  /** What the well-behaved client measures in quiet. */
  async quiet(seconds: number): Promise<Measured> {
    this.#take();
    const end = performance.now() + seconds * 1_000;
    while (performance.now() < end) {
      await this.#gauges();
      await wait(LOOK);
    }
    return this.#take();
  }

  async flood(flood: Flood, seconds: number, size: number, before: Measured): Promise<Outcome> {
    const complaints = this.#witness.complaints.length;
    const start = await this.#gauges();
    this.#take();
    const attack = this.#attack(flood, seconds, size);
    let most = start.memory;
    let over = false;
    const look = async (): Promise<void> => {
      while (!over) {
        most = Math.max(most, (await this.#gauges()).memory);
        await wait(LOOK);
      }
    };
    const looking = look();
    const counts = await attack.finally(() => {
      over = true;
    });
    await looking;
    const end = await this.#gauges();
    // What was sent during the flood counts as such, also where it comes back after it.
    await this.#witness.settle(SETTLE);
    const during = this.#take();
    await this.#gone();
    const after = await this.#gauges();
    const memory = { before: start.memory, most: Math.max(most, end.memory), after: after.memory };
    const cpu = (end.cpu - start.cpu) / seconds;
    return {
      name: flood.name,
      counts,
      before,
      during,
      memory,
      cpu,
      complaints: this.#witness.complaints.slice(complaints),
    };
  }

  async end(): Promise<void> {
    await this.#witness.end();
    await this.#server.dispose();
  }

  #take(): Measured {
    const admin = latencies(this.#admin);
    this.#admin = [];
    return { ...this.#witness.take(), admin };
  }

  async #attack(flood: Flood, seconds: number, size: number): Promise<Counts> {
    const args = [PROCESS, flood.name, `${this.#server.port}`, `${seconds}`, `${size}`];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
    const [code] = await once(child, 'close');
    if (code !== 0) throw new Error(`the flood ${flood.name} ended with ${code}`);
    return JSON.parse(text);
  }

  /** Waits until only the witness is connected, and `GONE` at most. */
  async #gone(): Promise<void> {
    const until = performance.now() + GONE;
    while ((await this.#gauges()).connections > 2 && performance.now() < until) await wait(100);
  }

  async #gauges(): Promise<{ readonly memory: number; readonly cpu: number; readonly connections: number }> {
    const text = await this.#ask('/metrics');
    await this.#ask('/health/ready');
    await this.#ask('/ops/api/instances');
    const sum = (name: string): number =>
      [...text.matchAll(new RegExp(`^${name}(?:{[^}]*})? (\\S+)$`, 'gm'))].reduce(
        (all, [, value]) => all + Number(value),
        0,
      );
    return {
      memory: sum('process_resident_memory_bytes'),
      cpu: sum('process_cpu_seconds_total'),
      connections: sum('towncrier_connections'),
    };
  }

  /** What the operator sees meanwhile. */
  async #ask(path: string): Promise<string> {
    const asked = performance.now();
    const answer = await fetch(`http://127.0.0.1:${this.#server.adminPort}${path}`);
    if (!answer.ok) throw new Error(`${path} answers ${answer.status}`);
    const text = await answer.text();
    this.#admin.push(performance.now() - asked);
    return text;
  }
}

/** Puts messages into the room, by clients who send as many at once as each may. */
async function fill(url: string, token: string | undefined): Promise<void> {
  const passcode = token === undefined ? {} : { passcode: token };
  const body = JSON.stringify({ content: 'o'.repeat(1_000) });
  for (let sent = 0; sent < HISTORY; sent += BURST) {
    const client = await StompClient.connect(url, `writer ${sent}`, passcode);
    for (let number = 0; number < BURST; number++)
      client.send('SEND', { destination: '/app/chat', receipt: `${number}` }, body);
    for (let number = 0; number < BURST; number++) await client.frame(({ command }) => command === 'RECEIPT');
    await client.close();
  }
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
