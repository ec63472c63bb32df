import type { Lag } from '../../hub/lag.ts';
import { counter, gauge, histogram, type Labelled, type Metric } from './metric.ts';
import type { MetricSources } from './sources.ts';

/** Deliveries: what is measured is measured once a pass, and the lag when it is asked for. */
export const hubMetrics: readonly Metric[] = [
  gauge('towncrier_hub_clients', 'Clients of the hub.', ({ hub }) => hub.clients),
  counter('towncrier_hub_deliveries_total', 'Events written, one a client.', ({ hub }) => hub.stats.deliveries),
  counter('towncrier_hub_writes_total', 'Writes of slices of events.', ({ hub }) => hub.stats.writes),
  counter('towncrier_hub_bytes_total', 'Bytes of these slices.', ({ hub }) => hub.stats.bytes),
  histogram(
    'towncrier_hub_pass_duration_seconds',
    'Work of a pass over the clients, without the pauses in it.',
    ({ hub }) => hub.stats.passDurations,
  ),
  histogram('towncrier_hub_pass_clients', 'Clients that a pass visited.', ({ hub }) => hub.stats.passClients),
  histogram(
    'towncrier_hub_slice_bytes',
    'Mean size of the slices that were written during a pass.',
    ({ hub }) => hub.stats.sliceBytes,
  ),
  histogram(
    'towncrier_delivery_delay_seconds',
    'From the commit of a chat message, or from when Kafka got a tick, until it was written to every client of this instance; of the oldest of each pass. Clients that share little with others come after that. By the clocks of the machines.',
    ({ hub }) =>
      hub.stats.delays.size === 0 ? [] : [...hub.stats.delays].map(([stream, delays]) => [{ stream }, delays]),
  ),
  gauge(
    'towncrier_hub_slowest_lag_events',
    'Events that the slowest client is behind its stream, of up to 8,192 that are looked at.',
    (sources) => lag(sources, ({ slowest }) => slowest),
    { together: 'max' },
  ),
  gauge(
    'towncrier_hub_median_lag_events',
    'Events that the client in the middle is behind its stream.',
    (sources) => lag(sources, ({ median }) => median),
    { together: 'average' },
  ),
  counter(
    'towncrier_hub_conflated_total',
    'Times that a client fell behind a stream of which only the newest counts, and got a snapshot.',
    ({ hub }) => hub.stats.conflated,
  ),
  counter(
    'towncrier_hub_page_reads_total',
    'Pages asked of the store for clients that fell behind the chat.',
    ({ hub }) => hub.stats.pageReads,
  ),
  counter('towncrier_hub_caught_up_total', 'Events that came from such pages.', ({ hub }) => hub.stats.caughtUp),
  counter('towncrier_hub_stalled_total', 'Clients closed because they took nothing.', ({ hub }) => hub.stats.stalled),
];

function lag({ hub }: MetricSources, pick: (lag: Lag) => number): Labelled<number> {
  return [...hub.lags()].map(([stream, lags]) => [{ stream }, pick(lags)]);
}
