import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Trade } from '../../../server/engines/market-source.ts';
import { instruments } from '../../../server/engines/sources/instruments.ts';
import { createSimulator } from '../../../server/engines/sources/simulator.ts';
import { ManualClock } from '../../support/manual-clock.ts';

interface Run {
  readonly seed?: number;
  readonly rate: number;
  readonly seconds: number;
  readonly last?: ReadonlyMap<string, number>;
  /** Milliseconds of each turn of the clock; longer than the source's own batches, they make its timers late. */
  readonly turn?: number;
}

function simulate({ seed = 1, rate, seconds, last = new Map(), turn = 1_000 }: Run): Trade[] {
  const clock = new ManualClock();
  const source = createSimulator({ clock, seed, ticksPerSecond: rate });
  const trades: Trade[] = [];
  source.start(last, (batch) => {
    for (const trade of batch) trades.push(trade);
  });
  for (let passed = 0; passed < seconds * 1_000; passed += turn) clock.advance(turn);
  source.stop();
  return trades;
}

const timeless = (trades: readonly Trade[]) => trades.map(({ time: _time, ...rest }) => rest);
const of = (trades: readonly Trade[], symbol: string) => trades.filter((trade) => trade.symbol === symbol);

/** Logarithmic changes of a symbol's price from second to second. */
function returns(trades: readonly Trade[], symbol: string, every: number): number[] {
  const bySecond = new Map(of(trades, symbol).map(({ time, price }) => [Math.floor(time / every), price]));
  const prices = [...bySecond.values()];
  return prices.slice(1).map((price, i) => Math.log(price / (prices[i] ?? price)));
}

function correlation(a: readonly number[], b: readonly number[]): number {
  const length = Math.min(a.length, b.length);
  const mean = (list: readonly number[]) => list.slice(0, length).reduce((sum, x) => sum + x, 0) / length;
  const [ma, mb] = [mean(a), mean(b)];
  let [sab, saa, sbb] = [0, 0, 0];
  for (let i = 0; i < length; i++) {
    const [x, y] = [(a[i] ?? 0) - ma, (b[i] ?? 0) - mb];
    sab += x * y;
    saa += x * x;
    sbb += y * y;
  }
  return sab / Math.sqrt(saa * sbb);
}

for (const { rate, seconds } of [
  { rate: 1, seconds: 300 },
  { rate: 20, seconds: 60 },
  { rate: 997, seconds: 10 },
  { rate: 100_000, seconds: 1 },
]) {
  test(`${rate} ticks a second are that many on average`, () => {
    const { length } = simulate({ rate, seconds });
    // The last slot of each end may fall on either side, and a batch waits up to 10 ms.
    assert.ok(Math.abs(length - rate * seconds) <= 2 + rate / 50, `${length}`);
  });
}

test('the same seed makes the same trades, however late its timers are', () => {
  const one = simulate({ rate: 500, seconds: 4 });
  const other = simulate({ rate: 500, seconds: 4, turn: 37 });
  const common = Math.min(one.length, other.length);
  assert.ok(common > 1_900);
  assert.deepEqual(timeless(one.slice(0, common)), timeless(other.slice(0, common)));
});

test('another seed makes other trades', () => {
  const [one, other] = [1, 2].map((seed) => timeless(simulate({ rate: 100, seconds: 1, seed })));
  assert.notDeepEqual(one, other);
});

test('it trades the symbols that it names, at prices near to where they begin', () => {
  const trades = simulate({ rate: 2_000, seconds: 5 });
  const names = createSimulator({ clock: new ManualClock(), seed: 1, ticksPerSecond: 1 }).symbols;
  assert.deepEqual([...new Set(trades.map(({ symbol }) => symbol))].sort(), [...names].sort());
  for (const symbol of ['BTC-USD', 'ETH-USD', 'SOL-USD', 'XRP-USD', 'DOGE-USD'])
    assert.ok(names.includes(symbol), symbol);
  for (const { symbol, price } of instruments)
    for (const trade of of(trades, symbol))
      assert.ok(Math.abs(trade.price / price - 1) < 0.02, `${symbol} ${trade.price}`);
});

test('prices and sizes are whole numbers of their steps, and above 0', () => {
  const trades = simulate({ rate: 2_000, seconds: 2 });
  for (const { symbol, decimals, sizeDecimals } of instruments) {
    for (const { price, size } of of(trades, symbol)) {
      assert.equal(price, Number(price.toFixed(decimals)));
      assert.equal(size, Number(size.toFixed(sizeDecimals)));
      assert.ok(price > 0 && size > 0);
    }
  }
});

test('buyers and sellers trade about as often', () => {
  const trades = simulate({ rate: 5_000, seconds: 2 });
  const buys = trades.filter(({ side }) => side === 'buy').length;
  assert.ok(buys > trades.length * 0.45 && buys < trades.length * 0.55);
});

test('symbols move together', () => {
  const trades = simulate({ rate: 1_000, seconds: 600 });
  const together = correlation(returns(trades, 'BTC-USD', 5_000), returns(trades, 'ETH-USD', 5_000));
  assert.ok(together > 0.4, `${together}`);
});

test('there are calm and nervous phases', () => {
  const moves = returns(simulate({ rate: 200, seconds: 1_200 }), 'BTC-USD', 1_000).map(Math.abs);
  const minutes = Array.from({ length: 20 }, (_, i) =>
    moves.slice(i * 60, (i + 1) * 60).reduce((sum, x) => sum + x, 0),
  );
  assert.ok(Math.max(...minutes) > 2 * Math.min(...minutes));
});

test('times never go back, and are those of the present', () => {
  const times = simulate({ rate: 1_000, seconds: 2 }).map(({ time }) => time);
  assert.deepEqual(
    times,
    times.toSorted((one, other) => one - other),
  );
  assert.ok(times.every(Number.isInteger));
  assert.ok(times[0] === 1_700_000_000_000 && (times.at(-1) ?? 0) > 1_700_000_001_950);
});

test('it goes on from the last prices that are known', () => {
  const trades = simulate({ rate: 1_000, seconds: 1, last: new Map([['BTC-USD', 40_000]]) });
  assert.ok(of(trades, 'BTC-USD').every(({ price }) => Math.abs(price / 40_000 - 1) < 0.01));
  assert.ok(of(trades, 'ETH-USD').every(({ price }) => Math.abs(price / 2_059.1 - 1) < 0.01));
});

test('after stop nothing comes any more, and no timer is left', () => {
  const clock = new ManualClock();
  const source = createSimulator({ clock, seed: 1, ticksPerSecond: 100 });
  let count = 0;
  source.start(new Map(), (batch) => {
    count += batch.length;
    source.stop();
  });
  clock.advance(1_000);
  const before = count;
  clock.advance(10_000);
  assert.ok(before > 0);
  assert.equal(count, before);
  assert.equal(clock.pending, 0);
});
