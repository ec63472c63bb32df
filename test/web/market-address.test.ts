import assert from 'node:assert/strict';
import { test } from 'node:test';
import { followAddress, readMarketPlace, withMarketPlace } from '../../web/src/market/market-address.ts';
import { MarketState } from '../../web/src/market/market-state.ts';

test('an address names symbol and interval, and what makes no sense in it is left out', () => {
  assert.deepEqual(readMarketPlace('?symbol=ETH-USD&interval=1m'), { symbol: 'ETH-USD', interval: '1m' });
  for (const search of ['', '?symbol=&interval=', '?symbol=%3Cb%3E&interval=2m', '?interval=toString'])
    assert.deepEqual(readMarketPlace(search), { symbol: undefined, interval: undefined }, search);
});

test('the rest of an address stays', () => {
  assert.equal(withMarketPlace('?room=x&symbol=A', 'B', '1h'), '?room=x&symbol=B&interval=1h');
});

/** A window with a history of addresses. */
class FakeWindow extends EventTarget {
  readonly addresses = ['/'];
  at = 0;
  readonly history = {
    state: null,
    pushState: (_state: unknown, _title: string, address: string): void => {
      this.addresses.splice(++this.at, this.addresses.length, address);
    },
  };

  get location() {
    const url = new URL(this.addresses[this.at] ?? '', 'http://x');
    return { pathname: url.pathname, search: url.search };
  }

  back(): void {
    this.at--;
    this.dispatchEvent(new Event('popstate'));
  }
}

test('each choice has an address, and the way back leads through them to what the page began with', () => {
  const window = new FakeWindow();
  const market = new MarketState({ choice: 'BTC-USD', interval: '1s', publishSoon: () => undefined, now: () => 0 });
  followAddress(window, market);
  assert.deepEqual(window.addresses, ['/']);
  market.select('ETH-USD');
  market.interval.value = '5m';
  assert.deepEqual(window.addresses.slice(1), ['/?symbol=ETH-USD&interval=1s', '/?symbol=ETH-USD&interval=5m']);
  window.back();
  assert.deepEqual([market.choice.value, market.interval.value], ['ETH-USD', '1s']);
  window.back();
  assert.deepEqual([market.choice.value, market.interval.value], ['BTC-USD', '1s']);
  assert.equal(window.addresses.length, 3);
});
