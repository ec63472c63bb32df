import cluster from 'node:cluster';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';
import { pino } from 'pino';
import type { App } from './app.ts';
import { withoutTokens } from './auth/redact.ts';
import { systemClock } from './clock.ts';
import { helpText } from './config/help.ts';
import { loadSettings } from './config/load.ts';
import type { Settings } from './config/settings.ts';
import { createAdminServer } from './http/admin-server.ts';
import { healthOfWorkers } from './http/health.ts';
import { listen } from './http/listen.ts';
import type { Logger } from './log.ts';
import { openOps } from './open-ops.ts';
import { drainWindow } from './transports/drain.ts';
import { answerParent, farewellOfParent, neighboursOfWorker } from './worker.ts';
import { WorkerRefused, Workers } from './workers.ts';

/** Exit codes: the server failed, or was asked for something wrong. */
const FAILED = 1;
const WRONG_USE = 2;
/** Once the clients were told, a stop that takes longer than this, in milliseconds, is cut. */
const STOP_DEADLINE = 10_000;
/** npm passes a signal on that the whole process group had already: so soon after the first it is the same one. */
const SAME_SIGNAL = 1_000;
/** How long a worker that got a signal waits for its parent's word, in milliseconds. */
const PARENT_PATIENCE = 2_000;

const root = join(import.meta.dirname, '..');
const PAGE = join(root, 'web', 'dist');

await main(process.argv.slice(2));

async function main(flags: readonly string[]): Promise<void> {
  const unknown = flags.find((flag) => !['--help', '--version', '--check'].includes(flag));
  if (unknown !== undefined) fail(WRONG_USE, [`${unknown}: not known; see --help`]);
  const version = versionOf(root);
  if (flags.includes('--help')) say(helpText(version));
  else if (flags.includes('--version')) say(version);
  else {
    const { settings, problems } = loadSettings(process.env);
    if (problems !== undefined) fail(WRONG_USE, problems);
    if (flags.includes('--check')) say('The settings are right.');
    else if (settings.WORKERS > 1 && cluster.isPrimary) await serveByWorkers(settings);
    else await serve(settings, version);
  }
}

async function serve(settings: Settings, version: string): Promise<void> {
  const { log, stopAsked } = begin(settings);
  const stopping = new AbortController();
  void stopAsked.then(() => stopping.abort());
  const farewell = cluster.isWorker ? farewellOfParent() : undefined;
  const app = await start(settings, version, log, stopping.signal);
  if (cluster.isWorker) answerParent(app);
  else say(`${placeOf(settings, app.port)}  (admin ${url(settings.HOST, app.adminPort)})`);
  await stopAsked;
  await app.drain(farewell && (await Promise.race([farewell, noWord()])));
  const deadline = systemClock.after(STOP_DEADLINE, () => {
    log.error({}, `not everything was stopped within ${STOP_DEADLINE} ms`);
    process.exit(FAILED);
  });
  await app.close();
  deadline.cancel();
  log.info({}, 'stopped');
  process.exit(0);
}

/** A worker that was told to stop by somebody else does so by itself. */
function noWord(): Promise<undefined> {
  return new Promise((resolve) => void systemClock.after(PARENT_PATIENCE, () => resolve(undefined)));
}

/** The parent of several processes that serve: it accepts for them, and has the admin port. */
async function serveByWorkers(settings: Settings): Promise<void> {
  const { log, stopAsked } = begin(settings);
  const workers = new Workers({ count: settings.WORKERS, clock: systemClock, log });
  let stopping = false;
  const health = async () => healthOfWorkers(await workers.health(), stopping);
  const ops = await openOps({ settings, log, page: PAGE }, workers);
  const admin = createAdminServer({ log, health, metrics: () => workers.metrics(), ops: () => ops });
  const stop = async (code: number): Promise<never> => {
    stopping = true;
    const clients = await workers.clients();
    const drained = 1_000 * settings.DRAIN_DELAY + drainWindow(clients, 1_000 * settings.DRAIN_WINDOW);
    const deadline = systemClock.after(drained + STOP_DEADLINE + SAME_SIGNAL, () => workers.kill());
    await workers.stop(clients);
    deadline.cancel();
    process.exit(code);
  };
  void stopAsked.then(() => stop(0));
  try {
    const adminPort = await listen(admin, settings.HOST, settings.ADMIN_PORT, 'ADMIN_PORT');
    const port = await workers.start();
    say(`${placeOf(settings, port)}  (${settings.WORKERS} workers, admin ${url(settings.HOST, adminPort)})`);
  } catch (error) {
    const said = error instanceof WorkerRefused;
    if (!said) process.stderr.write(`towncrier: ${error instanceof Error ? error.message : String(error)}\n`);
    await stop(FAILED);
  }
}

/** What every process of the server does first. */
function begin(settings: Settings): { readonly log: Logger; readonly stopAsked: Promise<void> } {
  const worker = cluster.worker?.id;
  const base = worker === undefined ? {} : { base: { pid: process.pid, worker } };
  const log: Logger = pino({ level: settings.LOG_LEVEL, hooks: { streamWrite: withoutTokens }, ...base });
  process.on('uncaughtException', (error, origin) => {
    log.error({ err: error, origin }, 'an error that nobody expected: the server stops');
    process.exit(FAILED);
  });
  const { promise: stopAsked, resolve: askToStop } = Promise.withResolvers<void>();
  stopOnSignal(log, askToStop);
  return { log, stopAsked };
}

async function start(settings: Settings, version: string, log: Logger, signal: AbortSignal): Promise<App> {
  const stop = (): void => void process.kill(process.pid, 'SIGTERM');
  const common = { log, clock: systemClock, random: Math.random, newId: randomUUID };
  const options = { ...common, version, page: PAGE, signal, stop };
  try {
    const neighbours = cluster.isWorker ? neighboursOfWorker() : undefined;
    // What is compiled now is kept for the next start; where that folder cannot be written, each start compiles all anew.
    enableCompileCache(join(root, 'node_modules', '.cache', 'towncrier'));
    // Only who serves loads what serving takes: the parent of workers and `--help` do not.
    const { startApp } = await import('./app.ts');
    return await startApp(settings, { ...options, processMetrics: true, worker: cluster.isWorker, neighbours });
  } catch (error) {
    if (signal.aborted) {
      log.info({}, 'stopped before all was started');
      process.exit(0);
    }
    log.debug({ err: error }, 'the start failed');
    return fail(FAILED, [error instanceof Error ? error.message : String(error)]);
  }
}

/** The first signal asks for a stop in good order, another one ends the process at once. */
function stopOnSignal(log: Logger, askToStop: () => void): void {
  let askedAt: number | undefined;
  const heard = (signal: NodeJS.Signals): void => {
    const now = systemClock.monotonic();
    if (askedAt === undefined) {
      askedAt = now;
      log.info({ signal }, 'stopping');
      askToStop();
    } else if (now - askedAt > SAME_SIGNAL) process.exit(FAILED);
  };
  process.on('SIGTERM', heard);
  process.on('SIGINT', heard);
}

function placeOf(settings: Settings, port: number): string {
  return settings.ROLE === 'feed' ? 'Towncrier feeds the market' : `Towncrier is at ${url(settings.HOST, port)}`;
}

/** Where a browser on this machine finds the server. */
function url(host: string, port: number): string {
  const name = host === '0.0.0.0' || host === '::' ? 'localhost' : host;
  return `http://${name.includes(':') ? `[${name}]` : name}:${port}`;
}

function versionOf(folder: string): string {
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string }; // our own file
  return version;
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

function fail(code: number, lines: readonly string[]): never {
  process.stderr.write(lines.map((line) => `towncrier: ${line}\n`).join(''));
  process.exit(code);
}
