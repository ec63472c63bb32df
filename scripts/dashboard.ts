/** The Grafana dashboard, made from a table of panels (`npm run docs`): what it asks, a test asks a real Prometheus. */

/** What a panel asks for, and how its lines are named. */
interface Query {
  readonly expr: string;
  readonly legend: string;
}

interface Panel {
  readonly title: string;
  readonly unit: string;
  readonly text: string;
  readonly queries: readonly Query[];
}

const rate = (metric: string, by = ''): string => `sum${by && ` by (${by})`} (rate(${metric}[1m]))`;
const quantile = (share: number, metric: string, by = ''): string =>
  `histogram_quantile(${share}, sum by (le${by && `, ${by}`}) (rate(${metric}_bucket[1m])))`;
/** The median and the slow end of a histogram. */
const spread = (metric: string, by = ''): readonly Query[] =>
  [0.5, 0.99].map((share) => ({
    expr: quantile(share, metric, by),
    legend: `p${share * 100}${by && ` {{${by}}}`}`,
  }));
const each = (expr: string, label: string): readonly Query[] => [{ expr, legend: `{{${label}}}` }];

/** Rows of the dashboard, each with its panels. */
export const rows: readonly { readonly title: string; readonly panels: readonly Panel[] }[] = [
  {
    title: 'At a glance',
    panels: [
      {
        title: 'Instances ready',
        unit: 'none',
        text: 'Those that may get clients.',
        queries: [{ expr: 'sum(towncrier_ready)', legend: 'ready' }],
      },
      {
        title: 'Clients',
        unit: 'none',
        text: 'Open connections, by transport.',
        queries: each('sum by (transport) (towncrier_connections)', 'transport'),
      },
      {
        title: 'Delivered events',
        unit: 'ops',
        text: 'Events written, one a client.',
        queries: [{ expr: rate('towncrier_hub_deliveries_total'), legend: 'events' }],
      },
      {
        title: 'Sent',
        unit: 'Bps',
        text: 'Bytes of events.',
        queries: [{ expr: rate('towncrier_hub_bytes_total'), legend: 'bytes' }],
      },
      {
        title: 'Delay to the last client',
        unit: 's',
        text: 'From the commit, or from when Kafka got the tick, until every client was written to; the oldest event of each pass.',
        queries: spread('towncrier_delivery_delay_seconds', 'stream'),
      },
      {
        title: 'Engines',
        unit: 'none',
        text: '1 while an engine answers on all instances.',
        queries: each('min by (part) (towncrier_engine_up)', 'part'),
      },
    ],
  },
  {
    title: 'Chat',
    panels: [
      {
        title: 'Messages sent, by outcome',
        unit: 'ops',
        text: 'store-down and store-unknown are trouble; refused is what users do wrong.',
        queries: each(rate('towncrier_chat_sends_total', 'outcome'), 'outcome'),
      },
      {
        title: 'Receipt',
        unit: 's',
        text: 'How long a sender waits until the message is committed.',
        queries: spread('towncrier_chat_receipt_duration_seconds'),
      },
      {
        title: 'Commit',
        unit: 's',
        text: 'How long the store takes for a group.',
        queries: spread('towncrier_chat_commit_duration_seconds'),
      },
      {
        title: 'Messages of a commit',
        unit: 'none',
        text: 'The median; it grows with the load.',
        queries: [{ expr: quantile(0.5, 'towncrier_chat_commit_messages'), legend: 'messages' }],
      },
      {
        title: 'News of other instances',
        unit: 's',
        text: 'Lag of the backplane.',
        queries: spread('towncrier_chat_news_delay_seconds'),
      },
      {
        title: 'Gaps, duplicates, ghosts',
        unit: 'ops',
        text: 'Filled from the store, dropped, and not in the store.',
        queries: [
          { expr: rate('towncrier_chat_filled_total'), legend: 'filled' },
          { expr: rate('towncrier_chat_duplicates_total'), legend: 'duplicates' },
          { expr: rate('towncrier_chat_ghosts_total'), legend: 'ghosts' },
          { expr: rate('towncrier_chat_unpublished_total'), legend: 'unpublished' },
        ],
      },
    ],
  },
  {
    title: 'Market',
    panels: [
      {
        title: 'Ticks',
        unit: 'ops',
        text: 'Read by each instance, and brought in by the active feed.',
        queries: [
          { expr: 'sum by (instance) (rate(towncrier_market_ticks_total[1m]))', legend: 'read by {{instance}}' },
          { expr: rate('towncrier_feed_ticks_total', 'outcome'), legend: '{{outcome}} by the feed' },
        ],
      },
      {
        title: 'Behind',
        unit: 'none',
        text: 'Records of the tick log, and messages of the store, that the slowest instance has not read.',
        queries: [
          { expr: 'max(towncrier_market_behind_records)', legend: 'tick records' },
          { expr: 'max(towncrier_chat_behind_messages)', legend: 'messages' },
        ],
      },
      {
        title: 'Stale, and active feeds',
        unit: 'none',
        text: 'There is one active feed.',
        queries: [
          { expr: 'max(towncrier_market_stale)', legend: 'stale' },
          { expr: 'sum(towncrier_feed_active)', legend: 'active feeds' },
        ],
      },
    ],
  },
  {
    title: 'Deliveries',
    panels: [
      {
        title: 'Share of a core in passes',
        unit: 'percentunit',
        text: 'Near 1 the core is full.',
        queries: each('sum by (instance) (rate(towncrier_hub_pass_duration_seconds_sum[1m]))', 'instance'),
      },
      { title: 'Pass', unit: 's', text: 'Work of one pass.', queries: spread('towncrier_hub_pass_duration_seconds') },
      {
        title: 'Clients of a pass',
        unit: 'none',
        text: 'That were visited.',
        queries: spread('towncrier_hub_pass_clients'),
      },
      {
        title: 'Size of a slice',
        unit: 'bytes',
        text: 'It grows with the load, up to 64 KiB.',
        queries: spread('towncrier_hub_slice_bytes'),
      },
      {
        title: 'Events that clients are behind',
        unit: 'none',
        text: 'The slowest and the median client.',
        queries: [
          { expr: 'max by (stream) (towncrier_hub_slowest_lag_events)', legend: 'slowest {{stream}}' },
          { expr: 'max by (stream) (towncrier_hub_median_lag_events)', legend: 'median {{stream}}' },
        ],
      },
      {
        title: 'Slow clients',
        unit: 'ops',
        text: 'Conflated, caught up from the store, closed.',
        queries: [
          { expr: rate('towncrier_hub_conflated_total'), legend: 'conflated' },
          { expr: rate('towncrier_hub_caught_up_total'), legend: 'events caught up' },
          { expr: rate('towncrier_hub_stalled_total'), legend: 'closed' },
        ],
      },
    ],
  },
  {
    title: 'Clients and processes',
    panels: [
      {
        title: 'New connections',
        unit: 'ops',
        text: 'A peak is a storm of those who come back.',
        queries: each(rate('towncrier_connections_opened_total', 'transport'), 'transport'),
      },
      {
        title: 'Resumes',
        unit: 'ops',
        text: 'Those who went on from where they were.',
        queries: each(rate('towncrier_resumes_total', 'protocol'), 'protocol'),
      },
      {
        title: 'Refusals, by code',
        unit: 'ops',
        text: 'The codes are in docs/reference/errors.md.',
        queries: each(rate('towncrier_refusals_total', 'code'), 'code'),
      },
      {
        title: 'Event loop delay, p99',
        unit: 's',
        text: 'How long something small has to wait.',
        queries: each('max by (instance) (nodejs_eventloop_lag_p99_seconds)', 'instance'),
      },
      {
        title: 'CPU',
        unit: 'percentunit',
        text: 'Of one core.',
        queries: each('sum by (instance) (rate(process_cpu_seconds_total[1m]))', 'instance'),
      },
      {
        title: 'Memory',
        unit: 'bytes',
        text: 'Of the process, and of its heap.',
        queries: [
          { expr: 'sum by (instance) (process_resident_memory_bytes)', legend: 'process {{instance}}' },
          { expr: 'sum by (instance) (nodejs_heap_size_used_bytes)', legend: 'heap {{instance}}' },
        ],
      },
    ],
  },
];

const WIDTH = 8;
const HEIGHT = 7;

/** Every query of the dashboard. */
export const queries: readonly string[] = rows.flatMap(({ panels }) =>
  panels.flatMap((panel) => panel.queries.map(({ expr }) => expr)),
);

/** The dashboard as Grafana reads it. */
export function dashboard(): string {
  const panels: object[] = [];
  let y = 0;
  for (const row of rows) {
    panels.push({
      id: panels.length + 1,
      type: 'row',
      title: row.title,
      collapsed: false,
      panels: [],
      gridPos: { h: 1, w: 24, x: 0, y },
    });
    y++;
    for (const [at, panel] of row.panels.entries()) {
      const gridPos = { h: HEIGHT, w: WIDTH, x: (at % 3) * WIDTH, y: y + Math.floor(at / 3) * HEIGHT };
      panels.push(graph(panel, panels.length + 1, gridPos));
    }
    y += Math.ceil(row.panels.length / 3) * HEIGHT;
  }
  const whole = {
    uid: 'towncrier',
    title: 'Towncrier',
    tags: ['towncrier'],
    timezone: 'browser',
    schemaVersion: 39,
    refresh: '10s',
    time: { from: 'now-30m', to: 'now' },
    templating: { list: [] },
    panels,
  };
  return `${JSON.stringify(whole, null, 2)}\n`;
}

function graph({ title, unit, text, queries: asked }: Panel, id: number, gridPos: object): object {
  const datasource = { type: 'prometheus', uid: 'prometheus' };
  return {
    id,
    type: 'timeseries',
    title,
    description: text,
    datasource,
    gridPos,
    fieldConfig: { defaults: { unit, min: 0, custom: { fillOpacity: 8, showPoints: 'never' } }, overrides: [] },
    options: {
      legend: { displayMode: 'list', placement: 'bottom', showLegend: true, calcs: [] },
      tooltip: { mode: 'multi', sort: 'none' },
    },
    targets: asked.map(({ expr, legend }, at) => ({
      refId: String.fromCharCode(65 + at),
      datasource,
      expr,
      legendFormat: legend,
    })),
  };
}
