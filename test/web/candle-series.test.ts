import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { CandleSeries, MOST_CANDLES } from '../../web/src/market/candle-series.ts';
import type { Tick } from '../../web/src/market/tick.ts';

const tick = (time: number, price: number, size = 1): Tick => ({ symbol: 'BTC-USD', price, size, change: 0, time });

test('ticks grow the newest candle and open the next', () => {
  const series = new CandleSeries(1_000);
  series.load([{ time: 0, open: 5, high: 6, low: 4, close: 5, volume: 2 }]);
  series.add(tick(500, 9));
  series.add(tick(999, 3));
  series.add(tick(3_100, 4, 2));
  assert.deepEqual(series.candles, [
    { time: 0, open: 5, high: 9, low: 3, close: 3, volume: 4 },
    { time: 3_000, open: 4, high: 4, low: 4, close: 4, volume: 2 },
  ]);
});

test('a late tick counts into the newest candle', () => {
  const series = new CandleSeries(1_000);
  series.add(tick(2_000, 5));
  series.add(tick(1_000, 7));
  assert.deepEqual(series.candles, [{ time: 2_000, open: 5, high: 7, low: 5, close: 7, volume: 2 }]);
});

test('what changed is told once, oldest first', () => {
  const series = new CandleSeries(1_000);
  series.load([{ time: 0, open: 5, high: 6, low: 4, close: 5, volume: 2 }]);
  assert.deepEqual(series.takeChanged(), []);
  series.add(tick(1, 5));
  series.add(tick(1_000, 6));
  assert.deepEqual(
    series.takeChanged().map((candle) => candle.time),
    [0, 1_000],
  );
  assert.deepEqual(series.takeChanged(), []);
});

test('candles are the first, highest, lowest and last price and the sum of the sizes', () => {
  const step = fc.record({ wait: fc.nat(2_500), price: fc.integer({ min: 1, max: 99 }), size: fc.nat(9) });
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 80 }), (steps) => {
      let time = 0;
      const ticks = steps.map(({ wait, price, size }) => {
        time += wait;
        return tick(time, price, size);
      });
      const series = new CandleSeries(1_000);
      for (const each of ticks) series.add(each);
      const expected = [...Map.groupBy(ticks, (each) => Math.floor(each.time / 1_000))].map(([second, all]) => ({
        time: second * 1_000,
        open: all[0]?.price,
        high: Math.max(...all.map((each) => each.price)),
        low: Math.min(...all.map((each) => each.price)),
        close: all.at(-1)?.price,
        volume: all.reduce((sum, each) => sum + each.size, 0),
      }));
      assert.deepEqual(series.candles, expected);
    }),
  );
});

test('the number of candles is bounded, and all that stay are told when some went', () => {
  const series = new CandleSeries(1_000);
  for (let i = 0; i <= MOST_CANDLES; i++) {
    series.takeChanged();
    series.add(tick(i * 1_000, 5));
  }
  assert.equal(series.candles.length, MOST_CANDLES * 0.9);
  assert.equal(series.takeChanged().length, MOST_CANDLES * 0.9);
  assert.equal(series.last?.time, MOST_CANDLES * 1_000);
});

const candle = (time: number) => ({ time, open: 1, high: 1, low: 1, close: 1, volume: 1 });

test('older candles go before the oldest, once, and never above the bound', () => {
  const series = new CandleSeries(1_000);
  series.load([candle(5_000), candle(6_000)]);
  series.add(tick(6_500, 2));
  assert.equal(series.prepend([candle(3_000), candle(4_000), candle(5_000)]), 2);
  assert.deepEqual(
    series.candles.map(({ time }) => time),
    [3_000, 4_000, 5_000, 6_000],
  );
  assert.deepEqual(
    series.takeChanged().map(({ time }) => time),
    [6_000],
  );
  assert.equal(series.prepend([candle(3_000)]), 0);
  const many = Array.from({ length: MOST_CANDLES }, (_, i) => candle(i - MOST_CANDLES));
  assert.equal(series.prepend(many), MOST_CANDLES - 4);
  assert.equal(series.prepend([candle(-MOST_CANDLES - 1)]), 0);
});

test('a candle is found by its time', () => {
  const series = new CandleSeries(1_000);
  series.load([1, 2, 4, 8].map((second) => candle(second * 1_000)));
  assert.deepEqual(
    [1_000, 4_000, 8_000, 3_000, 9_000, 0].map((time) => series.at(time)?.time),
    [1_000, 4_000, 8_000, undefined, undefined, undefined],
  );
});
