/**
 * `npm run bench:50k`: 50,000 clients of four workers on MariaDB, Redis and Kafka, all on this machine: the connect storm, a
 * steady minute, a worker that is killed, all that were connected at the head of their streams, and a server that is stopped and
 * started again under them. `npm run bench:50k -- 5000 20` does it with 5,000 clients and 20 s; `npm run bench:50k -- 50000 600`
 * stays for 10 minutes. Writes `SCALE.md` when all 50,000 were asked for. Ends with 1 when anything was lost.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { KafkaServer } from '../test/support/engines/kafka.ts';
import { MysqlServer } from '../test/support/engines/mysql.ts';
import { RedisServer } from '../test/support/engines/redis.ts';
import { Scrape } from '../test/support/scrape.ts';
import { ServerProcess } from '../test/support/server-process.ts';
import { Fanload, type FanloadResult } from './fanload.ts';
import { descendants, type Usage, usageOf } from './processes.ts';
import { ReturningSenders } from './returning-senders.ts';
import { type Arrival, arrivalLine, isThere, isWhole, type Phase, phaseLine, scaleReport } from './scale-report.ts';

const CLIENTS = Number(process.argv[2] ?? 50_000);
const SECONDS = Number(process.argv[3] ?? 60);
const STOMP = Math.round(CLIENTS * 0.8);
const SSE = CLIENTS - STOMP;
const WORKERS = 4;
const MESSAGES = 10;
const TICKS = 50;
/** New connections a second, of both kinds together. */
const STORM = 1_250;
/** Who loses its connection comes back within so many milliseconds, each at a time of its own. */
const BACK = 10_000;
/** Seconds that a part lasts in which some or all connections are lost. */
const AFTER_LOSS = 40;
const AFTER_RESTART = 90;
/** Seconds that clients have to reach the head when nothing is sent any more. */
const PATIENCE = 30;

await using stack = new AsyncDisposableStack();
const mysql = await MysqlServer.start();
stack.defer(() => mysql.dispose());
const redis = await RedisServer.start();
stack.defer(() => redis.stop());
const kafka = await KafkaServer.start();
stack.defer(() => kafka.stop());
const engines = descendants(process.pid);
const common = { MYSQL_URL: mysql.newUrl(), REDIS_URL: redis.url, KAFKA_BROKERS: kafka.brokers.join(',') };
// A process of its own: so it can stop, and the prices have an end that everybody must have reached.
const feed = await started({ ...common, ROLE: 'feed', MARKET_TICKS_PER_SECOND: `${TICKS}` });
const server = await started({
  ...common,
  ROLE: 'app',
  WORKERS: `${WORKERS}`,
  // All come from one machine.
  CHAT_RATE_LIMIT: '0',
  CONNECT_RATE_LIMIT: '0',
  MAX_CONNECTIONS_PER_ADDRESS: '0',
});
const phases: Phase[] = [];
let clients: readonly number[] = [];

say(`${CLIENTS} clients begin to connect, ${STORM} a second`);
const empty = usageOf([server.pid]).memory;
const storm = stopwatch();
const [[stomp, stompUp], [sse, sseUp]] = await Promise.all([
  connect(
    ['--protocol', 'stomp', '--path', '/ws-endpoint', '--destination', '/topic/chat', '--seq-marker', '"seq":'],
    STOMP,
    0,
  ),
  connect(['--protocol', 'sse', '--path', '/stream', '--ids', '1'], SSE, 100),
]);
clients = [stomp.pid, sse.pid];
const { spent } = storm();
const seconds = Math.max(stompUp.connect_s, sseUp.connect_s);
record({ name: 'connect storm', seconds, spent, stomp: stompUp, sse: sseUp, chat: undefined });
const memory = ((usageOf([server.pid]).memory - empty) * 1_024) / CLIENTS;

const senders = await ReturningSenders.connect(server.url, 10);
const before = await passesSoFar();
await phase('steady', SECONDS);
const after = await passesSoFar();
const passes = {
  rate: (after.count - before.count) / SECONDS / WORKERS,
  cost: ((after.seconds - before.seconds) * 1_000) / (after.count - before.count),
};
await phase('a worker killed', AFTER_LOSS, killWorker);
const arrivals: Arrival[] = [];
let drained = 0;
await phase('stopped, and started again', AFTER_RESTART, restart);
senders.close();
await feed.stop();
arrivals.push(await arrival('chat, over STOMP', stomp, STOMP, chatHead));
arrivals.push(await arrival('prices, over SSE', sse, SSE, marketHead));
await Promise.all([stomp.close(), sse.close()]);
const scale = { clients: { stomp: STOMP, sse: SSE }, workers: WORKERS, messages: MESSAGES, ticks: TICKS, back: BACK };
const report = scaleReport({ ...scale, phases, arrivals, drained, memory, passes });
if (CLIENTS >= 50_000) writeFileSync(join(import.meta.dirname, 'SCALE.md'), report);
else console.log(report);
await stack.disposeAsync();
process.exit(phases.every((each) => isWhole(scale, each)) && arrivals.every(isThere) ? 0 : 1);

async function started(env: Record<string, string>): Promise<ServerProcess> {
  const made = await ServerProcess.create(env);
  stack.defer(() => made.dispose());
  await made.start();
  return made;
}

function connect(args: readonly string[], count: number, source: number): Promise<readonly [Fanload, FanloadResult]> {
  const ramp = Math.max(1, Math.round((STORM * count) / CLIENTS));
  const target = [
    '--port',
    `${server.port}`,
    '--connections',
    `${count}`,
    '--ramp',
    `${ramp}`,
    '--source',
    `${source}`,
  ];
  // A process holds at most 20,000 sockets.
  const more = ['--processes', `${Math.ceil(count / 14_000)}`, '--wait-up', '120', '--reconnect', `${BACK}`];
  return Fanload.connect([...target, ...more, '--marker', '"time":', '--stamp', 'ms', ...args]);
}

/** It dies when the counting has begun. */
async function killWorker(): Promise<void> {
  await sleep(1_000);
  const [worker] = descendants(server.pid);
  if (worker === undefined) throw new Error('there is no worker');
  process.kill(worker, 'SIGKILL');
  say(`worker ${worker} is killed`);
}

async function restart(): Promise<void> {
  await sleep(1_000);
  const began = performance.now();
  await server.stop();
  drained = (performance.now() - began) / 1_000;
  say(`stopped in good order after ${drained.toFixed(1)} s`);
  await server.start();
}

async function phase(name: string, seconds: number, meanwhile?: () => Promise<void>): Promise<void> {
  const spent = stopwatch();
  const [ofStomp, ofSse, chat] = await Promise.all([
    stomp.hold(seconds),
    sse.hold(seconds),
    senders.send(MESSAGES, seconds - 2),
    meanwhile?.(),
  ]);
  record({ name, ...spent(), stomp: ofStomp, sse: ofSse, chat });
}

/** Begins to measure what time and CPU go by; the server's is that of the process that runs in the end. */
function stopwatch(): () => Pick<Phase, 'seconds' | 'spent'> {
  const measure = () => ({
    server: usageOf([server.pid]),
    feed: usageOf([feed.pid]),
    clients: usageOf(clients),
    engines: usageOf(engines),
  });
  const began = performance.now();
  const { pid } = server;
  const old = measure();
  return () => {
    const now = measure();
    const since = (before: Usage, after: Usage): Usage => ({ cpu: after.cpu - before.cpu, memory: after.memory });
    const spent = {
      server: server.pid === pid ? since(old.server, now.server) : now.server,
      feed: since(old.feed, now.feed),
      clients: since(old.clients, now.clients),
      engines: since(old.engines, now.engines),
    };
    return { seconds: (performance.now() - began) / 1_000, spent };
  };
}

/** Waits until all clients stand at the head, or it takes too long. */
async function arrival(what: string, load: Fanload, count: number, headNow: () => Promise<number>): Promise<Arrival> {
  const end = performance.now() + PATIENCE * 1_000;
  for (;;) {
    const found = { what, clients: count, head: await headNow(), heads: await load.heads() };
    if (!isThere(found) && performance.now() < end) {
      await sleep(500);
      continue;
    }
    say(arrivalLine(found));
    return found;
  }
}

async function chatHead(): Promise<number> {
  const answer = await fetch(`${server.url}/api/chat/messages?limit=1`);
  return ((await answer.json()) as { head: number }).head; // the wire contract
}

/** The sum of the next offsets, as fanload counts: of the snapshot that every new client gets first. */
async function marketHead(): Promise<number> {
  const stop = new AbortController();
  const { body } = await fetch(`${server.url}/stream`, {
    signal: stop.signal,
    headers: { 'Accept-Encoding': 'identity' },
  });
  let text = '';
  for await (const chunk of body ?? []) {
    text += Buffer.from(chunk).toString();
    if (/^id: .*\n/m.test(text)) break;
  }
  stop.abort();
  const offsets = /^id: [^:\n]*:([\d,]+)/m.exec(text)?.[1]?.split(',') ?? [];
  return offsets.reduce((sum, offset) => sum + Number(offset), 0);
}

async function passesSoFar(): Promise<{ readonly count: number; readonly seconds: number }> {
  // A worker that is late with its answer is left out of the sums; the highest are of all.
  let most = { count: 0, seconds: 0 };
  for (let time = 0; time < 5; time++) {
    const scrape = await Scrape.of(`http://127.0.0.1:${server.adminPort}`);
    const part = (name: string): number => scrape.sum(`towncrier_hub_pass_duration_seconds_${name}`);
    if (part('count') > most.count) most = { count: part('count'), seconds: part('sum') };
  }
  return most;
}

function record(found: Phase): void {
  phases.push(found);
  say(phaseLine(found));
}

function say(text: string): void {
  console.log(`${Math.round(performance.now() / 1_000)} s: ${text}`);
}
