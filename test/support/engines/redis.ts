import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { systemClock } from '../../../server/clock.ts';
import type { RedisOptions } from '../../../server/engines/redis/redis-options.ts';
import type { Logger } from '../../../server/log.ts';
import { freePort } from '../free-port.ts';
import { leashed } from '../leash.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { freezeEngine, hasDocker, killEngine, startContainer, thawEngine } from './container.ts';

/** As in `compose.yaml`. */
const IMAGE = 'redis:8';

const START_LIMIT = 120_000;

/** Keeps what is said, a line each: the sentence, then the fields. */
export class KeptLog implements Logger {
  readonly lines: string[] = [];

  readonly debug = (fields: object, text: string): void => this.#keep(fields, text);
  readonly info = this.debug;
  readonly warn = this.debug;
  readonly error = this.debug;

  #keep(fields: object, text: string): void {
    this.lines.push(`${text} ${JSON.stringify(fields)}`);
  }
}

/** What the engines are opened with, where a test has nothing else in mind. */
export function redisOptions(url: string, log: Logger = new KeptLog()): RedisOptions {
  return { url, log, clock: systemClock, random: Math.random };
}

/** Redis for tests that only use it. */
export interface RedisPlace {
  readonly url: string;
  /** A prefix that nobody else has. */
  prefix(): string;
  stop(): Promise<void>;
}

/** The Redis of `TEST_REDIS_URL`, else one of our own. */
export async function redisPlace(): Promise<RedisPlace> {
  const prefix = (): string => `test-${randomUUID()}:`;
  const given = process.env.TEST_REDIS_URL;
  if (given !== undefined && given !== '') return { url: given, prefix, stop: async () => undefined };
  const server = await RedisServer.start();
  return { url: server.url, prefix, stop: () => server.stop() };
}

/** A redis-server of our own, which a test may kill, freeze and start again. Ends with this process, however that ends. */
export class RedisServer {
  readonly port: number;
  readonly folder: string;
  readonly #args: readonly string[];
  #child: ChildProcess | undefined;
  #output = '';

  private constructor(port: number, folder: string, args: readonly string[]) {
    this.port = port;
    this.folder = folder;
    this.#args = args;
  }

  /** `args` are options of redis-server; they may name a configuration file first. */
  static async start(args: readonly string[] = [], folder?: string): Promise<RedisServer> {
    const home = folder ?? (await redisFolder());
    for (let tries = 0; ; tries++) {
      const server = new RedisServer(await freePort(), home, args);
      try {
        await server.restart();
        return server;
      } catch (error) {
        // Someone else may have taken the port.
        if (tries === 2 || !server.#output.includes('Address already in use')) {
          await server.stop();
          throw error;
        }
      }
    }
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Starts it again, at the same port. Resolves once it answers. */
  async restart(): Promise<void> {
    const { port, folder } = this;
    const place = ['--port', `${port}`, '--dir', folder, '--save', '', '--appendonly', 'no'];
    const child = this.#launch(place);
    this.#child = child;
    this.#output = '';
    const keep = (chunk: Buffer): void => {
      this.#output += chunk.toString();
    };
    child.stdout?.on('data', keep);
    child.stderr?.on('data', keep);
    const exited = once(child, 'exit');
    const end = performance.now() + START_LIMIT;
    while (performance.now() < end) {
      if (await answers(port)) return;
      if (child.exitCode !== null || child.signalCode !== null) break;
      await Promise.race([exited, new Promise((resolve) => setTimeout(resolve, 10))]);
    }
    throw new Error(`redis-server did not start: ${this.#output}`);
  }

  #launch(place: readonly string[]): ChildProcess {
    const { port, folder } = this;
    if (!hasProgram('redis-server') && hasDocker()) {
      const command = ['redis-server', ...this.#args, ...place, '--protected-mode', 'no'];
      return startContainer({ image: IMAGE, ports: [port], folder, command, output: 'pipe' });
    }
    const server = redisProgram('redis-server');
    const { program, args } = leashed(server, [...this.#args, ...place, '--bind', '127.0.0.1']);
    return spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  }

  /** Ends it as a crash does. */
  async kill(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    killEngine(child);
    await exited;
  }

  /** It keeps its connections and answers nothing. */
  freeze(): void {
    freezeEngine(this.#child);
  }

  thaw(): void {
    thawEngine(this.#child);
  }

  /** Ends it and removes its data. */
  async stop(): Promise<void> {
    await this.kill();
    await rm(this.folder, { recursive: true, force: true });
  }
}

function hasProgram(name: string): boolean {
  return spawnSync('/bin/sh', ['-c', `command -v ${name}`]).status === 0;
}

/** A folder for the data of a server; `stop` removes it. */
export function redisFolder(): Promise<string> {
  return temporaryFolder('redis');
}

/** The path of a program of Redis. Throws with the command that installs it. */
function redisProgram(name: string): string {
  try {
    return execFileSync('/bin/sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).trim();
  } catch {
    throw new Error(`no ${name} found: the tests need a Redis 6.2 or newer. Install it:
  Debian, Ubuntu:  sudo apt-get update && sudo apt-get -o DPkg::Lock::Timeout=300 install -y --no-install-recommends redis-server
  macOS:           brew install redis
or start Docker, or name one that runs: TEST_REDIS_URL=redis://host:6379 (tests that kill or freeze it still start their own)`);
  }
}

/** Whether it speaks Redis, be it to refuse us. What stands before a container takes connections too, and closes them at once. */
function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('PING\r\n'));
    socket.setTimeout(1_000, () => socket.destroy());
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(false));
    socket.once('data', (data) => {
      resolve(!String(data).startsWith('-LOADING'));
      socket.destroy();
    });
  });
}
