import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startFlags } from '../test/support/start-flags.ts';
import { type ServerProcess, startServer } from './server-process.ts';

/** A server that is measured, and how fanload speaks to it. */
export interface Contender {
  readonly name: string;
  /** Of fanload. */
  readonly protocol: 'stomp' | 'ws' | 'sse' | 'socketio' | 'centrifuge';
  readonly path: string;
  /** More of its query when it shall publish. */
  readonly publish?: string;
  /** It gets faster while it runs: let it serve a load before the one that counts. */
  readonly warmUp?: boolean;
  /** Builds what is needed. Throws where that cannot be. */
  prepare(): void;
  version(): string;
  start(): Promise<ServerProcess>;
}

const HERE = import.meta.dirname;
const BUILD = join(HERE, '.build');
/** A first build brings packages; so long at most, in milliseconds. */
const BUILD_TIME = 600_000;

/** Runs a command to its end. Throws with what it printed when it fails, or is not there. */
function run(command: string, args: readonly string[], cwd: string): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, timeout: BUILD_TIME, encoding: 'utf8' });
  if (error) throw new Error(`${command} cannot be run (${error.message})`);
  if (status !== 0)
    throw new Error(`${command} ${args[0]} ended with ${status}: ${`${stderr}${stdout}`.slice(0, 500)}`);
  return stdout;
}

/** A copy of a peer's folder to build in, so that nothing is built where the sources are. */
function copied(peer: string): string {
  const folder = join(BUILD, peer);
  mkdirSync(BUILD, { recursive: true });
  cpSync(join(HERE, 'peers', peer), folder, { recursive: true });
  return folder;
}

const installed = (file: string): string => {
  const { version }: { version?: string } = JSON.parse(readFileSync(file, 'utf8'));
  return version ?? 'unknown';
};
const ours = () => installed(join(HERE, '../package.json'));
const ofWs = () => `ws ${installed(join(HERE, '../node_modules/ws/package.json'))}`;
const script = (name: string) => () => startServer(process.execPath, [join(HERE, 'servers', `${name}.ts`)]);
/** Ours starts as `npm start` starts it. */
const towncrier = () => startServer(process.execPath, [...startFlags, join(HERE, 'servers/towncrier.ts')]);
const nothing = (): void => undefined;

function spring(name: string, protocol: 'stomp' | 'sse', path: string): Contender {
  return {
    name,
    protocol,
    path,
    publish: `&to=${protocol}`,
    warmUp: true,
    prepare: () => void run('mvn', ['-q', '-B', 'package', '-Dmaven.test.skip=true'], copied('spring')),
    version: () => `Boot ${/parent>[\s\S]*?<version>(.*?)</.exec(pom())?.[1]}, ${java()}`,
    start: () => startServer('java', ['-jar', join(BUILD, 'spring/target/bench-spring.jar')]),
  };
}

const pom = (): string => readFileSync(join(HERE, 'peers/spring/pom.xml'), 'utf8');
const java = (): string =>
  `Java ${/version "(.*?)"/.exec(spawnSync('java', ['-version'], { encoding: 'utf8' }).stderr)?.[1]}`;

export const contenders: readonly Contender[] = [
  {
    name: 'Towncrier, STOMP',
    protocol: 'stomp',
    path: '/ws-endpoint',
    prepare: nothing,
    version: ours,
    start: towncrier,
  },
  {
    name: 'Towncrier, SSE',
    protocol: 'sse',
    path: '/stream',
    prepare: nothing,
    version: ours,
    start: towncrier,
  },
  {
    name: 'floor: send() in C',
    protocol: 'sse',
    path: '/stream',
    prepare() {
      mkdirSync(BUILD, { recursive: true });
      run('cc', ['-O2', '-o', join(BUILD, 'floor'), join(HERE, 'floor.c')], HERE);
    },
    version: () => execFileSync('cc', ['--version'], { encoding: 'utf8' }).split('\n', 1)[0] ?? '',
    start: () => startServer(join(BUILD, 'floor'), []),
  },
  { name: 'ws, send()', protocol: 'ws', path: '/', prepare: nothing, version: ofWs, start: script('ws-loop') },
  {
    name: 'Node, res.write() SSE',
    protocol: 'sse',
    path: '/stream',
    prepare: nothing,
    version: () => `Node ${process.version}`,
    start: script('sse-loop'),
  },
  {
    name: 'Socket.IO',
    protocol: 'socketio',
    path: '/socket.io/?EIO=4&transport=websocket',
    prepare: () => void run('npm', ['install', '--no-audit', '--no-fund', '--silent'], copied('socketio')),
    version: () => installed(join(BUILD, 'socketio/node_modules/socket.io/package.json')),
    start: () => startServer(process.execPath, [join(BUILD, 'socketio/server.mjs')]),
  },
  {
    name: 'centrifuge',
    protocol: 'centrifuge',
    path: '/connection/websocket',
    prepare: () => void run('go', ['build', '-o', '../centrifuge-server', '.'], copied('centrifuge')),
    version: () => /centrifuge (v\S+)/.exec(readFileSync(join(HERE, 'peers/centrifuge/go.mod'), 'utf8'))?.[1] ?? '',
    start: () => startServer(join(BUILD, 'centrifuge-server'), []),
  },
  spring("Spring's simple broker, STOMP", 'stomp', '/ws-endpoint'),
  spring('Spring SseEmitter', 'sse', '/stream'),
];
