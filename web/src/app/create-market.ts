import { effect } from '@preact/signals';
import { browserClock } from '../clock.ts';
import { serverApi } from '../connection/api.ts';
import { openPrices } from '../connection/open-prices.ts';
import { inFrame } from '../frames.ts';
import type { Tap } from '../lab/tap.ts';
import { isInterval } from '../market/candle.ts';
import { ChartFeed } from '../market/chart-feed.ts';
import { followAddress, readMarketPlace } from '../market/market-address.ts';
import { MarketFeed } from '../market/market-feed.ts';
import { MarketState } from '../market/market-state.ts';
import { PriceTitle } from '../market/price-title.ts';
import { SparkReader } from '../market/spark-reader.ts';
import { WatchList } from '../market/watch-list.ts';
import type { Preferences } from '../preferences.ts';
import { randomUuid } from './random-uuid.ts';

const random = (): number => Math.random();

/** The market's parts, put together, and not yet connected. */
export function createMarket(window: Window, preferences: Preferences, tap: Tap) {
  const asked = readMarketPlace(window.location.search);
  const interval = preferences.get('interval');
  const market = new MarketState({
    choice: asked.symbol ?? preferences.get('symbol') ?? 'BTC-USD',
    // Seconds at first: a server that has just started has no longer candles to show.
    interval: asked.interval ?? (isInterval(interval) ? interval : '1s'),
    publishSoon: inFrame(
      () => {
        market.publish();
        chart.publish();
      },
      window.document,
      true,
    ),
    now: () => browserClock.now(),
  });
  const watch = new WatchList(market.quotes, preferences);
  const sparks = new SparkReader(market, serverApi);
  const chart = new ChartFeed(market, serverApi, browserClock);
  followAddress(window, market);
  effect(() => {
    preferences.set('symbol', market.choice.value);
    preferences.set('interval', market.interval.value);
  });
  const open = (url: string): EventSource => tap.source(new EventSource(tap.url(url, 'prices')), 'prices', url);
  const title = new PriceTitle(market, browserClock);
  const feed = new MarketFeed({ market, chart, sparks, title, clock: browserClock });
  const prices = openPrices(window, randomUuid(window.crypto), {
    clock: browserClock,
    random,
    open,
    event: (event) => feed.event(event),
    changed: (link) => feed.changed(link),
  });
  return { market, watch, sparks, chart, feed, prices, title: title.text };
}
