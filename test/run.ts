/**
 * `npm test`: gets ready what the tests need (a Chromium, the engines, the built page), then runs them. Arguments are files or folders of
 * tests, instead of all, and flags for `node --test`.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, globSync, readdirSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { chromiumPath } from './support/browser.ts';
import { hasDocker } from './support/engines/container.ts';

const root = join(import.meta.dirname, '..');
const COMPILED = join(root, 'node_modules/.cache/compiled');
/** A test file that takes longer than this, in milliseconds, hangs. */
const TIMEOUT = 600_000;

/** A program that some tests need. */
interface Need {
  readonly name: string;
  /** Of Debian and Ubuntu. */
  readonly apt: string;
  /** Of macOS, by Homebrew. */
  readonly brew: string;
  /** The test files that need it. */
  readonly of: RegExp;
  there(): boolean;
}

const BROWSER = /e2e/;
const REAL = /mysql|redis|kafka|faults|doctor|instances|workers|own-streams|producer/;
/** Tests that take long, most of it for waiting: for engines to start, for time limits to pass, for slow peers. */
const WAITING = new RegExp(
  `${REAL.source}|floods|deploy|examples|killed-run|container|untaken|limits/server|websocket-slow`,
);
const needs: readonly Need[] = [
  {
    name: 'a Chromium',
    apt: 'chromium',
    brew: '--cask chromium',
    of: BROWSER,
    there: () => chromiumPath() !== undefined,
  },
  {
    name: 'a Redis server',
    apt: 'redis-server',
    brew: 'redis',
    of: REAL,
    there: () => onPath('redis-server') || hasDocker(),
  },
  {
    name: 'a MariaDB server',
    apt: 'mariadb-server',
    brew: 'mariadb',
    of: REAL,
    there: () => onPath('mariadbd') || hasDocker(),
  },
  {
    name: 'Java, for Kafka',
    apt: 'default-jre-headless',
    brew: 'openjdk',
    of: REAL,
    there: () => onPath('java') || hasDocker(),
  },
  { name: 'Maven, for Kafka', apt: 'maven', brew: 'maven', of: REAL, there: () => onPath('mvn') || hasDocker() },
  {
    name: 'Prometheus',
    apt: 'prometheus',
    brew: 'prometheus',
    of: /deploy\/(?:observe|alerts)/,
    there: () => onPath('prometheus') && onPath('promtool'),
  },
  { name: 'HAProxy', apt: 'haproxy', brew: 'haproxy', of: /deploy\/proxy/, there: () => onPath('haproxy') },
];

/** Tools of other languages, each for the test of one example or page. Where one is missing, its test is left out of a run of all. */
const toolchains: Readonly<Record<string, readonly string[]>> = {
  'test/docs/bots.test.ts': ['python3', 'curl'],
  'test/examples/curl.test.ts': ['curl'],
  'test/examples/go.test.ts': ['go'],
  'test/examples/java.test.ts': ['java', 'mvn'],
  'test/examples/producer-java.test.ts': ['java', 'mvn', 'setpriv'],
  'test/examples/producer-python.test.ts': ['python3', 'java', 'mvn', 'setpriv'],
  'test/examples/python.test.ts': ['python3'],
};

process.exitCode = main(process.argv.slice(2));

function main(args: readonly string[]): number {
  const flags = args.filter((arg) => arg.startsWith('-'));
  const paths = args.filter((arg) => !arg.startsWith('-'));
  const files = paths.length > 0 ? filesOf(paths) : filesOf(['test']).filter(hasToolchain);
  if (files.length === 0) return refuse(`there are no tests in ${paths.join(', ')}`);
  if (!haveAll(needs.filter((need) => files.some((file) => need.of.test(file))))) return 1;
  if (files.some((file) => file.includes('e2e'))) {
    if (pageIsStale() && run('npm', ['run', 'build']) !== 0) return refuse('the page could not be built');
  }
  // Two files more than there are cores: most of them wait for most of their time.
  const concurrency = `--test-concurrency=${availableParallelism() + 2}`;
  const options = ['--test-reporter=spec', concurrency, `--test-timeout=${TIMEOUT}`];
  // Each file is a process, and starts others: what one has compiled the others need not.
  const env = { NODE_COMPILE_CACHE: COMPILED, ...process.env };
  return run(process.execPath, ['--test', ...options, ...flags, ...mixed(files)], env);
}

/**
 * Files of browsers keep the cores busy, those of engines mostly wait: they begin by turns, so that neither all work at once nor all
 * wait at once. What takes no long time comes last, and fills what is left.
 */
function mixed(files: readonly string[]): string[] {
  const browsers = files.filter((file) => BROWSER.test(file));
  const waiting = files.filter((file) => WAITING.test(file) && !BROWSER.test(file));
  const turns = Math.max(browsers.length, waiting.length);
  const byTurns = Array.from({ length: turns }, (_, turn) => [
    ...share(browsers, turn, turns),
    ...share(waiting, turn, turns),
  ]).flat();
  return [...byTurns, ...files.filter((file) => !byTurns.includes(file))];
}

/** The part of a list that has its turn, where it is spread evenly over so many. */
function share<Item>(list: readonly Item[], turn: number, turns: number): readonly Item[] {
  return list.slice(Math.floor((turn * list.length) / turns), Math.floor(((turn + 1) * list.length) / turns));
}

function filesOf(paths: readonly string[]): string[] {
  const patterns = paths.map((path) => (path.endsWith('.ts') ? path : `${path}/**/*.test.ts`));
  return globSync(patterns, { cwd: root }).sort();
}

/** Whether the tools of a test are there; says so where they are not. */
function hasToolchain(file: string): boolean {
  const missing = (toolchains[file] ?? []).filter((program) => !onPath(program));
  if (missing.length > 0) console.log(`Left out: ${file}, which needs ${missing.join(' and ')}`);
  return missing.length === 0;
}

/** The real engines and the browser are part of the tests: what is missing is installed, or the run fails and says how to. */
function haveAll(wanted: readonly Need[]): boolean {
  const missing = wanted.filter((need) => !need.there());
  if (missing.length === 0) return true;
  const packages = missing.map(({ apt }) => apt);
  const names = missing.map(({ name }) => name).join(', ');
  const apt = process.platform === 'linux' && process.getuid?.() === 0 && existsSync('/usr/bin/apt-get');
  if (apt) {
    console.log(`Missing: ${names}. Installing ${packages.join(' ')}`);
    // Someone else may be installing just now: the lock is waited for.
    const install = ['-o', 'DPkg::Lock::Timeout=300', 'install', '-y', '--no-install-recommends', ...packages];
    const quiet = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    const installed = run('apt-get', ['update', '-qq']) === 0 && run('apt-get', ['-qq', ...install], quiet) === 0;
    if (installed && missing.every((need) => need.there())) return true;
  }
  refuse(`the tests need ${names}. Install:
  Debian, Ubuntu:  sudo apt-get update && sudo apt-get install -y --no-install-recommends ${packages.join(' ')}
  macOS:           brew install ${missing.map(({ brew }) => brew).join(' ')}
A browser that is there already is named by TOWNCRIER_CHROMIUM=/path/to/chrome. Without all of them: npm test -- test/hub (or
another folder)`);
  return false;
}

function onPath(program: string): boolean {
  return `${process.env.PATH}:/usr/sbin`.split(':').some((folder) => existsSync(join(folder, program)));
}

/** Whether `web/dist` is missing, or older than what it is built from. */
function pageIsStale(): boolean {
  const built = join(root, 'web', 'dist', 'index.html');
  if (!existsSync(built)) return true;
  const time = statSync(built).mtimeMs;
  return readdirSync(join(root, 'web'), { recursive: true, encoding: 'utf8' })
    .filter((path) => !path.startsWith('dist'))
    .some((path) => statSync(join(root, 'web', path)).mtimeMs > time);
}

function run(command: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env): number {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: 'inherit', env });
  if (error) console.error(error.message);
  return status ?? 1;
}

function refuse(reason: string): 1 {
  console.error(reason);
  return 1;
}
