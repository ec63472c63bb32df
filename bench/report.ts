import { mkdirSync, writeFileSync } from 'node:fs';
import { arch, cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { type Bar, chart } from './chart.ts';
import { CLIENTS, type Climb, LATENCY } from './ladder.ts';

export interface Findings {
  readonly codecs: readonly (readonly [what: string, nanoseconds: number])[];
  readonly hub: readonly (readonly [events: number, nanoseconds: number])[];
  readonly climbs: readonly Climb[];
  readonly versions: ReadonlyMap<string, string>;
  /** What could not be measured, and why. */
  readonly leftOut: readonly (readonly [name: string, why: string])[];
}

const HERE = import.meta.dirname;
const isOurs = (name: string): boolean => name.startsWith('Towncrier');
const number = (value: number): string => Math.round(value).toLocaleString('en');

/** Writes `REPORT.md` and its charts. */
export function writeReport(findings: Findings): void {
  mkdirSync(join(HERE, 'charts'), { recursive: true });
  for (const [file, svg] of charts(findings.climbs)) writeFileSync(join(HERE, 'charts', file), svg);
  writeFileSync(join(HERE, 'REPORT.md'), report(findings));
}

/** Delivered a second at the highest rate that held. */
const delivered = ({ best }: Climb): number => best?.result.per_second ?? 0;

function charts(climbs: readonly Climb[]): readonly (readonly [file: string, svg: string])[] {
  const bars = (value: (climb: Climb) => number, unit: string, digits: number): Bar[] =>
    climbs.map((climb) => {
      const text = digits === 0 ? number(value(climb)) : value(climb).toFixed(digits);
      return {
        label: climb.contender.name,
        value: value(climb),
        text: `${text}${unit}`,
        ours: isOurs(climb.contender.name),
      };
    });
  const title = `Messages delivered a second, ${number(CLIENTS)} clients, server on one core, p99 under ${LATENCY} ms`;
  return [
    ['delivered.svg', chart(title, bars(delivered, '', 0))],
    [
      'cpu.svg',
      chart(
        'CPU a delivery at the highest rate, µs',
        bars(({ best }) => best?.result.server.us_per_message ?? 0, ' µs', 2),
      ),
    ],
    ['memory.svg', chart('Memory a connection, KB', bars(memory, ' KB', 1))],
  ];
}

/** Of the first rung: a fresh server, before much was sent. */
const memory = ({ rungs }: Climb): number => rungs[0]?.result.server.kb_per_connection ?? 0;

function report(findings: Findings): string {
  const { climbs, versions, leftOut } = findings;
  const { model } = cpus()[0] ?? { model: arch() };
  const machine = `${cpus().length} cores (${model.trim()}), ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`;
  const missing = leftOut.map(([name, why]) => `- ${name}: ${why.split('\n', 1)[0]}`);
  return `<!-- Made by "npm run bench". Do not edit. -->
# Benchmark report

${new Date().toISOString().slice(0, 10)}, ${machine}. How it is measured: [README](README.md).

![Messages delivered a second](charts/delivered.svg)

${table(
  [
    'server',
    'version',
    'highest rate',
    'delivered/s',
    'Towncrier delivers',
    'CPU a delivery, µs',
    'at 5 messages/s, µs',
    'p99, ms',
    'memory a connection, KB',
    'bytes a delivery',
  ],
  climbs.map((climb) => row(climb, climbs, versions)),
)}

_Highest rate_: messages a second to each of ${number(CLIENTS)} clients at which all came, none twice, with a 99th percentile under ${LATENCY} ms.
_Towncrier delivers_: how many times as much, over STOMP against WebSocket servers and over SSE against SSE servers.

![CPU a delivery](charts/cpu.svg)

![Memory a connection](charts/memory.svg)

## All rungs
${table(
  ['server', 'messages/s', 'delivered/s', 'p50 / p99, ms', 'CPU a delivery, µs', 'lost / repeated', 'holds'],
  climbs.flatMap(rungRows),
)}

## The hub alone
Deliveries to ${number(CLIENTS)} sinks that cost nothing, nanoseconds each: ${findings.hub.map(([events, cost]) => `${cost.toFixed(1)} with ${events} ${events === 1 ? 'event' : 'events'} a pass`).join(', ')}.

## Codecs
${table(
  ['what', 'ns'],
  findings.codecs.map(([what, cost]) => [what, number(cost)]),
)}
${missing.length === 0 ? '' : `\n## Left out\n${missing.join('\n')}\n`}`;
}

function row(climb: Climb, climbs: readonly Climb[], versions: ReadonlyMap<string, string>): string[] {
  const { contender, best, rungs } = climb;
  const ours = climbs.find(
    (other) => isOurs(other.contender.name) && (other.contender.protocol === 'sse') === (contender.protocol === 'sse'),
  );
  const times =
    ours === undefined || isOurs(contender.name) || best === undefined
      ? ''
      : `${(delivered(ours) / delivered(climb)).toFixed(1)} ×`;
  const result = best?.result;
  return [
    contender.name,
    versions.get(contender.name) ?? '',
    best === undefined ? `none from ${rungs[0]?.rate}` : number(best.rate),
    number(delivered(climb)),
    times,
    result?.server.us_per_message.toFixed(2) ?? '',
    rungs[0]?.result.server.us_per_message.toFixed(2) ?? '',
    result?.latency_ms.p99.toFixed(0) ?? '',
    memory(climb).toFixed(1),
    result === undefined ? '' : number(result.bytes / Math.max(1, result.messages)),
  ];
}

function rungRows({ contender, rungs }: Climb): string[][] {
  return rungs.map(({ rate, result, holds }) => [
    contender.name,
    number(rate),
    number(result.per_second),
    `${result.latency_ms.p50.toFixed(0)} / ${result.latency_ms.p99.toFixed(0)}`,
    result.server.us_per_message.toFixed(2),
    `${number(result.due - result.messages)} / ${number(result.duplicates)}`,
    holds ? 'yes' : 'no',
  ]);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map((_, index) => (index === 0 ? '---' : '---:'))), ...rows.map(line)].join('\n');
}
