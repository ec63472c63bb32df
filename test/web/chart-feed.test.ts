import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import type { Candle } from '../../web/src/market/candle.ts';
import { ChartFeed } from '../../web/src/market/chart-feed.ts';
import { MarketState } from '../../web/src/market/market-state.ts';
import { ManualClock } from '../support/manual-clock.ts';

const candle = (time: number, close: number): Candle => ({
  time,
  open: close,
  high: close,
  low: close,
  close,
  volume: 1,
});
const tick = (price: number, time: number, symbol = 'BTC-USD') => ({ symbol, price, size: 1, change: 0, time });

function chartOf() {
  const reads: { key: string; answer: (candles: Candle[]) => void; fail: () => void }[] = [];
  const drawn: string[] = [];
  const market = new MarketState({ choice: 'BTC-USD', interval: '1s', publishSoon: () => undefined, now: () => 0 });
  const clock = new ManualClock();
  const feed = new ChartFeed(
    market,
    {
      candles: (symbol, interval, _limit, before) =>
        new Promise((answer, fail) => {
          const key = before === undefined ? `${symbol} ${interval}` : `${symbol} ${interval} before ${before}`;
          reads.push({ key, answer, fail: () => fail(new Error('down')) });
        }),
    },
    clock,
  );
  const closes = (candles: readonly Candle[]) => candles.map((each) => each.close).join();
  feed.show({
    replace: (candles, fresh) => drawn.push(`${fresh ? 'fresh' : 'again'} ${closes(candles)}`),
    update: (candles) => drawn.push(`update ${closes(candles)}`),
  });
  return { clock, market, feed, reads, drawn };
}

test('candles are read for the chosen symbol and interval, and grow with its ticks', async () => {
  const { feed, reads, drawn } = chartOf();
  assert.equal(reads[0]?.key, 'BTC-USD 1s');
  reads[0]?.answer([candle(0, 1), candle(1_000, 2)]);
  await turn();
  feed.tick(tick(3, 1_500));
  feed.tick(tick(9, 1_600, 'ETH-USD'));
  feed.tick(tick(4, 2_000));
  feed.publish();
  feed.publish();
  assert.deepEqual(drawn, ['fresh 1,2', 'update 3,4']);
  assert.equal(feed.newest.value?.close, 4);
  assert.equal(feed.candleAt(1_000)?.close, 3);
});

test('ticks that come in while candles are read are not lost', async () => {
  const { feed, reads, drawn } = chartOf();
  feed.tick(tick(7, 2_000));
  feed.publish();
  reads[0]?.answer([candle(1_000, 2)]);
  await turn();
  assert.deepEqual(drawn, ['fresh 2,7']);
});

test('what a view is shown with it gets no update of: a chart refuses those of candles before its newest', async () => {
  const { feed, reads, drawn } = chartOf();
  reads[0]?.answer([candle(1_000, 1)]);
  await turn();
  feed.tick(tick(2, 1_500));
  feed.tick(tick(3, 2_000));
  feed.show({
    replace: (candles) => drawn.push(`shown ${candles.map(({ close }) => close)}`),
    update: (candles) => drawn.push(`update ${candles.map(({ close }) => close)}`),
  });
  feed.publish();
  feed.tick(tick(4, 2_100));
  feed.publish();
  assert.deepEqual(drawn, ['fresh 1', 'shown 2,3', 'update 4']);
});

test('an answer to an older question is left out', async () => {
  const { market, reads, drawn } = chartOf();
  market.select('ETH-USD'); // No quote is known yet, so the choice stands.
  assert.equal(reads[1]?.key, 'ETH-USD 1s');
  reads[1]?.answer([candle(0, 5)]);
  reads[0]?.answer([candle(0, 1)]);
  await turn();
  assert.deepEqual(drawn, ['fresh 5']);
});

test('a failed read is said, and a reload keeps the view where it is', async () => {
  const { feed, reads, drawn } = chartOf();
  reads[0]?.fail();
  await turn();
  assert.equal(feed.status.value, 'failed');
  void feed.reload();
  reads[1]?.answer([candle(0, 1)]);
  await turn();
  void feed.reload();
  reads[2]?.answer([candle(0, 2)]);
  await turn();
  assert.deepEqual([feed.status.value, drawn], ['ready', ['fresh 1', 'again 2']]);
});

test('candles of before the oldest are read once at a time, and put before it', async () => {
  const { feed, reads, drawn } = chartOf();
  void feed.older();
  assert.equal(reads.length, 1);
  reads[0]?.answer([candle(5_000, 5)]);
  await turn();
  void feed.older();
  void feed.older();
  assert.deepEqual([reads.length, reads[1]?.key, feed.loadingOlder.value], [2, 'BTC-USD 1s before 5000', true]);
  feed.tick(tick(6, 5_500));
  reads[1]?.answer([candle(3_000, 3), candle(4_000, 4)]);
  await turn();
  feed.publish();
  // Drawn with everything, so that nothing is left to update.
  assert.deepEqual(drawn, ['fresh 5', 'again 3,4,6']);
  assert.equal(feed.loadingOlder.value, false);
});

test('where the server has nothing older, or knows no pages, it is asked no more', async () => {
  const { feed, reads } = chartOf();
  reads[0]?.answer([candle(5_000, 5)]);
  await turn();
  void feed.older();
  reads[1]?.answer([candle(5_000, 5), candle(6_000, 6)]);
  await turn();
  void feed.older();
  assert.equal(reads.length, 2);
  assert.equal(feed.status.value, 'ready');
});

test('a failed read of older candles leaves the chart as it is, and is tried again after a while', async () => {
  const { clock, feed, reads, drawn } = chartOf();
  reads[0]?.answer([candle(5_000, 5)]);
  await turn();
  void feed.older();
  reads[1]?.fail();
  await turn();
  void feed.older();
  assert.equal(reads.length, 2);
  clock.advance(5_000);
  await turn();
  void feed.older();
  assert.equal(reads.length, 3);
  assert.deepEqual([feed.status.value, drawn], ['ready', ['fresh 5']]);
});

test('older candles of another chart than is shown by then are left out', async () => {
  const { market, feed, reads, drawn } = chartOf();
  reads[0]?.answer([candle(5_000, 5)]);
  await turn();
  void feed.older();
  market.select('ETH-USD');
  reads[2]?.answer([candle(9_000, 9)]);
  await turn();
  reads[1]?.answer([candle(3_000, 3)]);
  await turn();
  assert.deepEqual(drawn, ['fresh 5', 'fresh 9']);
});
