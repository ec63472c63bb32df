import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AggregatorRegistry, type Registry } from 'prom-client';
import { ChatStats } from '../../server/chat/stats.ts';
import { Histogram } from '../../server/histogram.ts';
import type { MetricSources } from '../../server/http/metrics/sources.ts';
import { createMetrics, metrics } from '../../server/http/metrics.ts';
import { HubStats } from '../../server/hub/stats.ts';
import { EventStream, type ReceivedEvent } from '../support/event-stream.ts';
import { Scrape } from '../support/scrape.ts';
import { StompClient } from '../support/stomp-client.ts';
import { TestApp } from '../support/test-app.ts';

/**
 * What only a fault, another instance or an exchange moves: test/integration/metrics-under-faults.test.ts and live-feed.test.ts do.
 * That each of all follows its source is a test of its own.
 */
const STILL = [
  'towncrier_info',
  'towncrier_ready',
  'towncrier_engine_up',
  'towncrier_engine_outages_total',
  'towncrier_hub_slowest_lag_events',
  'towncrier_hub_median_lag_events',
  'towncrier_hub_conflated_total',
  'towncrier_hub_page_reads_total',
  'towncrier_hub_caught_up_total',
  'towncrier_hub_stalled_total',
  'towncrier_chat_news_delay_seconds',
  'towncrier_chat_behind_messages',
  'towncrier_chat_duplicates_total',
  'towncrier_chat_filled_total',
  'towncrier_chat_ghosts_total',
  'towncrier_chat_gate_reads_total',
  'towncrier_chat_strange_payloads_total',
  'towncrier_chat_unpublished_total',
  'towncrier_market_behind_records',
  'towncrier_market_strange_records_total',
  'towncrier_stream_reachable',
  'towncrier_market_stale',
  'towncrier_feed_active',
  'towncrier_exchange_events_total',
  'towncrier_candles_writer',
  'towncrier_candles_total',
];

const TOKEN = 'the-token-of-the-moderators';

test('every other metric moves under a small load, and the fixed ones say what they should', async (t) => {
  const app = await TestApp.start({
    MARKET_SOURCE: 'simulator',
    MODERATOR_TOKEN: TOKEN,
    STREAMS: ['orders:latest'],
    STREAM_TOKEN: TOKEN,
  });
  t.after(() => app.close());
  const before = await Scrape.of(app.adminUrl);
  const client = await StompClient.connect(app.url, 'ann');
  client.send('SUBSCRIBE', { id: 'a', destination: '/topic/chat', after: '0' });
  const stream = await EventStream.open(`${app.url}/stream`);
  const { id } = await firstTick(stream);
  const again = await EventStream.open(`${app.url}/stream`, id);
  await again.next();
  await fetch(`${app.url}/ws-endpoint/000/session/xhr`, { method: 'POST' });
  for (let n = 0; n < 5; n++) {
    await client.accepted('/app/chat', { content: `message ${n}` });
    await client.message('/topic/chat');
  }
  await app.post('/api/chat/messages', { content: '' });
  const headers = { authorization: `Bearer ${TOKEN}` };
  await fetch(`${app.url}/api/chat/messages?seq=1`, { method: 'DELETE', headers });
  await app.post('/api/streams/orders', {}, headers);
  const after = await Scrape.of(app.adminUrl);
  for (const { name } of metrics.filter((metric) => !STILL.includes(metric.name)))
    assert.ok(after.sum(name) > before.sum(name), `${name}: ${before.sum(name)}, then ${after.sum(name)}`);
  const still = (name: string) => after.of(`towncrier_${name}`);
  assert.deepEqual(still('ready'), [1]);
  assert.deepEqual(still('feed_active'), [1]);
  assert.deepEqual(new Set(still('engine_up')), new Set([1]));
  assert.equal(still('engine_up').length, 5);
  for (const name of ['chat_behind_messages', 'market_stale', 'engine_outages_total', 'hub_stalled_total'])
    assert.equal(after.sum(`towncrier_${name}`), 0, name);
  await Promise.all([client.close(), stream.close(), again.close()]);
});

async function firstTick(stream: EventStream): Promise<ReceivedEvent> {
  for (;;) {
    const event = await stream.next();
    if (event.event === 'market-tick') return event;
  }
}

/** Sources in which everything that can be counted stands at `count`. */
function sources(count: number): MetricSources {
  const numbers = <T extends object>(stats: T): T => {
    for (const [name, value] of Object.entries(stats)) {
      if (typeof value === 'number') Object.assign(stats, { [name]: count });
      if (value instanceof Histogram) for (let each = 0; each < count; each++) value.observe(0.02);
    }
    return stats;
  };
  const hubStats = numbers(new HubStats());
  for (let each = 0; each < count; each++) hubStats.delayed('chat', 0.2);
  const transport = { connections: count, accepted: count, resumed: count, connected: count };
  const exchange = { connected: 0, cut: 0, silent: 0, missed: 0, repeated: 0, strange: 0, refused: 0 };
  return {
    version: `1.${count}`,
    ready: () => count > 0,
    engines: { backplane: { kind: 'redis', state: () => (count > 0 ? 'up' : 'down'), outages: count } },
    hub: { clients: count, stats: hubStats, lags: () => new Map([['chat', { slowest: count, median: count }]]) },
    websocket: transport,
    sse: transport,
    sockjs: transport,
    sessions: transport,
    chat: { stats: numbers(new ChatStats()), behind: async () => count },
    market: { read: count, strange: count, stale: count > 0, behind: async () => count },
    streams: new Map([['orders', { reachable: count > 0, strange: count, stats: { read: count, repeats: count } }]]),
    refusals: { all: () => [['too-fast', count]] },
    exchange: numbers(exchange),
    candles: { active: count > 0, stats: { written: count, failed: count, forgotten: count } },
    feed: { active: count > 0, appended: count, dropped: count },
  };
}

const scrapeOf = async (registry: Pick<Registry, 'metrics'>): Promise<Scrape> => new Scrape(await registry.metrics());

test('every metric follows what it is read from', async () => {
  const [none, some] = await Promise.all([0, 3].map((count) => scrapeOf(createMetrics(sources(count), false))));
  for (const { name } of metrics.slice(1)) assert.notEqual(some?.sum(name), none?.sum(name), name);
  assert.ok(some?.samples.has('towncrier_info{version="1.3"}'));
});

test('a histogram has buckets that hold those below them, a sum and a count', async () => {
  const { text } = await scrapeOf(createMetrics(sources(3), false));
  const own = text.split('\n').filter((line) => line.startsWith('towncrier_chat_commit_duration_seconds'));
  assert.deepEqual(own.slice(3, 5), [
    'towncrier_chat_commit_duration_seconds_bucket{le="0.01"} 0',
    'towncrier_chat_commit_duration_seconds_bucket{le="0.025"} 3',
  ]);
  assert.deepEqual(own.slice(-3), [
    'towncrier_chat_commit_duration_seconds_bucket{le="+Inf"} 3',
    'towncrier_chat_commit_duration_seconds_sum 0.06',
    'towncrier_chat_commit_duration_seconds_count 3',
  ]);
  assert.match(text, /^towncrier_delivery_delay_seconds_bucket\{stream="chat",le="0.25"\} 3$/m);
});

test('the metrics of workers are added up; of what is no amount it is the largest or the mean', async () => {
  const workers = await Promise.all([1, 3].map((count) => createMetrics(sources(count), false).getMetricsAsJSON()));
  const all = await scrapeOf(AggregatorRegistry.aggregate(workers));
  assert.deepEqual(all.of('towncrier_market_ticks_total'), [4]);
  assert.equal(all.samples.get('towncrier_chat_receipt_duration_seconds_bucket{le="0.025"}'), 4);
  assert.equal(all.samples.get('towncrier_delivery_delay_seconds_count{stream="chat"}'), 4);
  assert.equal(all.samples.get('towncrier_hub_slowest_lag_events{stream="chat"}'), 3);
  assert.equal(all.samples.get('towncrier_hub_median_lag_events{stream="chat"}'), 2);
  assert.deepEqual(all.of('towncrier_market_stale'), [1]);
  assert.deepEqual(all.of('towncrier_ready'), [1]);
});

test('what does not answer is left out', async () => {
  const silent = { ...sources(1), market: { read: 1, strange: 0, stale: true, behind: async () => undefined } };
  const { text } = await scrapeOf(createMetrics(silent, false));
  assert.match(text, /^# TYPE towncrier_market_behind_records gauge$/m);
  assert.doesNotMatch(text, /^towncrier_market_behind_records/m);
});
