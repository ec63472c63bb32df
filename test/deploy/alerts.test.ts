// Each alarm is silent while all is well, and rings when what it is for goes on: told by promtool, with made-up series.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';

const FILE = join(import.meta.dirname, '../../deploy/observe/alerts.yml');

interface Rule {
  readonly alert: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: { readonly summary: string };
}
const { groups } = parse(readFileSync(FILE, 'utf8')) as { groups: readonly { rules: readonly Rule[] }[] }; // promtool checks it
const rules = groups.flatMap((group) => group.rules);

type Labels = Readonly<Record<string, string>>;

/**
 * What is scraped every 10 s, by series: 5 minutes in which all is well, then 20 of trouble, in promtool's notation. The labels are
 * those of the alarm.
 */
const troubles: Readonly<
  Record<string, { readonly labels?: Labels; readonly series: Readonly<Record<string, string>> }>
> = {
  TowncrierInstanceDown: {
    labels: { job: 'towncrier', instance: 'a' },
    series: { 'up{job="towncrier",instance="a"}': '1x30 0x120' },
  },
  TowncrierNotReady: { labels: { instance: 'a' }, series: { 'towncrier_ready{instance="a"}': '1x30 0x120' } },
  TowncrierEngineDown: {
    labels: { part: 'backplane', kind: 'redis' },
    series: {
      'towncrier_engine_up{part="backplane",kind="redis",instance="a"}': '1x30 0x120',
      'towncrier_engine_up{part="backplane",kind="redis",instance="b"}': '1x150',
    },
  },
  TowncrierMessagesNotStored: {
    series: { 'towncrier_chat_sends_total{outcome="store-down"}': '0x30 0+1x120' },
  },
  TowncrierReceiptsSlow: {
    series: {
      'towncrier_chat_receipt_duration_seconds_bucket{le="1"}': '0+10x30 300x120',
      'towncrier_chat_receipt_duration_seconds_bucket{le="2.5"}': '0+10x30 310+10x120',
      'towncrier_chat_receipt_duration_seconds_bucket{le="+Inf"}': '0+10x30 310+10x120',
    },
  },
  TowncrierDeliverySlow: {
    labels: { instance: 'a', stream: 'chat' },
    series: {
      'towncrier_delivery_delay_seconds_bucket{instance="a",stream="chat",le="2.5"}': '0+10x30 300x120',
      'towncrier_delivery_delay_seconds_bucket{instance="a",stream="chat",le="5"}': '0+10x30 310+10x120',
      'towncrier_delivery_delay_seconds_bucket{instance="a",stream="chat",le="+Inf"}': '0+10x30 310+10x120',
    },
  },
  TowncrierPricesStale: { series: { 'towncrier_market_stale{instance="a"}': '0x30 1x120' } },
  TowncrierNotOneFeed: { series: { 'towncrier_feed_active{instance="a"}': '1x30 0x120' } },
  TowncrierGapsFilled: { series: { towncrier_chat_filled_total: '0x30 0+20x120' } },
  TowncrierStrangers: {
    series: { towncrier_chat_ghosts_total: '0x150', towncrier_chat_strange_payloads_total: '0x30 0+1x120' },
  },
  TowncrierTicksBehind: {
    labels: { instance: 'a' },
    series: { 'towncrier_market_behind_records{instance="a"}': '5x30 20000x120' },
  },
  TowncrierClientsStalled: { series: { towncrier_hub_stalled_total: '0x30 0+20x120' } },
  TowncrierCoreFull: {
    labels: { instance: 'a' },
    series: { 'process_cpu_seconds_total{instance="a"}': '0+5x30 160+9.5x120' },
  },
  TowncrierLoopDelayed: {
    labels: { instance: 'a' },
    series: { 'nodejs_eventloop_lag_p99_seconds{instance="a"}': '0.01x30 0.3x120' },
  },
  TowncrierRefusals: {
    labels: { code: 'server-full' },
    series: {
      'towncrier_refusals_total{code="server-full"}': '0x30 0+1x120',
      'towncrier_refusals_total{code="too-fast"}': '0+100x150',
    },
  },
  TowncrierReconnectStorm: {
    series: { towncrier_connections_opened_total: '0x30 0+1000x120', towncrier_connections: '100x150' },
  },
};

/** What promtool says of these alarms at the end of the good time, and at the end of the bad one. */
async function promtool(
  all: readonly Rule[],
  series: (alert: string) => Readonly<Record<string, string>>,
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'towncrier-alerts-'));
  try {
    const tests = all.map(({ alert, labels: own, annotations: { summary } }) => {
      const labels: Labels = { ...own, ...troubles[alert]?.labels };
      const text = summary.replaceAll(/{{ \$labels\.(\w+) }}/g, (_, name) => labels[name] ?? '');
      return {
        interval: '10s',
        input_series: Object.entries(series(alert)).map(([name, values]) => ({ series: name, values })),
        alert_rule_test: [
          { eval_time: '5m', alertname: alert, exp_alerts: [] },
          {
            eval_time: '25m',
            alertname: alert,
            exp_alerts: [{ exp_labels: labels, exp_annotations: { summary: text } }],
          },
        ],
      };
    });
    const file = join(folder, 'tests.json');
    await writeFile(file, JSON.stringify({ rule_files: [FILE], evaluation_interval: '10s', tests }));
    const { stdout, stderr } = spawnSync('promtool', ['test', 'rules', file], { encoding: 'utf8' });
    return stdout + stderr;
  } finally {
    await rm(folder, { recursive: true });
  }
}

test('every alarm is silent while all is well, and rings in the trouble that it is for', async () => {
  assert.deepEqual(
    Object.keys(troubles),
    rules.map(({ alert }) => alert),
  );
  const said = await promtool(rules, (alert) => troubles[alert]?.series ?? {});
  assert.match(said, /SUCCESS/);
  assert.doesNotMatch(said, /FAILED/);
});

test('an alarm that does not ring would be found', async () => {
  const said = await promtool(rules, () => ({ up: '1x150' }));
  for (const { alert } of rules) assert.match(said, new RegExp(`alertname: ${alert}, time: 25m`));
});
