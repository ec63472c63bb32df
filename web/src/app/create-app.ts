import { effect, type ReadonlySignal } from '@preact/signals';
import { Typist } from '../chat/typist.ts';
import { browserClock } from '../clock.ts';
import { serverApi } from '../connection/api.ts';
import { since } from '../connection/since.ts';
import { inFrame } from '../frames.ts';
import { Tap } from '../lab/tap.ts';
import { isInterval } from '../market/candle.ts';
import { ChartFeed } from '../market/chart-feed.ts';
import { followAddress, readMarketPlace } from '../market/market-address.ts';
import { MarketFeed } from '../market/market-feed.ts';
import { MarketState } from '../market/market-state.ts';
import { PriceTitle } from '../market/price-title.ts';
import { SparkReader } from '../market/spark-reader.ts';
import { WatchList } from '../market/watch-list.ts';
import { type Preferences, storedPreferences } from '../preferences.ts';
import { Theme } from '../theme/theme.ts';
import type { AppParts } from './context.ts';
import { createChat } from './create-chat.ts';
import { Place } from './place.ts';
import { ViewState } from './view-state.ts';
import { watchWindow } from './watch-window.ts';

/** The page's parts, put together, and not yet connected. */
export interface PageApp {
  readonly parts: AppParts;
  /** What the title of the tab says of prices. */
  readonly title: ReadonlySignal<string | undefined>;
  start(): void;
}

const random = (): number => Math.random();

/** The one place that knows every part. */
export function createApp(window: Window): PageApp {
  const { document } = window;
  const preferences = storedPreferences(() => window.localStorage);
  const view = new ViewState();
  const theme = new Theme(preferences, document, window.matchMedia('(prefers-color-scheme: dark)'));
  const place = new Place(window);
  const tap = new Tap();
  const { chat, connection } = createChat(window, preferences, view, tap);
  const { feed, title, ...prices } = createMarket(window, preferences, tap);
  const typist = new Typist(browserClock, (typing) => connection.typing(typing));
  effect(() => chat.watch(view.watching.value));
  const changes = { chat: since(chat.link, browserClock), prices: since(prices.market.link, browserClock) };
  const reconnect = (): void => {
    connection.renew();
    feed.stream.renew();
    connection.wake();
    feed.stream.wake();
  };
  return {
    parts: { view, place, tap, since: changes, reconnect, theme, chat, connection, typist, ...prices, preferences },
    title,
    start() {
      watchWindow(window, { view, connection, prices: feed.stream, clock: browserClock });
      // What was not sent before the page was loaded again shows at once.
      chat.changed();
      connection.start();
    },
  };
}

function createMarket(window: Window, preferences: Preferences, tap: Tap) {
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
  const feed = new MarketFeed({ market, chart, sparks, title, clock: browserClock, random, open });
  return { market, watch, sparks, chart, feed, title: title.text };
}
