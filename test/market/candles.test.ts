import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { CandleInterval } from '../../server/engines/candle-store.ts';
import type { Tick } from '../../server/engines/tick-log.ts';
import { Candles, candleIntervals } from '../../server/market/candles.ts';

const HOUR = 3_600_000;
const tick = (time: number, price: number, size = 1): Tick => ({ symbol: 'A', price, size, change: 0, time });

function candlesOf(...ticks: readonly Tick[]): Candles {
  const candles = new Candles();
  for (const each of ticks) candles.add(each);
  return candles;
}

test('a candle has the first, highest, lowest and last price of its interval, and the sum of the sizes', () => {
  const candles = candlesOf(
    tick(60_000, 5, 0.1),
    tick(61_000, 9, 0.2),
    tick(90_000, 2),
    tick(119_999, 4),
    tick(120_000, 7),
  );
  assert.deepEqual(candles.last('A', '1m', 10), [
    { time: 60_000, open: 5, high: 9, low: 2, close: 4, volume: 2.3 },
    { time: 120_000, open: 7, high: 7, low: 7, close: 7, volume: 1 },
  ]);
});

test('the same ticks make candles of each interval', () => {
  const candles = candlesOf(tick(HOUR, 1), tick(HOUR + 1_000, 2), tick(HOUR + 60_000, 3), tick(HOUR + 300_000, 4));
  const times = (interval: CandleInterval) => candles.last('A', interval, 10).map(({ time }) => time - HOUR);
  assert.deepEqual(times('1s'), [0, 1_000, 60_000, 300_000]);
  assert.deepEqual(times('1m'), [0, 60_000, 300_000]);
  assert.deepEqual(times('5m'), [0, 300_000]);
  assert.deepEqual(times('1h'), [0]);
});

test('an interval without a tick has no candle', () => {
  const candles = candlesOf(tick(0, 1), tick(10_000, 2));
  assert.deepEqual(
    candles.last('A', '1s', 10).map(({ time }) => time),
    [0, 10_000],
  );
});

test('a sum of sizes has no digits that none of them has', () => {
  assert.equal(candlesOf(tick(0, 1, 0.1), tick(1, 1, 0.2)).last('A', '1s', 1)[0]?.volume, 0.3);
});

test('a tick that is older than the newest candle counts into the newest', () => {
  const candles = candlesOf(tick(0, 1), tick(1_000, 2), tick(999, 9));
  assert.deepEqual(candles.last('A', '1s', 10), [
    { time: 0, open: 1, high: 1, low: 1, close: 1, volume: 1 },
    { time: 1_000, open: 2, high: 9, low: 2, close: 9, volume: 2 },
  ]);
});

test('a limit gives the newest candles', () => {
  const candles = candlesOf(...Array.from({ length: 10 }, (_, i) => tick(i * 1_000, i)));
  assert.deepEqual(
    candles.last('A', '1s', 3).map(({ open }) => open),
    [7, 8, 9],
  );
  assert.deepEqual(candles.last('A', '1s', 0), []);
});

test('a symbol without ticks has no candles', () => assert.deepEqual(new Candles().last('A', '1s', 3), []));

test('only so many candles are kept, the newest', () => {
  const { kept } = candleIntervals['1h'];
  const candles = candlesOf(...Array.from({ length: kept + 5 }, (_, i) => tick(i * HOUR, i + 1)));
  const all = candles.last('A', '1h', Number.MAX_SAFE_INTEGER);
  assert.equal(all.length, kept);
  assert.deepEqual(
    all.map(({ open }) => open),
    Array.from({ length: kept }, (_, i) => i + 6),
  );
});

test('candles are what grouping all ticks by their interval gives', () => {
  const ticks = fc.array(fc.record({ gap: fc.nat(90_000), price: fc.integer({ min: 1, max: 99 }) }), { maxLength: 60 });
  fc.assert(
    fc.property(ticks, fc.constantFrom<CandleInterval>('1s', '1m', '5m'), (steps, interval) => {
      let time = 0;
      const all = steps.map(({ gap, price }) => {
        time += gap;
        return tick(time, price);
      });
      const groups = Map.groupBy(all, (each) => each.time - (each.time % candleIntervals[interval].length));
      const expected = [...groups].map(([start, group]) => {
        const prices = group.map(({ price }) => price);
        const [high, low] = [Math.max(...prices), Math.min(...prices)];
        return { time: start, open: prices[0], high, low, close: prices.at(-1), volume: group.length };
      });
      assert.deepEqual(candlesOf(...all).last('A', interval, 1_000), expected);
    }),
    { numRuns: 200 },
  );
});
