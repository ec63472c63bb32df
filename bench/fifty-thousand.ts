/**
 * `npm run bench:50k`: 50,000 clients of four workers on MariaDB, Redis and Kafka, all on this machine: the connect storm, a
 * steady minute, a worker that is killed, and the end. `npm run bench:50k -- 5000 20` does it with 5,000 clients and 20 s;
 * `npm run bench:50k -- 50000 600` stays for 10 minutes. Writes `SCALE.md` when all 50,000 were asked for.
 */
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { KafkaServer } from '../test/support/engines/kafka.ts';
import { MysqlServer } from '../test/support/engines/mysql.ts';
import { RedisServer } from '../test/support/engines/redis.ts';
import { ServerProcess } from '../test/support/server-process.ts';
import { ChatSenders, type Sent } from './chat-senders.ts';
import { Fanload, type FanloadResult } from './fanload.ts';
import { descendants, type Usage, usageOf } from './processes.ts';

const CLIENTS = Number(process.argv[2] ?? 50_000);
const SECONDS = Number(process.argv[3] ?? 60);
const STOMP = Math.round(CLIENTS * 0.8);
const SSE = CLIENTS - STOMP;
const MESSAGES = 10;
const TICKS = 50;
/** New connections a second, of both kinds together. */
const STORM = 1_250;
/** Who loses its connection comes back within so many milliseconds, each at a time of its own. */
const BACK = 5_000;
const AFTER_KILL = 20;

/** One part of the run. */
interface Phase {
  readonly name: string;
  readonly seconds: number;
  readonly stomp: FanloadResult;
  readonly sse: FanloadResult;
  readonly chat: Sent | undefined;
  readonly spent: Readonly<Record<'server' | 'clients' | 'engines', Usage>>;
}

await using stack = new AsyncDisposableStack();
const mysql = await MysqlServer.start();
stack.defer(() => mysql.dispose());
const redis = await RedisServer.start();
stack.defer(() => redis.stop());
const kafka = await KafkaServer.start();
stack.defer(() => kafka.stop());
const server = await ServerProcess.create({
  WORKERS: '4',
  MYSQL_URL: mysql.newUrl(),
  REDIS_URL: redis.url,
  KAFKA_BROKERS: kafka.brokers.join(','),
  MARKET_TICKS_PER_SECOND: `${TICKS}`,
  // All come from one machine.
  CHAT_RATE_LIMIT: '0',
  CONNECT_RATE_LIMIT: '0',
  MAX_CONNECTIONS_PER_ADDRESS: '0',
});
stack.defer(() => server.dispose());
await server.start();
const engines = descendants(process.pid).filter((pid) => pid !== server.pid && !descendants(server.pid).includes(pid));
const phases: Phase[] = [];

say(`${CLIENTS} clients begin to connect, ${STORM} a second`);
const begun = performance.now();
const beforeStorm = { server: usageOf([server.pid]), engines: usageOf(engines) };
const [[stomp, stompUp], [sse, sseUp]] = await Promise.all([
  connect(
    ['--protocol', 'stomp', '--path', '/ws-endpoint', '--destination', '/topic/chat', '--seq-marker', '"seq":'],
    STOMP,
    0,
  ),
  connect(['--protocol', 'sse', '--path', '/stream', '--ids', '1'], SSE, 100),
]);
const clients = [stomp.pid, sse.pid];
const stormTime = (performance.now() - begun) / 1_000;
record({
  name: 'connect storm',
  seconds: stormTime,
  stomp: stompUp,
  sse: sseUp,
  chat: undefined,
  spent: {
    server: since(beforeStorm.server, usageOf([server.pid])),
    clients: usageOf(clients),
    engines: since(beforeStorm.engines, usageOf(engines)),
  },
});

const senders = await ChatSenders.connect([server.url], 10, 0);
await phase('steady', SECONDS);
// It dies when the counting has begun.
const [worker] = descendants(server.pid);
setTimeout(() => {
  if (worker === undefined) return;
  process.kill(worker, 'SIGKILL');
  say(`worker ${worker} is killed`);
}, 1_000);
await phase('a worker killed', AFTER_KILL);
senders.close();
const stopping = performance.now();
await server.stop();
const drained = (performance.now() - stopping) / 1_000;
say(`stopped in good order after ${drained.toFixed(1)} s`);
await Promise.all([stomp.close(), sse.close()]);
if (CLIENTS >= 50_000) writeFileSync(join(import.meta.dirname, 'SCALE.md'), report());
await stack.disposeAsync();
process.exit(phases.every(isWhole) ? 0 : 1);

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

async function phase(name: string, seconds: number): Promise<void> {
  const groups = { server: [server.pid], clients, engines };
  const before = { server: usageOf(groups.server), clients: usageOf(clients), engines: usageOf(engines) };
  const workers = descendants(server.pid);
  const [ofStomp, ofSse, chat] = await Promise.all([
    stomp.hold(seconds),
    sse.hold(seconds),
    senders.send(MESSAGES, seconds - 2),
  ]);
  const spent = {
    server: since(before.server, usageOf(groups.server)),
    clients: since(before.clients, usageOf(clients)),
    engines: since(before.engines, usageOf(engines)),
  };
  const same = descendants(server.pid).every((pid) => workers.includes(pid));
  record({ name: same ? name : `${name}, and replaced`, seconds, stomp: ofStomp, sse: ofSse, chat, spent });
}

function since(before: Usage, after: Usage): Usage {
  return { cpu: Math.max(0, after.cpu - before.cpu), memory: after.memory };
}

/** All are there, and nothing was lost or came twice. */
function isWhole({ stomp: one, sse: other }: Phase): boolean {
  const faults = one.gaps + one.duplicates + other.gaps + other.duplicates;
  return one.up === STOMP && other.up === SSE && faults === 0;
}

function record(found: Phase): void {
  phases.push(found);
  say(cells(found).join('  '));
}

function say(text: string): void {
  console.log(`${Math.round(performance.now() / 1_000)} s: ${text}`);
}

const HEAD = [
  'phase',
  's',
  'STOMP up',
  'SSE up',
  'lost connections / back',
  'chat sent / accepted',
  'receipt p99, ms',
  'delivered, chat / ticks',
  'chat p50 / p99, ms',
  'ticks p50 / p99, ms',
  'gaps / repeats',
  'CPU cores: server, clients, engines',
  'server, MB',
];

function cells({ name, seconds, stomp: one, sse: other, chat, spent }: Phase): string[] {
  const count = (value: number): string => value.toLocaleString('en');
  const lag = ({ latency_ms: { p50, p99 } }: FanloadResult): string => `${p50.toFixed(0)} / ${p99.toFixed(0)}`;
  const cores = ({ cpu }: Usage): string => (cpu / seconds).toFixed(2);
  return [
    name,
    seconds.toFixed(0),
    count(one.up),
    count(other.up),
    `${count(one.lost_connections + other.lost_connections)} / ${count(one.back + other.back)}`,
    chat === undefined ? '' : `${chat.sent} / ${chat.accepted}`,
    chat === undefined ? '' : chat.p99.toFixed(0),
    `${count(one.messages)} / ${count(other.messages)}`,
    lag(one),
    lag(other),
    `${one.gaps + other.gaps} / ${one.duplicates + other.duplicates}`,
    `${cores(spent.server)}, ${cores(spent.clients)}, ${cores(spent.engines)}`,
    count(Math.round(spent.server.memory)),
  ];
}

function report(): string {
  const line = (list: readonly string[]): string => `| ${list.join(' | ')} |`;
  const { model = '' } = cpus()[0] ?? {};
  return `<!-- Made by "npm run bench:50k". Do not edit. -->
# ${CLIENTS.toLocaleString('en')} clients on one machine

${new Date().toISOString().slice(0, 10)}, ${cpus().length} cores (${model.trim()}), Node ${process.version}. Four workers, MariaDB, Redis, Kafka and all clients share these cores:
${STOMP.toLocaleString('en')} follow the chat over STOMP, ${SSE.toLocaleString('en')} the prices over SSE; ${MESSAGES} chat messages and ${TICKS} ticks a second.

${[HEAD, HEAD.map(() => '---:'), ...phases.map(cells)].map(line).join('\n')}

_Latency_: from the time in a message or tick to its arrival. _Gaps / repeats_: of all clients, over their reconnects too. After a worker was killed its clients came back
within ${BACK / 1_000} s, each at a time of its own, and went on after what they had. The ten who send do not come back: what they sent to the
dead worker had no receipt. At the end the server was told to stop (SIGTERM): it was gone after ${drained.toFixed(1)} s.
`;
}
