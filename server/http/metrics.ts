import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { ChatStats } from '../chat/stats.ts';
import type { HubStats } from '../hub/stats.ts';
import type { Refusals } from '../limits/refusals.ts';

/** What the metrics are read from when they are asked for. */
export interface MetricSources {
  readonly version: string;
  readonly hub: { readonly clients: number; readonly stats: HubStats };
  readonly websocket: { readonly connections: number };
  readonly sse: { readonly connections: number };
  readonly sockjs: { readonly connections: number };
  readonly chat: { readonly stats: ChatStats };
  readonly market: { readonly read: number; readonly stale: boolean };
  /** Absent where no clients are served. */
  readonly refusals?: Pick<Refusals, 'all'>;
  /** What stores candles; absent where no clients are served. */
  readonly candles?: {
    readonly active: boolean;
    readonly stats: { readonly written: number; readonly failed: number; readonly forgotten: number };
  };
  /** What happened with the exchange that prices come from. */
  readonly exchange: Readonly<ExchangeCounts>;
  /** Absent where no source runs. */
  readonly feed: { readonly active: boolean; readonly appended: number; readonly dropped: number } | undefined;
}

/** See `ExchangeStats`. */
interface ExchangeCounts {
  readonly connected: number;
  readonly cut: number;
  readonly silent: number;
  readonly missed: number;
  readonly repeated: number;
  readonly strange: number;
  readonly refused: number;
}

type Labels = Readonly<Record<string, string>>;

/** One metric: all that `/metrics` and `docs/reference/metrics.md` know of it. Counters end in `_total`. */
export interface Metric {
  readonly name: string;
  readonly help: string;
  /** How the values of several workers are taken together; their sum by default. */
  readonly together?: 'max';
  /** Values by label; or the only one. */
  read(sources: MetricSources): number | readonly (readonly [labels: Labels, value: number])[];
}

/** Every metric of ours; those of the process and of Node come from prom-client. */
export const metrics: readonly Metric[] = [
  {
    name: 'towncrier_info',
    help: 'Always 1; its label is the version.',
    together: 'max',
    read: ({ version }) => [[{ version }, 1]],
  },
  {
    name: 'towncrier_connections',
    help: 'Open connections of clients.',
    read: ({ websocket, sse, sockjs }) => [
      [{ transport: 'websocket' }, websocket.connections],
      [{ transport: 'sse' }, sse.connections],
      [{ transport: 'sockjs' }, sockjs.connections],
    ],
  },
  {
    name: 'towncrier_refusals_total',
    help: 'What clients were refused, by the code of docs/reference/errors.md.',
    read: ({ refusals }) => refusals?.all().map(([code, count]) => [{ code }, count]) ?? [[{ code: 'internal' }, 0]],
  },
  { name: 'towncrier_hub_clients', help: 'Clients of the hub.', read: ({ hub }) => hub.clients },
  {
    name: 'towncrier_hub_deliveries_total',
    help: 'Events written, one a client.',
    read: ({ hub }) => hub.stats.deliveries,
  },
  { name: 'towncrier_hub_writes_total', help: 'Writes of slices of events.', read: ({ hub }) => hub.stats.writes },
  { name: 'towncrier_hub_bytes_total', help: 'Bytes of these slices.', read: ({ hub }) => hub.stats.bytes },
  { name: 'towncrier_hub_passes_total', help: 'Passes over the clients.', read: ({ hub }) => hub.stats.passes },
  {
    name: 'towncrier_hub_pass_seconds_total',
    help: 'Time spent in passes.',
    read: ({ hub }) => hub.stats.passTime / 1_000,
  },
  {
    name: 'towncrier_hub_conflated_total',
    help: 'Times that a client fell behind a stream of which only the newest counts, and got a snapshot.',
    read: ({ hub }) => hub.stats.conflated,
  },
  {
    name: 'towncrier_hub_page_reads_total',
    help: 'Pages asked of the store for clients that fell behind the chat.',
    read: ({ hub }) => hub.stats.pageReads,
  },
  {
    name: 'towncrier_hub_caught_up_total',
    help: 'Events that came from such pages.',
    read: ({ hub }) => hub.stats.caughtUp,
  },
  {
    name: 'towncrier_hub_stalled_total',
    help: 'Clients closed because they took nothing.',
    read: ({ hub }) => hub.stats.stalled,
  },
  {
    name: 'towncrier_chat_sends_total',
    help: 'Messages that clients sent, by what became of them.',
    read: ({ chat: { stats } }) => [
      [{ outcome: 'accepted' }, stats.accepted],
      [{ outcome: 'resent' }, stats.resent],
      [{ outcome: 'refused' }, stats.refused],
      [{ outcome: 'store-down' }, stats.storeDown],
      [{ outcome: 'store-unknown' }, stats.storeUnknown],
    ],
  },
  {
    name: 'towncrier_chat_commits_total',
    help: 'Groups of messages committed.',
    read: ({ chat }) => chat.stats.groups,
  },
  {
    name: 'towncrier_chat_duplicates_total',
    help: 'Messages that were heard of a second time.',
    read: ({ chat }) => chat.stats.duplicates,
  },
  {
    name: 'towncrier_chat_filled_total',
    help: 'Messages that were read from the store because the backplane did not bring them.',
    read: ({ chat }) => chat.stats.filled,
  },
  {
    name: 'towncrier_chat_ghosts_total',
    help: 'Messages heard of that the store does not have.',
    read: ({ chat }) => chat.stats.ghosts,
  },
  {
    name: 'towncrier_chat_gate_reads_total',
    help: 'Reads of the store for messages that were missing.',
    read: ({ chat }) => chat.stats.gateReads,
  },
  {
    name: 'towncrier_chat_strange_payloads_total',
    help: 'Payloads of other instances that could not be understood.',
    read: ({ chat }) => chat.stats.strange,
  },
  {
    name: 'towncrier_chat_unpublished_total',
    help: 'Messages that the backplane did not take.',
    read: ({ chat }) => chat.stats.unpublished,
  },
  { name: 'towncrier_market_ticks_total', help: 'Ticks read from the log.', read: ({ market }) => market.read },
  {
    name: 'towncrier_market_stale',
    help: '1 while prices may be old: the tick log cannot be read, or the exchange is not heard.',
    together: 'max',
    read: ({ market }) => Number(market.stale),
  },
  {
    name: 'towncrier_feed_active',
    help: '1 while the feed of this instance is the one that brings prices into the log.',
    read: ({ feed }) => Number(feed?.active ?? false),
  },
  {
    name: 'towncrier_feed_ticks_total',
    help: 'Ticks that the feed of this instance brought into the log, and those that it had to drop.',
    read: ({ feed }) => [
      [{ outcome: 'appended' }, feed?.appended ?? 0],
      [{ outcome: 'dropped' }, feed?.dropped ?? 0],
    ],
  },
  {
    name: 'towncrier_candles_writer',
    help: '1 while this instance is the one that stores candles.',
    read: ({ candles }) => Number(candles?.active ?? false),
  },
  {
    name: 'towncrier_candles_total',
    help: 'Candles stored, those of an interval under way each time anew; rounds that failed; candles deleted as too old.',
    read: ({ candles }) =>
      Object.entries(candles?.stats ?? { written: 0, failed: 0, forgotten: 0 }).map(([event, count]) => [
        { event },
        count,
      ]),
  },
  {
    name: 'towncrier_exchange_events_total',
    help: 'Between this instance and the exchange: connections made, cut and ended as silent; trades missed and repeated; messages that were strange; subscriptions refused.',
    read: ({ exchange }) => Object.entries(exchange).map(([event, count]) => [{ event }, count]),
  },
];

/** A registry of all metrics. With `ofProcess` those of the process and of Node are there too: once in a process. */
export function createMetrics(sources: MetricSources, ofProcess: boolean): Registry {
  const register = new Registry();
  for (const metric of metrics) add(metric, sources, register);
  if (ofProcess) collectDefaultMetrics({ register });
  return register;
}

function add({ name, help, together, read }: Metric, sources: MetricSources, register: Registry): void {
  const values = (): readonly (readonly [Labels, number])[] => {
    const value = read(sources);
    return typeof value === 'number' ? [[{}, value]] : value;
  };
  const config = {
    name,
    help,
    labelNames: Object.keys(values()[0]?.[0] ?? {}),
    registers: [register],
    aggregator: together ?? ('sum' as const),
  };
  if (!name.endsWith('_total')) {
    const gauge: Gauge = new Gauge({
      ...config,
      collect() {
        for (const [labels, value] of values()) gauge.set(labels, value);
      },
    });
    return;
  }
  const counter: Counter = new Counter({
    ...config,
    collect() {
      // The counts are kept where things happen; here they are only shown.
      counter.reset();
      for (const [labels, value] of values()) counter.inc(labels, value);
    },
  });
}
