import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { built } from './c-program.ts';

/** What fanload prints of a run. Its own `--help` explains each figure. */
export interface FanloadResult {
  readonly connections: number;
  readonly up: number;
  readonly failed: number;
  readonly closed: number;
  readonly connect_s: number;
  readonly messages: number;
  readonly due: number;
  readonly bytes: number;
  readonly reads: number;
  readonly seconds: number;
  readonly per_second: number;
  readonly latency_ms: { readonly p50: number; readonly p95: number; readonly p99: number; readonly max: number };
  readonly server: {
    readonly cpu_s: number;
    readonly us_per_message: number;
    readonly rss_up_kb: number;
    readonly rss_peak_kb: number;
    readonly kb_per_connection: number;
  };
  readonly gaps: number;
  readonly duplicates: number;
  readonly lost_connections: number;
  readonly back: number;
  readonly client_cpu_s: number;
}

/** Where the clients stand that are up: the sequence numbers that they got last. */
export interface Heads {
  readonly up: number;
  readonly least_seq: number;
  readonly most_seq: number;
  /** Those that have got none yet. */
  readonly silent: number;
  /** With `--prices`: the sum of `priceHash` over the symbols, of the clients with the least and the most of it. */
  readonly least_state: number;
  readonly most_state: number;
}

/** What came in all, with `--reconnect`. */
export interface Totals {
  readonly up: number;
  readonly messages: number;
  readonly gaps: number;
  readonly duplicates: number;
}

/** As fanload hashes a symbol with its price (FNV-1a, 32 bits). */
export function priceHash(symbol: string, price: number): number {
  let hash = 2_166_136_261;
  for (const byte of Buffer.from(`${symbol}${price}`)) hash = Math.imul(hash ^ byte, 16_777_619);
  return hash >>> 0;
}

/** Clients of one server, in a process of their own. They stay connected from one measurement to the next. */
export class Fanload {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #lines: AsyncIterator<string>;

  private constructor(child: ChildProcessByStdio<Writable, Readable, null>) {
    this.#child = child;
    this.#lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  }

  /**
   * Connects; resolves to the clients and how that went.
   * @param core - the core that they have to themselves, where they have one
   */
  static async connect(args: readonly string[], core?: number): Promise<readonly [Fanload, FanloadResult]> {
    const pin = core === undefined ? [] : ['taskset', '-c', `${core}`];
    const [command = '', ...rest] = [...pin, built('fanload'), ...args, '--script', '1'];
    const clients = new Fanload(spawn(command, rest, { stdio: ['pipe', 'pipe', 'inherit'] }));
    return [clients, await clients.#answer()];
  }

  /** The clients' process. */
  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Has the server publish, and waits until `due` messages came to each, or no more come; so many times, one after the other. */
  publish(path: string, due: number, times = 1): Promise<FanloadResult> {
    return this.#ask(`trigger ${path} ${due} ${times}`);
  }

  /** What happens in so many seconds. */
  hold(seconds: number): Promise<FanloadResult> {
    return this.#ask(`hold ${seconds}`);
  }

  /** Where the clients stand now. Sequence numbers outlive a measurement only with `--reconnect`. */
  heads(): Promise<Heads> {
    return this.#ask('heads');
  }

  /** Disconnects; resolves to what is printed at the end, if anything is. */
  async close(): Promise<string | undefined> {
    this.#child.stdin.end();
    const { value } = await this.#lines.next();
    if (this.#child.exitCode === null && this.#child.signalCode === null) await once(this.#child, 'exit');
    return typeof value === 'string' ? value : undefined;
  }

  /** Disconnects; resolves to what came in all. Only with `--reconnect`. */
  async end(): Promise<Totals> {
    return JSON.parse((await this.close()) ?? '{}') as Totals; // fanload prints exactly this at its end
  }

  #ask<T = FanloadResult>(line: string): Promise<T> {
    this.#child.stdin.write(`${line}\n`);
    return this.#answer<T>();
  }

  async #answer<T = FanloadResult>(): Promise<T> {
    const { value } = await this.#lines.next();
    if (typeof value !== 'string') throw new Error('fanload ended');
    return JSON.parse(value) as T; // fanload prints exactly this line
  }
}
