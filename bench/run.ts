// `npm run bench`: fan-out to many clients, Towncrier beside loops of send() in the same run. `--write` puts the table into
// bench/README.md. Each server has the first core to itself and the clients the second.
import { readFileSync, writeFileSync } from 'node:fs';
import { arch, cpus } from 'node:os';
import { join } from 'node:path';
import { type FanloadResult, fanload } from './fanload.ts';
import { startServer } from './server-process.ts';

interface Scenario {
  readonly server: 'towncrier' | 'ws-loop' | 'sse-loop';
  readonly protocol: 'stomp' | 'ws' | 'sse';
  readonly clients: number;
  /** Messages a second, and how many in all; each goes to every client. */
  readonly rate: number;
  readonly count: number;
}

/** The peers get fewer messages at the high rate: they need many times as long for each. */
const scenarios: readonly Scenario[] = [1_000, 5_000].flatMap((clients): Scenario[] => [
  { server: 'towncrier', protocol: 'stomp', clients, rate: 10, count: 100 },
  { server: 'ws-loop', protocol: 'ws', clients, rate: 10, count: 100 },
  { server: 'towncrier', protocol: 'sse', clients, rate: 10, count: 100 },
  { server: 'sse-loop', protocol: 'sse', clients, rate: 10, count: 100 },
  { server: 'towncrier', protocol: 'stomp', clients, rate: 500, count: 5_000 },
  { server: 'ws-loop', protocol: 'ws', clients, rate: 500, count: 500 },
  { server: 'towncrier', protocol: 'sse', clients, rate: 500, count: 5_000 },
  { server: 'sse-loop', protocol: 'sse', clients, rate: 500, count: 500 },
]);

const PATHS = { stomp: '/ws-endpoint', ws: '/', sse: '/stream' } as const;

async function measure(scenario: Scenario): Promise<FanloadResult> {
  const { protocol, clients, rate, count } = scenario;
  const server = await startServer(scenario.server);
  try {
    const target = [
      '--port',
      `${server.port}`,
      '--pid',
      `${server.pid}`,
      '--protocol',
      protocol,
      '--path',
      PATHS[protocol],
    ];
    const load = [
      '--connections',
      `${clients}`,
      '--trigger',
      `/publish?rate=${rate}&count=${count}`,
      '--expect',
      `${count}`,
    ];
    return await fanload([...target, ...load, '--seq-marker', '"seq":']);
  } finally {
    await server.stop();
  }
}

const HEAD = [
  'server',
  'protocol',
  'clients',
  'messages/s asked',
  'delivered/s',
  'CPU a delivery, µs',
  'against its peer',
  'p50 / p99, ms',
  'memory a connection, KB',
  'lost / repeated',
];

/** The same load on the loop of send() for this protocol. */
function peerOf(scenario: Scenario, results: ReadonlyMap<Scenario, FanloadResult>): FanloadResult | undefined {
  const peer = scenario.protocol === 'stomp' ? 'ws-loop' : 'sse-loop';
  for (const [other, result] of results)
    if (other.server === peer && other.clients === scenario.clients && other.rate === scenario.rate) return result;
  return undefined;
}

function row(scenario: Scenario, result: FanloadResult, results: ReadonlyMap<Scenario, FanloadResult>): string[] {
  const { server, latency_ms } = result;
  const peer = scenario.server === 'towncrier' ? peerOf(scenario, results) : undefined;
  const ratio = peer === undefined ? '' : `1/${(peer.server.us_per_message / server.us_per_message).toFixed(1)}`;
  return [
    scenario.server,
    scenario.protocol,
    scenario.clients.toLocaleString('en'),
    `${scenario.rate}`,
    result.per_second.toLocaleString('en'),
    server.us_per_message.toFixed(2),
    ratio,
    `${latency_ms.p50.toFixed(0)} / ${latency_ms.p99.toFixed(0)}`,
    server.kb_per_connection.toFixed(1),
    `${result.due - result.messages} / ${result.duplicates}`,
  ];
}

function table(results: ReadonlyMap<Scenario, FanloadResult>): string {
  const rows = [...results].map(([scenario, result]) => row(scenario, result, results));
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(HEAD), line(HEAD.map((_, i) => (i < 2 ? '---' : '---:'))), ...rows.map(line)].join('\n');
}

function write(text: string): void {
  const file = join(import.meta.dirname, 'README.md');
  const [before] = readFileSync(file, 'utf8').split('<!-- figures -->');
  writeFileSync(file, `${before}<!-- figures -->\n${text}\n`);
}

const results = new Map<Scenario, FanloadResult>();
for (const scenario of scenarios) {
  const result = await measure(scenario);
  results.set(scenario, result);
  console.log(row(scenario, result, results).join('  '));
}
// The ratio needs the peer's run, which comes after: the table is made when all are there.
const machine = `${cpus().length} cores (${cpus()[0]?.model.trim() ?? arch()}), Node ${process.version}, ${new Date().toISOString().slice(0, 10)}`;
const text = `${machine}\n\n${table(results)}`;
console.log(`\n${text}`);
if (process.argv.includes('--write')) write(text);
