import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { parse } from 'yaml';
import { dashboard, queries } from '../../scripts/dashboard.ts';
import { EventStream } from '../support/event-stream.ts';
import { eventually } from '../support/eventually.ts';
import { ServerProcess } from '../support/server-process.ts';
import { StompClient } from '../support/stomp-client.ts';
import { PrometheusProcess } from './prometheus-process.ts';

const ROOT = join(import.meta.dirname, '../..');
const FOLDER = join(ROOT, 'deploy/observe');

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly annotations: { readonly summary: string };
}
const text = await readFile(join(FOLDER, 'alerts.yml'), 'utf8');
const { groups } = parse(text) as { groups: readonly { rules: readonly Rule[] }[] }; // promtool checks it
const rules = groups.flatMap((group) => group.rules);

const stack = new AsyncDisposableStack();
let prometheus: PrometheusProcess;
let metricsUrl: string;

before(async () => {
  const server = await ServerProcess.create();
  stack.defer(() => server.dispose());
  await server.start();
  metricsUrl = `http://127.0.0.1:${server.adminPort}/metrics`;
  const other = await ServerProcess.create();
  stack.defer(() => other.dispose());
  await other.start();
  prometheus = await PrometheusProcess.start([server.adminPort, other.adminPort]);
  stack.defer(() => prometheus.stop());
  const client = await StompClient.connect(server.url);
  stack.defer(() => client.close());
  client.send('SUBSCRIBE', { id: 'a', destination: '/topic/chat' });
  const stream = await EventStream.open(`${server.url}/stream`);
  stack.defer(() => stream.close());
  await fetch(`${server.url}/nowhere`);
  const talk = setInterval(() => {
    client.send('SEND', { destination: '/app/chat' }, JSON.stringify({ content: 'hello' }));
    void stream.next().catch(() => undefined);
  }, 100);
  stack.defer(() => clearInterval(talk));
});
after(() => stack.disposeAsync());

/** Waits until an expression has an answer: a rate is known after the second scrape. */
async function answered(expr: string): Promise<number> {
  for (let tries = 0; tries < 900; tries++) {
    const { length } = await prometheus.query(expr);
    if (length > 0) return length;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return 0;
}

test('promtool takes the configuration and the alerts', () => {
  const said = execFileSync('promtool', ['check', 'config', 'prometheus.yml'], { cwd: FOLDER, encoding: 'utf8' });
  assert.match(said, new RegExp(`SUCCESS: ${rules.length} rules found`));
});

test('promtool finds nothing wrong with a metric of ours', async () => {
  const check = (input: string): string[] => {
    const { stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], { input, encoding: 'utf8' });
    return `${stdout}${stderr}`.split('\n').filter((line) => line !== '');
  };
  const scraped = await (await fetch(metricsUrl)).text();
  // These names are prom-client's.
  assert.deepEqual(
    check(scraped).filter((line) => !/^nodejs_\w+_total non-counter /.test(line)),
    [],
  );
  assert.match(
    check(scraped.replaceAll('towncrier_hub_clients', 'towncrier_hub_clients_total')).join(),
    /towncrier_hub_clients_total/,
  );
});

test('a broken expression would be found', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'towncrier-rules-'));
  t.after(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, 'alerts.yml'), text.replace('sum(rate(', 'sum(rat('));
  assert.notEqual(spawnSync('promtool', ['check', 'rules', 'alerts.yml'], { cwd: folder }).status, 0);
});

test('a real Prometheus that scrapes real servers has data for every query of the dashboard', async () => {
  assert.ok(queries.length > 30);
  for (const query of queries) assert.ok((await answered(query)) > 0, query);
});

test('the same for what every alert compares; none has an answer that is always empty', async () => {
  assert.deepEqual((await prometheus.alerts()).sort(), rules.map(({ alert }) => alert).sort());
  for (const { alert, expr } of rules) {
    const [compared = '', threshold] = expr.split(/ [<>] (?=[\d.]+$)/);
    assert.ok(threshold, `${alert} compares with a number at its end`);
    // A code that was not refused yet, or an outcome that is none of the usual, has no series; the metric must be there.
    const wide = compared.replace(/code=~"[^"]*"/, 'code=~".+"');
    assert.ok((await answered(wide)) > 0, `${alert}: ${wide}`);
  }
});

test('two instances without Kafka are two active feeds, and that is what the alert sees', async () => {
  const rule = rules.find(({ alert }) => alert === 'TowncrierNotOneFeed');
  // One that is scraped late for once is missing meanwhile.
  await eventually(async () => {
    assert.equal((await prometheus.query('sum(towncrier_feed_active) == 2')).length, 1);
    assert.equal((await prometheus.query(rule?.expr ?? '')).length, 1);
  });
});

test('each alert has a row in the runbook', async () => {
  const runbook = await readFile(join(ROOT, 'docs/runbook.md'), 'utf8');
  for (const { alert } of rules) assert.match(runbook, new RegExp(`^\\| \`${alert}\` \\| .+ \\| .+ \\|$`, 'm'), alert);
});

test('the dashboard has a panel of its own place for each question', () => {
  // What we made ourselves.
  const { panels } = JSON.parse(dashboard()) as { panels: { id: number; gridPos: { x: number; y: number } }[] };
  assert.equal(new Set(panels.map(({ id }) => id)).size, panels.length);
  assert.equal(new Set(panels.map(({ gridPos }) => `${gridPos.x},${gridPos.y}`)).size, panels.length);
});
