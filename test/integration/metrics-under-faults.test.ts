// What a small load does not move (test/http/metrics.test.ts) is moved here by what it is there for.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Producer } from '@platformatic/kafka';
import { createClient } from 'redis';
import { KafkaServer } from '../support/engines/kafka.ts';
import { MysqlServer } from '../support/engines/mysql.ts';
import { RedisServer } from '../support/engines/redis.ts';
import { fastClock } from '../support/fast-clock.ts';
import { Scrape } from '../support/scrape.ts';
import { StompClient } from '../support/stomp-client.ts';
import { TestApp } from '../support/test-app.ts';

const stack = new AsyncDisposableStack();
let redis: RedisServer;
let kafka: KafkaServer;
let one: TestApp;
let other: TestApp;

before(async () => {
  const mysql = await MysqlServer.start();
  stack.defer(() => mysql.dispose());
  redis = await RedisServer.start();
  stack.defer(() => redis.stop());
  kafka = await KafkaServer.start();
  stack.defer(() => kafka.stop());
  const settings = {
    MYSQL_URL: mysql.newUrl(),
    REDIS_URL: redis.url,
    KAFKA_BROKERS: kafka.brokers,
    MARKET_SOURCE: 'simulator' as const,
    MARKET_TICKS_PER_SECOND: 50,
    STREAMS: ['orders:latest'],
  };
  [one, other] = [await TestApp.start(settings), await TestApp.start(settings)];
  for (const app of [one, other]) stack.defer(() => app.close());
});
after(() => stack.disposeAsync());

/** Does something again and again until each of these metrics of an instance has been another than at first. */
async function moved(app: TestApp, names: readonly string[], cause: () => Promise<unknown>): Promise<void> {
  const first = await Scrape.of(app.adminUrl);
  const still = new Set(names);
  const end = performance.now() + 120_000;
  while (still.size > 0) {
    assert.ok(performance.now() < end, `these do not move: ${[...still].join(', ')}`);
    await cause();
    const scrape = await Scrape.of(app.adminUrl);
    for (const name of still) if (scrape.sum(name) !== first.sum(name)) still.delete(name);
    await pause(20);
  }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const nothing = async (): Promise<void> => undefined;
const say = (app: TestApp): Promise<Response> => app.post('/api/chat/messages', { content: 'hello' });

test('news of another instance, twice; of what was never stored; and what is no news', async () => {
  const stranger = createClient({ url: redis.url });
  await stranger.connect();
  const heard: string[] = [];
  const ear = stranger.duplicate();
  await ear.connect();
  await ear.subscribe('global-chat-channel', (payload) => heard.push(payload));
  await moved(one, ['towncrier_chat_news_delay_seconds'], () => say(other));
  // It comes to this one by a connection of its own.
  while (heard.length === 0) await pause(20);
  const [news = ''] = heard;
  const ghost = JSON.stringify({ ...JSON.parse(news), seq: 1_000_000 });
  const names = ['duplicates_total', 'ghosts_total', 'strange_payloads_total', 'gate_reads_total'];
  await moved(
    one,
    names.map((name) => `towncrier_chat_${name}`),
    async () => {
      for (const payload of [news, ghost, 'no news']) await stranger.publish('global-chat-channel', payload);
    },
  );
  await Promise.all([stranger.close(), ear.close()]);
});

test('records of the tick log that are no ticks, more than one reads at once', async () => {
  const producer = new Producer({ clientId: 'stranger', bootstrapBrokers: [...kafka.brokers] });
  const messages = Array.from({ length: 5_000 }, () => ({
    topic: 'market-ticks',
    partition: 0,
    value: Buffer.from('?'),
  }));
  const sent: Promise<unknown>[] = [];
  await moved(one, ['towncrier_market_strange_records_total', 'towncrier_market_behind_records'], async () => {
    sent.push(producer.send({ messages }).catch(() => undefined));
    await pause(10);
  });
  await Promise.all(sent);
  await producer.close();
});

test('without Redis: messages come from the store, a moment later', async () => {
  const chat = ['filled_total', 'unpublished_total', 'behind_messages'].map((name) => `towncrier_chat_${name}`);
  try {
    await moved(one, [...chat, 'towncrier_engine_up', 'towncrier_engine_outages_total'], async () => {
      await redis.kill();
      await say(one);
      await say(other);
    });
  } finally {
    await redis.restart();
  }
});

test('without Kafka: prices are stale, streams cannot be read, and one feed is active again when it is back', async () => {
  const feeds = async (): Promise<number> => {
    const scrapes = await Promise.all([one, other].map(({ adminUrl }) => Scrape.of(adminUrl)));
    return scrapes.reduce((sum, scrape) => sum + scrape.sum('towncrier_feed_active'), 0);
  };
  while ((await feeds()) !== 1) await pause(50);
  try {
    await moved(one, ['towncrier_market_stale', 'towncrier_stream_reachable'], () => kafka.kill());
    while ((await feeds()) !== 0) await pause(50);
  } finally {
    await kafka.run();
  }
  while ((await feeds()) !== 1) await pause(50);
});

test('who reads nothing is behind, gets the newest alone, and is closed; who comes from far back reads pages', async (t) => {
  const folder = { DATA_DIR: await mkdtemp(join(tmpdir(), 'towncrier-metrics-')) };
  t.after(() => rm(folder.DATA_DIR, { recursive: true }));
  const first = await TestApp.start(folder);
  for (let n = 0; n < 300; n++) await say(first);
  await first.close();
  const app = await TestApp.start(
    {
      ...folder,
      STREAMS: ['orders:latest'],
      STREAM_TOKEN: 'a-long-random-secret',
      STREAM_RATE_LIMIT: 0,
      STREAM_EVENT_BYTES: 65_536,
    },
    { clock: fastClock(3) },
  );
  t.after(() => app.close());
  const headers = { authorization: 'Bearer a-long-random-secret' };
  const reader = await StompClient.connect(app.url);
  t.after(() => reader.close());
  await moved(app, ['towncrier_hub_page_reads_total', 'towncrier_hub_caught_up_total'], async () => {
    reader.send('SUBSCRIBE', { id: 'a', destination: '/topic/chat', after: '0' });
    await reader.message('/topic/chat');
    reader.send('UNSUBSCRIBE', { id: 'a' });
  });
  // One never reads, the other at times.
  const [, sleepy] = [0, 1].map(() => {
    const socket = connect(app.app.port, '127.0.0.1').on('data', () => undefined);
    t.after(() => socket.destroy());
    socket.write('GET /stream?name=orders HTTP/1.1\r\nHost: x\r\n\r\n');
    return socket.pause();
  });
  const text = 'x'.repeat(60_000);
  let rounds = 0;
  const append = async (): Promise<void> => {
    const events = Array.from({ length: 50 }, (_, key) =>
      app.post('/api/streams/orders', { key: `${key}`, text }, headers),
    );
    await Promise.all(events);
    // By now the log has left behind who slept.
    if (++rounds % 10 === 0) sleepy?.resume();
    else if (rounds % 10 === 1) sleepy?.pause();
  };
  const names = ['slowest_lag_events', 'median_lag_events', 'conflated_total', 'stalled_total'];
  await moved(
    app,
    names.map((name) => `towncrier_hub_${name}`),
    append,
  );
});

test('candles are written by the one that may; an instance that stops is not ready', async () => {
  const app = await TestApp.start({ MARKET_SOURCE: 'simulator', DRAIN_DELAY: 60 }, { clock: fastClock(20) });
  await moved(app, ['towncrier_candles_total'], nothing);
  assert.equal((await Scrape.of(app.adminUrl)).sum('towncrier_candles_writer'), 1);
  let stopping: Promise<void> | undefined;
  await moved(app, ['towncrier_ready'], async () => {
    stopping ??= app.app.drain();
  });
  await stopping;
  await app.close();
});
