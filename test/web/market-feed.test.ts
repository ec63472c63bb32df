import assert from 'node:assert/strict';
import { test } from 'node:test';
import { signal } from '@preact/signals';
import type { ChartStatus } from '../../web/src/market/chart-feed.ts';
import { MarketFeed } from '../../web/src/market/market-feed.ts';
import { MarketState } from '../../web/src/market/market-state.ts';
import { ManualClock } from '../support/manual-clock.ts';

const tick = { symbol: 'BTC-USD', price: 5, size: 1, change: 0, time: 1 };
const snapshot = { kind: 'snapshot', ticks: [tick], id: 'e:1' } as const;

function feedOf() {
  const clock = new ManualClock();
  const log: string[] = [];
  const status = signal<ChartStatus>('ready');
  const market = new MarketState({ choice: 'BTC-USD', interval: '1s', publishSoon: () => undefined, now: () => 0 });
  const feed = new MarketFeed({
    market,
    clock,
    chart: {
      status,
      tick: ({ price }) => log.push(`chart ${price}`),
      reload: async () => {
        log.push('chart again');
      },
    },
    sparks: { again: () => log.push('lines again') },
    title: { tick: () => log.push('title') },
  });
  return { clock, log, market, status, feed };
}

test('a tick goes to list, chart and title; the first snapshot reads nothing again', () => {
  const { feed, log, market } = feedOf();
  feed.event(snapshot);
  feed.event({ kind: 'tick', tick: { ...tick, price: 6 }, id: 'e:2' });
  market.publish();
  assert.deepEqual(log, ['title', 'chart 6', 'title']);
  assert.equal(market.quote('BTC-USD')?.tick.value.price, 6);
});

test('after another snapshot what is drawn from each tick is read again', () => {
  const { feed, log } = feedOf();
  feed.event(snapshot);
  feed.event(snapshot);
  assert.deepEqual(log, ['title', 'title', 'lines again', 'chart again']);
});

test('a hidden page reads it once, when it is seen again', () => {
  const { feed, log } = feedOf();
  feed.event(snapshot);
  feed.seen(false);
  feed.event({ kind: 'newest', ticks: [tick] });
  feed.event(snapshot);
  assert.deepEqual(log, ['title', 'title', 'title']);
  feed.seen(true);
  feed.seen(true);
  assert.deepEqual(log.slice(3), ['lines again', 'chart again']);
});

test('what the server says of its prices, and how the connection stands, is the state of the prices', () => {
  const { clock, feed, market } = feedOf();
  feed.changed('live');
  assert.equal(market.link.value, 'live');
  feed.event({ kind: 'status', state: 'stale' });
  assert.equal(market.link.value, 'stale');
  feed.event({ kind: 'status', state: 'live' });
  clock.advance(60_000);
  assert.equal(market.link.value, 'live');
  feed.changed('offline');
  assert.equal(market.link.value, 'offline');
});

test('a chart that could not be read is read again when there is a connection', () => {
  const { feed, log, status } = feedOf();
  status.value = 'failed';
  feed.changed('live');
  assert.deepEqual(log, ['chart again']);
});
