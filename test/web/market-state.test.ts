import assert from 'node:assert/strict';
import { test } from 'node:test';
import { effect } from '@preact/signals';
import { MarketState } from '../../web/src/market/market-state.ts';
import type { Tick } from '../../web/src/market/tick.ts';

const tick = (symbol: string, price: number, time = 1): Tick => ({ symbol, price, size: 1, change: 0, time });

function marketOf(choice = 'BTC-USD', step = 1_000) {
  let asked = 0;
  let time = 0;
  const market = new MarketState({
    choice,
    interval: '1m',
    publishSoon: () => {
      asked++;
    },
    // Always late enough for the tape.
    now: () => (time += step),
  });
  return { market, asked: () => asked };
}

test('a thousand ticks change a signal once a publish, to the newest', () => {
  const { market } = marketOf();
  market.tick(tick('BTC-USD', 1));
  market.publish();
  const seen: number[] = [];
  effect(() => {
    seen.push(market.quote('BTC-USD')?.tick.value.price ?? 0);
  });
  for (let i = 2; i <= 1_000; i++) market.tick(tick('BTC-USD', i));
  assert.deepEqual(seen, [1]);
  market.publish();
  assert.deepEqual(seen, [1, 1_000]);
});

test('a quote knows the finest decimals that its prices were seen with', () => {
  const { market } = marketOf();
  for (const price of [0.737, 0.7368, 0.74]) market.tick(tick('ADA-USD', price));
  assert.equal(market.finestOf('ADA-USD'), 4);
  assert.equal(market.quote('ADA-USD')?.decimals.value, 0);
  market.publish();
  assert.equal(market.quote('ADA-USD')?.decimals.value, 4);
});

test('the first symbol is shown until the chosen one is there', () => {
  const { market } = marketOf('ETH-USD');
  assert.equal(market.selected.value, 'ETH-USD');
  market.tick(tick('SOL-USD', 1));
  market.tick(tick('BTC-USD', 1));
  market.publish();
  assert.equal(market.selected.value, 'BTC-USD');
  market.tick(tick('ETH-USD', 2));
  market.publish();
  assert.equal(market.selected.value, 'ETH-USD');
});

test('symbols stand in the order of their names, whichever came first', () => {
  const { market } = marketOf();
  market.snapshot([tick('SOL-USD', 1), tick('BTC-USD', 1), tick('ETH-USD', 2)]);
  market.publish();
  assert.deepEqual(
    market.quotes.value.map((quote) => quote.symbol),
    ['BTC-USD', 'ETH-USD', 'SOL-USD'],
  );
});

test('trades of the chosen symbol make its tape, a snapshot does not, and another choice empties it', () => {
  const { market } = marketOf('BTC-USD');
  market.snapshot([tick('BTC-USD', 1), tick('ETH-USD', 2)]);
  market.tick(tick('BTC-USD', 3));
  market.tick(tick('ETH-USD', 4));
  market.tick(tick('BTC-USD', 2));
  market.publish();
  assert.deepEqual(
    market.tape.value.entries.map((entry) => entry.tick.price),
    [2, 3],
  );
  market.select('ETH-USD');
  assert.deepEqual(market.tape.value, { entries: [], missed: undefined });
});

test('the number of symbols is bounded', () => {
  const { market } = marketOf();
  for (let i = 0; i < 2_000; i++) market.tick(tick(`S${i}`, 1));
  market.publish();
  assert.equal(market.quotes.value.length, 1_000);
});

test('each tick asks for a publish', () => {
  const { market, asked } = marketOf();
  market.tick(tick('BTC-USD', 1));
  assert.equal(asked(), 1);
});

test('a held tape stands still, says how many trades it leaves out, and then shows them', () => {
  const { market } = marketOf();
  const trade = (price: number): void => {
    market.tick(tick('BTC-USD', price));
    market.publish();
  };
  const shown = () => [market.tape.value.entries.map((entry) => entry.tick.price).join(), market.tape.value.missed];
  trade(1);
  market.holdTape('pointer', true);
  market.holdTape('button', true);
  trade(2);
  trade(3);
  assert.deepEqual(shown(), ['1', 2]);
  market.holdTape('pointer', false);
  assert.deepEqual(shown(), ['1', 2]);
  market.holdTape('button', false);
  assert.deepEqual(shown(), ['3,2,1', undefined]);
});

test('a tape that is held while another symbol is chosen is that symbol’s', () => {
  const { market } = marketOf();
  market.tick(tick('BTC-USD', 1));
  market.tick(tick('ETH-USD', 2));
  market.publish();
  market.holdTape('button', true);
  market.select('ETH-USD');
  market.tick(tick('ETH-USD', 3));
  market.publish();
  assert.deepEqual([market.tape.value.entries.map((entry) => entry.tick.price), market.tape.value.missed], [[3], 0]);
});

test('stale prices are stale since the newest of them', () => {
  const { market } = marketOf();
  market.tick(tick('BTC-USD', 1, 7_000));
  market.tick(tick('ETH-USD', 1, 6_000));
  market.publish();
  market.link.value = 'live';
  assert.equal(market.staleSince.value, undefined);
  market.link.value = 'stale';
  assert.equal(market.staleSince.value, 7_000);
  market.link.value = 'offline';
  assert.equal(market.staleSince.value, 7_000);
});

test('trades are shown ten times a second at most, and none is left out for ever', () => {
  const { market, asked } = marketOf('BTC-USD', 40);
  const shown = () => market.tape.value.entries.map((entry) => entry.tick.price).join();
  market.tick(tick('BTC-USD', 1));
  market.publish();
  market.tick(tick('BTC-USD', 2));
  market.publish();
  assert.equal(shown(), '1');
  const before = asked();
  market.publish();
  assert.deepEqual([shown(), asked()], ['1', before + 1]);
  market.publish();
  assert.equal(shown(), '2,1');
});
