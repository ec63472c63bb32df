import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MarketState } from '../../web/src/market/market-state.ts';
import { PriceTitle } from '../../web/src/market/price-title.ts';
import { ManualClock } from '../support/manual-clock.ts';

function titleOf() {
  const clock = new ManualClock();
  const market = new MarketState({ choice: 'BTC-USD', interval: '1s', publishSoon: () => undefined, now: () => 0 });
  const title = new PriceTitle(market, clock);
  market.link.value = 'live';
  const tick = (symbol: string, price: number): void => {
    market.tick({ symbol, price, size: 1, change: 0, time: 1 });
    title.tick();
  };
  return { clock, market, title, tick };
}

test('the title has the chosen price, anew once a second', () => {
  const { clock, title, tick } = titleOf();
  assert.equal(title.text.value, undefined);
  tick('BTC-USD', 100);
  tick('BTC-USD', 200);
  assert.equal(title.text.value, '100.00 BTC-USD');
  clock.advance(1_000);
  tick('BTC-USD', 300);
  assert.equal(title.text.value, '300.00 BTC-USD');
});

test('another choice shows at once', () => {
  const { market, title, tick } = titleOf();
  tick('BTC-USD', 100);
  tick('ETH-USD', 5);
  market.publish();
  market.select('ETH-USD');
  assert.equal(title.text.value, '5.00 ETH-USD');
});

test('a price that may be old is in no title', () => {
  const { market, title, tick } = titleOf();
  tick('BTC-USD', 100);
  market.link.value = 'stale';
  assert.equal(title.text.value, undefined);
});
