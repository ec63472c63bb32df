import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { createConnection } from 'mysql2/promise';
import { freePort } from '../free-port.ts';
import { leashed } from '../leash.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { freezeEngine, hasDocker, killEngine, startContainer, thawEngine } from './container.ts';

/** A server with a database for each who asks. */
export interface MysqlHost {
  /** The URL of a database that is not there yet. */
  newUrl(): string;
  /** Runs statements as its administrator. */
  administer(sql: string): Promise<unknown>;
  dispose(): Promise<void>;
}

const SERVER = 'mariadbd';
const INSTALLER = 'mariadb-install-db';
/** As in `compose.yaml`. */
const IMAGE = 'mysql:8.4';
const START_LIMIT = 120_000;
const HELP = `MariaDB or MySQL is needed by the tests. Install it:
  Debian, Ubuntu:  sudo apt-get update && sudo apt-get install -y --no-install-recommends mariadb-server
  macOS:           brew install mariadb
or start Docker, or name a server that is there: TEST_MYSQL_URL=mysql://root@127.0.0.1:3306`;

/** Two that are made side by side in one folder for temporary files take each other's. */
const placesIn = (folder: string): string[] => [`--datadir=${folder}/data`, `--tmpdir=${folder}/tmp`];

let made = 0;

/** The server of `TEST_MYSQL_URL` where that is set, else one of our own. */
export async function mysqlHost(): Promise<MysqlHost> {
  const url = process.env.TEST_MYSQL_URL;
  return url === undefined ? MysqlServer.start() : new GivenHost(url);
}

/** Somebody else's server: what was made there is removed. */
class GivenHost implements MysqlHost {
  readonly #url: URL;
  readonly #databases: string[] = [];

  constructor(url: string) {
    this.#url = new URL(url);
  }

  newUrl(): string {
    const database = newDatabase();
    this.#databases.push(database);
    return Object.assign(new URL(this.#url), { pathname: `/${database}` }).href;
  }

  administer(sql: string): Promise<unknown> {
    return administer(Object.assign(new URL(this.#url), { pathname: '/' }).href, sql);
  }

  async dispose(): Promise<void> {
    for (const database of this.#databases) await this.administer(`DROP DATABASE IF EXISTS ${database}`);
  }
}

/** A MariaDB of our own, on a port and in a folder of its own, that can be killed, frozen and started again. */
export class MysqlServer implements MysqlHost {
  readonly port: number;
  readonly #folder: string;
  readonly #flags: readonly string[];
  #child: ChildProcess | undefined;

  private constructor(port: number, folder: string, flags: readonly string[]) {
    this.port = port;
    this.#folder = folder;
    this.#flags = flags;
  }

  /** Makes a server's data but does not start it: nothing listens at its port yet. */
  static async create(...flags: readonly string[]): Promise<MysqlServer> {
    const folder = await temporaryFolder('mysql');
    if (!isInstalled()) {
      if (!hasDocker()) throw new Error(HELP);
      // Its own start makes the data there.
      return new MysqlServer(await freePort(), folder, flags);
    }
    await mkdir(join(folder, 'tmp'));
    const made = ['--auth-root-authentication-method=normal', '--skip-test-db'];
    execFileSync(INSTALLER, ['--no-defaults', ...asRoot(), ...placesIn(folder), ...made]);
    return new MysqlServer(await freePort(), folder, flags);
  }

  static async start(...flags: readonly string[]): Promise<MysqlServer> {
    const server = await MysqlServer.create(...flags);
    await server.start();
    return server;
  }

  /** The administrator's, without a database. */
  get url(): string {
    return `mysql://root@127.0.0.1:${this.port}`;
  }

  newUrl(): string {
    return `${this.url}/${newDatabase()}`;
  }

  administer(sql: string): Promise<unknown> {
    return administer(this.url, sql);
  }

  /** Starts it, if it does not run, and resolves once it answers. */
  async start(): Promise<void> {
    if (this.#child !== undefined) return;
    const log = join(this.#folder, 'log');
    const child = isInstalled() ? launch(SERVER, this.#arguments(), log) : this.#startContainer(log);
    this.#child = child;
    const deadline = Date.now() + START_LIMIT;
    while (!(await greets(this.port))) {
      if (child.exitCode !== null || Date.now() > deadline) {
        throw new Error(`${SERVER} did not start: ${await readFile(log, 'utf8')}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** Ends it as a crash does. */
  kill(): Promise<void> {
    return this.#end();
  }

  /** Everything stays connected and nothing is answered any more. */
  freeze(): void {
    freezeEngine(this.#child);
  }

  thaw(): void {
    thawEngine(this.#child);
  }

  async dispose(): Promise<void> {
    await this.kill();
    await rm(this.#folder, { recursive: true, force: true });
  }

  #arguments(): string[] {
    const folder = this.#folder;
    const places = [...placesIn(folder), `--socket=${folder}/socket`, `--pid-file=${folder}/pid`];
    const small = ['--innodb-buffer-pool-size=64M', '--innodb-log-file-size=32M', '--performance-schema=OFF'];
    const network = [`--port=${this.port}`, '--bind-address=127.0.0.1', '--skip-name-resolve'];
    return ['--no-defaults', ...asRoot(), ...places, ...network, ...small, '--skip-log-bin', ...this.#flags];
  }

  #startContainer(log: string): ChildProcess {
    const folder = this.#folder;
    return startContainer({
      image: IMAGE,
      ports: [this.port],
      folder,
      options: ['-e', 'MYSQL_ALLOW_EMPTY_PASSWORD=yes', '-e', 'MYSQL_ROOT_HOST=%'],
      command: [
        'mysqld',
        `--datadir=${folder}/data`,
        `--port=${this.port}`,
        '--skip-name-resolve',
        '--skip-log-bin',
        ...this.#flags,
      ],
      output: openSync(log, 'a'),
    });
  }

  async #end(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    killEngine(child);
    await exited;
  }
}

function newDatabase(): string {
  return `towncrier_test_${process.pid}_${made++}`;
}

/** Starts a program that ends with this process, however that ends. */
function launch(program: string, args: readonly string[], log: string): ChildProcess {
  const output = openSync(log, 'a');
  const stdio = ['ignore' as const, output, output];
  const { program: first, args: rest } = leashed(program, args);
  return spawn(first, rest, { stdio });
}

function isInstalled(): boolean {
  return hasProgram(SERVER) && hasProgram(INSTALLER);
}

function hasProgram(name: string): boolean {
  try {
    execFileSync('/bin/sh', ['-c', `command -v ${name}`], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** The server refuses to run as root unless told to. */
function asRoot(): string[] {
  return process.getuid?.() === 0 ? ['--user=root'] : [];
}

/** Whether a server sends its greeting at this port: the fifth byte is the version of the protocol, 10. */
function greets(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.setTimeout(1_000, () => socket.destroy());
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(false));
    socket.once('data', (greeting) => {
      resolve(greeting[4] === 10);
      socket.destroy();
    });
  });
}

async function administer(url: string, sql: string): Promise<unknown> {
  const connection = await createConnection({ uri: url, multipleStatements: true });
  try {
    const [rows] = await connection.query(sql);
    return rows;
  } finally {
    await connection.end();
  }
}
