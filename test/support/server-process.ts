import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from './free-port.ts';
import { freeze } from './freeze.ts';
import { leashed } from './leash.ts';
import { startFlags } from './start-flags.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** Who has not begun to serve after so long, in milliseconds, hangs: not even a busy machine takes as much. */
const START_LIMIT = 120_000;
const MAIN = join(import.meta.dirname, '../../server/main.ts');
/** What a server has of this process's environment: its settings come from the test alone. */
const { PATH, NODE_COMPILE_CACHE } = process.env;

/** The whole product as its user starts it, in a process, a port and a data folder of its own. */
export class ServerProcess {
  readonly port: number;
  readonly adminPort: number;
  /** Where its data is. */
  readonly folder: string;
  readonly #env: Readonly<Record<string, string>>;
  #child: ChildProcess | undefined;
  #output = '';

  private constructor(port: number, adminPort: number, folder: string, env: Readonly<Record<string, string>>) {
    this.port = port;
    this.adminPort = adminPort;
    this.folder = folder;
    this.#env = env;
  }

  static async create(env: Readonly<Record<string, string>> = {}): Promise<ServerProcess> {
    const folder = await temporaryFolder('test');
    return new ServerProcess(await freePort(), await freePort(), folder, env);
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get pid(): number {
    if (this.#child?.pid === undefined) throw new Error('the server does not run');
    return this.#child.pid;
  }

  /** What it has written so far, over all starts. */
  get output(): string {
    return this.#output;
  }

  /** Starts it, with these settings beside its own, and resolves once it is ready. */
  async start(more: Readonly<Record<string, string>> = {}): Promise<void> {
    const own = {
      PORT: `${this.port}`,
      ADMIN_PORT: `${this.adminPort}`,
      HOST: '127.0.0.1',
      DATA_DIR: this.folder,
      LOG_LEVEL: 'warn',
    };
    const { program, args } = leashed(process.execPath, [...startFlags, MAIN]);
    const child = spawn(program, args, {
      env: { PATH, NODE_COMPILE_CACHE, ...own, ...this.#env, ...more },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    const keep = (chunk: Buffer): void => {
      this.#output += chunk.toString();
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    // Of a process that has ended there may be more to read.
    const closed = once(child, 'close');
    const end = performance.now() + START_LIMIT;
    while (performance.now() < end) {
      if (child.exitCode !== null) {
        await closed;
        throw new Error(`the server ended with ${child.exitCode}: ${this.#output}`);
      }
      const ready = await fetch(`http://127.0.0.1:${this.adminPort}/health/ready`).catch(() => undefined);
      if (ready?.ok === true) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`the server was not ready within ${START_LIMIT / 1_000} s: ${this.#output}`);
  }

  /** Ends it as a crash does. */
  kill(): Promise<number | null> {
    return this.#end('SIGKILL', 'exit');
  }

  /** Ends it as an operator does; resolves to its exit code, once all that it wrote is here. */
  stop(): Promise<number | null> {
    return this.#end('SIGTERM', 'close');
  }

  /** It keeps its connections and does nothing. */
  freeze(): void {
    freeze(this.#child);
  }

  thaw(): void {
    this.#child?.kill('SIGCONT');
  }

  /** Ends it if it runs, and removes its data. */
  async dispose(): Promise<void> {
    await this.kill();
    await rm(this.folder, { recursive: true, force: true });
  }

  async #end(signal: NodeJS.Signals, event: 'exit' | 'close'): Promise<number | null> {
    const child = this.#child;
    if (child === undefined) return null;
    this.#child = undefined;
    if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
    const ended = once(child, event);
    child.kill(signal);
    await ended;
    return child.exitCode;
  }
}
