import { counter, gauge, type Metric } from './metric.ts';

/** Ticks, and where they come from. */
export const marketMetrics: readonly Metric[] = [
  counter('towncrier_market_ticks_total', 'Ticks read from the log.', ({ market }) => market.read),
  counter(
    'towncrier_market_strange_records_total',
    'Records of the tick log that are no ticks, of other programs for example: they are left out.',
    ({ market }) => market.strange,
  ),
  gauge(
    'towncrier_market_behind_records',
    'Lag of the tick log: records that it has and this instance has not read; absent while it does not answer.',
    ({ market }) => market.behind(),
    { together: 'max' },
  ),
  gauge(
    'towncrier_market_stale',
    '1 while prices may be old: the tick log cannot be read, or the exchange is not heard.',
    ({ market }) => Number(market.stale),
    { together: 'max' },
  ),
  gauge(
    'towncrier_feed_active',
    '1 while the feed of this instance is the one that brings prices into the log.',
    ({ feed }) => Number(feed?.active ?? false),
  ),
  counter(
    'towncrier_feed_ticks_total',
    'Ticks that the feed of this instance brought into the log, and those that it had to drop.',
    ({ feed }) => [
      [{ outcome: 'appended' }, feed?.appended ?? 0],
      [{ outcome: 'dropped' }, feed?.dropped ?? 0],
    ],
  ),
  counter(
    'towncrier_stream_events_total',
    'Records of streams of your own: events read, those left out as repeated, and strange ones that are no events.',
    ({ streams }) =>
      [...(streams ?? [])].flatMap(([stream, { stats, strange }]) => [
        [{ stream, outcome: 'read' }, stats.read],
        [{ stream, outcome: 'repeated' }, stats.repeats],
        [{ stream, outcome: 'strange' }, strange],
      ]),
  ),
  gauge('towncrier_stream_reachable', '1 while the log of a stream of your own can be read.', ({ streams }) =>
    [...(streams ?? [])].map(([stream, { reachable }]) => [{ stream }, Number(reachable)]),
  ),
  gauge('towncrier_candles_writer', '1 while this instance is the one that stores candles.', ({ candles }) =>
    Number(candles?.active ?? false),
  ),
  counter(
    'towncrier_candles_total',
    'Candles stored, those of an interval under way each time anew; rounds that failed; candles deleted as too old.',
    ({ candles }) =>
      Object.entries(candles?.stats ?? { written: 0, failed: 0, forgotten: 0 }).map(([event, count]) => [
        { event },
        count,
      ]),
  ),
  counter(
    'towncrier_exchange_events_total',
    'Between this instance and the exchange: connections made, cut and ended as silent; trades missed and repeated; messages that were strange; subscriptions refused.',
    ({ exchange }) => Object.entries(exchange).map(([event, count]) => [{ event }, count]),
  ),
];
