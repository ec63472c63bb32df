import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { arch, cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { CLIENTS } from './bench-clients.ts';
import { type Bar, chart } from './chart.ts';
import type { ChatClimb } from './chat.ts';
import type { Compression } from './compression.ts';
import type { Contender } from './contenders.ts';
import { type Climb, LATENCY } from './ladder.ts';
import type { Steady } from './steady.ts';
import { targets } from './targets.ts';

export interface Findings {
  readonly codecs: readonly (readonly [what: string, nanoseconds: number])[];
  readonly hub: readonly (readonly [events: number, nanoseconds: number])[];
  readonly steady: readonly Steady[];
  readonly climbs: readonly Climb[];
  readonly chats: readonly ChatClimb[];
  readonly compression: readonly Compression[];
  readonly versions: ReadonlyMap<string, string>;
  /** What could not be measured, and why. */
  readonly leftOut: readonly (readonly [name: string, why: string])[];
  /** How long it took. */
  readonly seconds: number;
  /** The day of the measurement. */
  readonly date: string;
  /** The day when the chat was measured by itself, after the rest. */
  readonly chatDate?: string;
}

const HERE = import.meta.dirname;
const number = (value: number): string => Math.round(value).toLocaleString('en');
export const isOurs = ({ name }: Contender): boolean => name.startsWith('Towncrier');
/** Delivered a second at the highest rate that held. */
export const delivered = ({ best }: Climb): number => best?.result.per_second ?? 0;

/** Keeps what was found, beside what was built: a run takes long, and a report can be written again. */
export function keepFindings(findings: Findings): void {
  const versions = [...findings.versions];
  mkdirSync(join(HERE, '.build'), { recursive: true });
  writeFileSync(join(HERE, '.build', 'findings.json'), JSON.stringify({ ...findings, versions }));
}

/** What the last whole run found. Throws where there was none. */
export function keptFindings(): Findings {
  // What `keepFindings` wrote.
  const kept = JSON.parse(readFileSync(join(HERE, '.build', 'findings.json'), 'utf8')) as Omit<Findings, 'versions'> & {
    readonly versions: readonly (readonly [string, string])[];
  };
  return { ...kept, versions: new Map(kept.versions) };
}

export const today = (): string => new Date().toISOString().slice(0, 10);

/** Writes `REPORT.md` and its charts. */
export function writeReport(findings: Findings): void {
  mkdirSync(join(HERE, 'charts'), { recursive: true });
  for (const [file, svg] of charts(findings)) writeFileSync(join(HERE, 'charts', file), svg);
  writeFileSync(join(HERE, 'REPORT.md'), report(findings));
}

function bars<T extends { readonly contender: Contender }>(
  list: readonly T[],
  value: (each: T) => number,
  text: (value: number) => string,
): Bar[] {
  return list.map((each) => {
    const { contender } = each;
    return { label: contender.name, value: value(each), text: text(value(each)), ours: isOurs(contender) };
  });
}

function charts({ climbs, steady }: Findings): readonly (readonly [file: string, svg: string])[] {
  const title = `Messages delivered a second, ${number(CLIENTS)} clients, server on one core, p99 under ${LATENCY} ms`;
  const real = steady.filter(({ contender }) => !contender.name.startsWith('floor'));
  const idle = bars(
    real,
    (each) => each.idle,
    (value) => `${value.toFixed(2)} µs`,
  );
  return [
    ['delivered.svg', chart(title, bars(climbs, delivered, number))],
    [
      'cpu.svg',
      chart(
        'CPU a delivery, one message at a time, µs',
        bars(
          steady,
          (each) => each.delivery,
          (value) => `${value.toFixed(2)} µs`,
        ),
      ),
    ],
    [
      'memory.svg',
      chart(
        'Memory a connection, KB',
        bars(
          real,
          (each) => each.memory,
          (value) => `${value.toFixed(1)} KB`,
        ),
      ),
    ],
    ['idle.svg', chart('CPU a second and connection while nothing is published, µs', idle)],
  ];
}

function report(findings: Findings): string {
  const { climbs, leftOut, seconds, date, chatDate } = findings;
  const alone = chatDate === undefined ? '' : ` Measured by itself after the rest, ${chatDate}.`;
  const { model } = cpus()[0] ?? { model: arch() };
  const machine = `${cpus().length} cores (${model.trim()}), ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`;
  const missing = leftOut.map(([name, why]) => `- ${name}: ${why.split('\n', 1)[0]}`);
  return `<!-- Made by "npm run bench". Do not edit. -->
# Benchmark report

${date}, ${machine}; ${Math.round(seconds / 60)} minutes. How it is measured: [README](README.md).

![Messages delivered a second](charts/delivered.svg)

${highest(findings)}

_Highest rate_: messages a second to each of ${number(CLIENTS)} clients at which all came, none twice, with a 99th percentile under ${LATENCY} ms.
_Towncrier delivers_: how many times as much, over STOMP against WebSocket servers and over SSE against SSE servers.

## What a delivery and a connection cost
${costs(findings)}

One message at a time, the next when the one before has reached all ${number(CLIENTS)} clients; _of the floor_: as a multiple of the loop of
\`send()\` in C in the same round. _Idle_: of the server's CPU, a second and connection, while nothing is published.

![CPU a delivery](charts/cpu.svg)

![Memory a connection](charts/memory.svg)

![Idle](charts/idle.svg)

## What was to be reached
${table(['what', 'target', 'measured', ''], targets(findings))}

## Chat, each message stored before its receipt
${chat(findings.chats)}

Sent by 200 clients over STOMP, in turn and each millisecond what is due; 10 of them follow the chat, and get all of it. The
server, its database and the clients share all cores.${alone}

## Compression
${compression(findings.compression)}

Recorded trades to clients that read compressed events, and to as many that do not, in turns. _A block_: text that one
compressed write carries.

## All rungs
${table(
  [
    'server',
    'messages/s',
    'delivered/s',
    'p50 / p99, ms',
    'CPU a delivery, µs',
    'lost / repeated',
    "clients' CPU",
    'holds',
  ],
  climbs.flatMap(rungRows),
)}

_Clients' CPU_: of the core that they have to themselves. Near 100 % it is they who are late.

## The hub alone
Deliveries to ${number(CLIENTS)} sinks that cost nothing, nanoseconds each: ${findings.hub.map(([events, cost]) => `${cost.toFixed(1)} with ${events} ${events === 1 ? 'event' : 'events'} a pass`).join(', ')}.

## Codecs
${table(
  ['what', 'ns'],
  findings.codecs.map(([what, cost]) => [what, number(cost)]),
)}
${missing.length === 0 ? '' : `\n## Left out\n${missing.join('\n')}\n`}`;
}

function highest({ climbs, versions }: Findings): string {
  const head = [
    'server',
    'version',
    'highest rate',
    'delivered/s',
    'Towncrier delivers',
    'CPU a delivery, µs',
    'p99, ms',
    'bytes a delivery',
  ];
  const rows = climbs.map((climb) => {
    const { contender, best, rungs } = climb;
    const result = best?.result;
    return [
      contender.name,
      versions.get(contender.name) ?? '',
      best === undefined ? `none down to ${Math.min(...rungs.map(({ rate }) => rate))}` : number(best.rate),
      number(delivered(climb)),
      times(climb, climbs),
      result?.server.us_per_message.toFixed(2) ?? '',
      result?.latency_ms.p99.toFixed(0) ?? '',
      result === undefined ? '' : number(result.bytes / Math.max(1, result.messages)),
    ];
  });
  return table(head, rows);
}

function times(climb: Climb, climbs: readonly Climb[]): string {
  const isSse = ({ contender }: Climb): boolean => contender.protocol === 'sse';
  const ours = climbs.find((other) => isOurs(other.contender) && isSse(other) === isSse(climb));
  if (ours === undefined || isOurs(climb.contender) || climb.best === undefined) return '';
  return `${(delivered(ours) / delivered(climb)).toFixed(1)} ×`;
}

function costs({ steady }: Findings): string {
  return table(
    ['server', 'CPU a delivery, µs', 'of the floor', 'memory a connection, KB', 'idle, µs'],
    steady.map(({ contender, delivery, ratio, memory, idle }) => [
      contender.name,
      delivery.toFixed(2),
      ratio.toFixed(2),
      memory.toFixed(1),
      idle.toFixed(2),
    ]),
  );
}

function chat(chats: readonly ChatClimb[]): string {
  return table(
    ['store', 'sent/s', 'accepted/s', 'receipt p50 / p99, ms', "clients' CPU", 'holds'],
    chats.flatMap(({ store, rungs }) =>
      rungs.map(({ rate, accepted, seconds, p50, p99, busy, holds }) => [
        store,
        number(rate),
        number(accepted / seconds),
        `${p50.toFixed(0)} / ${p99.toFixed(0)}`,
        `${(100 * busy).toFixed(0)} %`,
        holds ? 'yes' : 'no',
      ]),
    ),
  );
}

function compression(rows: readonly Compression[]): string {
  return table(
    ['protocol', 'ticks/s', 'a block, bytes', 'bytes a tick, plain', 'compressed', 'as a part', "server's CPU"],
    rows.map(({ protocol, rate, plain, compressed, block, cpu }) => [
      protocol,
      number(rate),
      number(block),
      number(plain),
      number(compressed),
      `1/${(plain / compressed).toFixed(1)}`,
      `× ${cpu.toFixed(2)}`,
    ]),
  );
}

function rungRows({ contender, rungs }: Climb): string[][] {
  return rungs.map(({ rate, result, holds }) => [
    contender.name,
    number(rate),
    number(result.per_second),
    `${result.latency_ms.p50.toFixed(0)} / ${result.latency_ms.p99.toFixed(0)}`,
    result.server.us_per_message.toFixed(2),
    `${number(result.due - result.messages)} / ${number(result.duplicates)}`,
    `${((100 * result.client_cpu_s) / Math.max(0.01, result.seconds)).toFixed(0)} %`,
    holds ? 'yes' : 'no',
  ]);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map((_, index) => (index === 0 ? '---' : '---:'))), ...rows.map(line)].join('\n');
}
