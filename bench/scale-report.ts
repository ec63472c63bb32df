import { cpus } from 'node:os';
import type { FanloadResult, Heads } from './fanload.ts';
import type { Usage } from './processes.ts';
import type { Accepted } from './returning-senders.ts';

/** One part of the run. */
export interface Phase {
  readonly name: string;
  readonly seconds: number;
  readonly stomp: FanloadResult;
  readonly sse: FanloadResult;
  readonly chat: Accepted | undefined;
  readonly spent: Readonly<Record<'server' | 'feed' | 'clients' | 'engines', Usage>>;
}

/** Where the clients of a stream stood when nothing was sent any more. */
export interface Arrival {
  readonly what: string;
  readonly clients: number;
  /** Of the stream, as the server says it. */
  readonly head: number;
  readonly heads: Heads;
}

export interface Scale {
  readonly clients: { readonly stomp: number; readonly sse: number };
  readonly workers: number;
  readonly messages: number;
  readonly ticks: number;
  /** Milliseconds within which a client comes back. */
  readonly back: number;
  readonly phases: readonly Phase[];
  readonly arrivals: readonly Arrival[];
  /** Seconds from SIGTERM to the end of the server. */
  readonly drained: number;
  /** Kilobytes of the server's processes a connection. */
  readonly memory: number;
  /** During the steady part: passes a second and worker, and milliseconds of work in each. */
  readonly passes: { readonly rate: number; readonly cost: number };
}

/** All are up, and none lost anything or got it twice. */
export function isWhole({ clients }: Pick<Scale, 'clients'>, { stomp, sse, chat }: Phase): boolean {
  const faults = stomp.gaps + stomp.duplicates + sse.gaps + sse.duplicates;
  const accepted = chat === undefined || chat.accepted === chat.sent;
  return stomp.up === clients.stomp && sse.up === clients.sse && faults === 0 && accepted;
}

/** Every client has got the last that there was. */
export function isThere({ clients, head, heads }: Arrival): boolean {
  return heads.up === clients && heads.silent === 0 && heads.least_seq === head && heads.most_seq === head;
}

const count = (value: number): string => value.toLocaleString('en');
const lag = ({ latency_ms: { p50, p99 } }: FanloadResult): string => `${p50.toFixed(0)} / ${p99.toFixed(0)}`;

type Column = readonly [head: string, cell: (phase: Phase) => string | undefined];

const COLUMNS: readonly Column[] = [
  ['part', ({ name }) => name],
  ['s', ({ seconds }) => seconds.toFixed(0)],
  ['STOMP / SSE up', ({ stomp, sse }) => `${count(stomp.up)} / ${count(sse.up)}`],
  [
    'lost connections / back',
    ({ stomp, sse }) => `${count(stomp.lost_connections + sse.lost_connections)} / ${count(stomp.back + sse.back)}`,
  ],
  ['chat sent / accepted / sent again', ({ chat }) => chat && `${chat.sent} / ${chat.accepted} / ${chat.again}`],
  ['receipt p99, ms', ({ chat }) => chat?.p99.toFixed(0)],
  ['delivered, chat / ticks', ({ chat, stomp, sse }) => chat && `${count(stomp.messages)} / ${count(sse.messages)}`],
  ['chat p50 / p99, ms', ({ chat, stomp }) => chat && lag(stomp)],
  ['ticks p50 / p99, ms', ({ chat, sse }) => chat && lag(sse)],
  [
    'gaps / repeats, chat; ticks',
    ({ stomp, sse }) => [stomp, sse].map(({ gaps, duplicates }) => `${count(gaps)} / ${count(duplicates)}`).join('; '),
  ],
  [
    'CPU cores: server, feed, clients, engines',
    ({ seconds, spent: { server, feed, clients, engines } }) =>
      [server, feed, clients, engines].map(({ cpu }) => (cpu / seconds).toFixed(2)).join(', '),
  ],
  ['server, MB', ({ spent }) => count(Math.round(spent.server.memory))],
];

export function phaseLine(phase: Phase): string {
  return COLUMNS.map(([head, cell]) => `${head} ${cell(phase) ?? '-'}`).join('; ');
}

export function arrivalLine(arrival: Arrival): string {
  const { what, clients, head, heads } = arrival;
  const range = `${count(heads.least_seq)} to ${count(heads.most_seq)}`;
  const verdict = isThere(arrival) ? 'all are there' : 'not all are there';
  return `${what}: head ${count(head)}; ${count(heads.up)} of ${count(clients)} clients up, ${heads.silent} have nothing, the others ${range}: ${verdict}`;
}

const line = (list: readonly string[]): string => `| ${list.join(' | ')} |`;

/** Reads of a client a second: nearly one for each write. */
function writes({ reads, up, seconds }: FanloadResult): string {
  return (reads / up / seconds).toFixed(1);
}

const each = ({ bytes, messages }: FanloadResult): string => (bytes / messages).toFixed(0);

/** The text of `SCALE.md`. */
export function scaleReport(scale: Scale): string {
  const { clients, workers, messages, ticks, back, phases, arrivals, drained, memory, passes } = scale;
  const { model = '' } = cpus()[0] ?? {};
  const all = clients.stomp + clients.sse;
  const steady = phases.find(({ name }) => name === 'steady');
  const what = steady && [
    [
      'memory a connection',
      `${memory.toFixed(1)} KB of the server's processes (their RSS with all connected, less what it was before)`,
    ],
    ['passes', `${passes.rate.toFixed(1)} a second and worker, ${passes.cost.toFixed(0)} ms of work each`],
    ['reads a second and client', `${writes(steady.stomp)} STOMP, ${writes(steady.sse)} SSE`],
    ['bytes a message, with their framing', `${each(steady.stomp)} chat, ${each(steady.sse)} tick`],
    ['sent', `${((steady.stomp.bytes + steady.sse.bytes) / steady.seconds / 1e6).toFixed(0)} MB/s`],
    [
      "the server's CPU",
      `${((steady.spent.server.cpu * 1e6) / (steady.stomp.messages + steady.sse.messages)).toFixed(2)} µs a delivery, ${((steady.spent.server.cpu * 1e6) / (steady.stomp.reads + steady.sse.reads)).toFixed(1)} µs a read of a client`,
    ],
  ];
  return `<!-- Made by "npm run bench:50k". Do not edit. -->
# ${count(all)} clients on one machine

${new Date().toISOString().slice(0, 10)}, ${cpus().length} cores (${model.trim()}), Node ${process.version}. ${workers} workers, a feed, MariaDB, Redis, Kafka and all clients share these cores:
${count(clients.stomp)} follow the chat over STOMP, ${count(clients.sse)} the prices over SSE; ${messages} chat messages and ${ticks} ticks a second.

${[COLUMNS.map(([head]) => head), COLUMNS.map(() => '---:'), ...phases.map((phase) => COLUMNS.map(([, cell]) => cell(phase) ?? ''))].map(line).join('\n')}

_Latency_: from the time in a message or tick to its arrival. _Gaps / repeats_: of all clients, over their reconnects too. _The feed_ is a process of its own.
Clients that lost their connection tried again within ${back / 1_000} s, each at a time of its own and until they were back, and went on after what they had; the ten who send did the same, and sent
again what had no receipt. Told to stop (SIGTERM), the server was gone after ${drained.toFixed(1)} s.

## Where all ended
When nothing was sent any more, the last number that each client had got, beside the head of the stream:

${arrivals.map((arrival) => `- ${arrivalLine(arrival)}`).join('\n')}

## The steady part
${(what ?? []).map(([name, value]) => `- ${name}: ${value}`).join('\n')}
`;
}
