/**
 * `npm test`: gets ready what the tests need (a Chromium, the built page), then runs them. Arguments are files or folders of
 * tests, instead of all, and flags for `node --test`.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, globSync, readdirSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { chromiumPath } from './support/browser.ts';

const root = join(import.meta.dirname, '..');
/** A test file that takes longer than this, in milliseconds, hangs. */
const TIMEOUT = 600_000;

process.exitCode = main(process.argv.slice(2));

function main(args: readonly string[]): number {
  const flags = args.filter((arg) => arg.startsWith('-'));
  const paths = args.filter((arg) => !arg.startsWith('-'));
  const files = filesOf(paths.length > 0 ? paths : ['test']);
  if (files.length === 0) return refuse(`there are no tests in ${paths.join(', ')}`);
  if (files.some((file) => file.includes('e2e'))) {
    if (chromiumPath() === undefined && !installChromium()) return 1;
    if (pageIsStale() && run('npm', ['run', 'build']) !== 0) return refuse('the page could not be built');
  }
  const concurrency = `--test-concurrency=${Math.max(2, availableParallelism())}`;
  const reporter = '--test-reporter=spec';
  return run(process.execPath, ['--test', reporter, concurrency, `--test-timeout=${TIMEOUT}`, ...flags, ...files]);
}

function filesOf(paths: readonly string[]): string[] {
  const patterns = paths.map((path) => (path.endsWith('.ts') ? path : `${path}/**/*.test.ts`));
  return globSync(patterns, { cwd: root }).sort();
}

/** The browser tests are part of the tests: where no Chromium is, it is installed, or the run fails and says how to. */
function installChromium(): boolean {
  const apt = process.platform === 'linux' && process.getuid?.() === 0 && existsSync('/usr/bin/apt-get');
  if (!apt) {
    refuse(`the browser tests need a Chromium. Install one:
  Debian, Ubuntu:  sudo apt-get update && sudo apt-get install -y --no-install-recommends chromium
  macOS:           brew install --cask chromium
or name one that is there by TOWNCRIER_CHROMIUM=/path/to/chrome. Without them: npm test -- test/hub (or another folder)`);
    return false;
  }
  console.log('No Chromium: installing it');
  // Someone else may be installing just now: the lock is waited for.
  const install = ['-o', 'DPkg::Lock::Timeout=300', 'install', '-y', '--no-install-recommends', 'chromium'];
  const installed = run('apt-get', ['update', '-qq']) === 0 && run('apt-get', ['-qq', ...install]) === 0;
  if (installed && chromiumPath() !== undefined) return true;
  refuse('Chromium could not be installed');
  return false;
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

function run(command: string, args: readonly string[]): number {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: 'inherit', env: process.env });
  if (error) console.error(error.message);
  return status ?? 1;
}

function refuse(reason: string): 1 {
  console.error(reason);
  return 1;
}
