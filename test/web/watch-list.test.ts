import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MarketState } from '../../web/src/market/market-state.ts';
import { WatchList } from '../../web/src/market/watch-list.ts';
import type { Preferences } from '../../web/src/preferences.ts';

const PRICES = { 'ADA-USD': [0.7, 3], 'BTC-USD': [87_000, -1], 'ETH-USD': [2_000, 2] } as const;

function listOf(stored: Record<string, string> = {}) {
  const preferences: Preferences = {
    get: (key) => stored[key],
    set: (key, value) => {
      stored[key] = value;
    },
  };
  const market = new MarketState({ choice: 'BTC-USD', interval: '1m', publishSoon: () => undefined, now: () => 0 });
  const tick = (symbol: string, price: number, change: number) => ({ symbol, price, size: 1, change, time: 1 });
  market.snapshot(Object.entries(PRICES).map(([symbol, [price, change]]) => tick(symbol, price, change)));
  market.publish();
  const watch = new WatchList(market.quotes, preferences);
  const move = (symbol: string, price: number): void => {
    market.tick(tick(symbol, price, 0));
    market.publish();
  };
  return { watch, stored, move, shown: () => watch.rows.value.map(({ symbol }) => symbol.slice(0, 3)).join(' ') };
}

test('symbols are sorted by name, price or change; numbers begin with the highest; again turns the order round', () => {
  const { watch, shown } = listOf();
  assert.equal(shown(), 'ADA BTC ETH');
  watch.sortBy('price');
  assert.equal(shown(), 'BTC ETH ADA');
  watch.sortBy('price');
  assert.equal(shown(), 'ADA ETH BTC');
  watch.sortBy('change');
  assert.equal(shown(), 'ADA ETH BTC');
  watch.sortBy('symbol');
  watch.sortBy('symbol');
  assert.equal(shown(), 'ETH BTC ADA');
});

test('the search finds parts of names, however they are written', () => {
  const { watch, shown } = listOf();
  for (const [query, found] of [
    ['eth', 'ETH'],
    [' ETH-usd ', 'ETH'],
    ['btcusd', 'BTC'],
    ['btc/usd', 'BTC'],
    ['usd', 'ADA BTC ETH'],
    ['doge', ''],
  ] as const) {
    watch.query.value = query;
    assert.equal(shown(), found, query);
  }
});

test('favourites stand on top, in the same order among themselves', () => {
  const { watch, shown } = listOf();
  watch.star('ETH-USD');
  assert.equal(shown(), 'ETH ADA BTC');
  watch.star('BTC-USD');
  assert.equal(shown(), 'BTC ETH ADA');
  watch.star('ETH-USD');
  assert.equal(shown(), 'BTC ADA ETH');
});

test('order and favourites are remembered, and what was remembered wrongly is left out', () => {
  const first = listOf();
  first.watch.sortBy('price');
  first.watch.star('ADA-USD');
  assert.equal(listOf(first.stored).shown(), 'ADA BTC ETH');
  assert.equal(listOf({ sort: 'volume descending', favourites: '<b> ,' }).shown(), 'ADA BTC ETH');
});

test('no row moves with a price until the list is sorted again', () => {
  const { watch, shown, move } = listOf();
  watch.sortBy('price');
  assert.equal(shown(), 'BTC ETH ADA');
  move('ADA-USD', 100_000);
  assert.equal(shown(), 'BTC ETH ADA');
  watch.resort();
  assert.equal(shown(), 'ADA BTC ETH');
});
