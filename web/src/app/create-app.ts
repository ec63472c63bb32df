import { effect, type ReadonlySignal } from '@preact/signals';
import { Typist } from '../chat/typist.ts';
import { browserClock } from '../clock.ts';
import { since } from '../connection/since.ts';
import { Tap } from '../lab/tap.ts';
import { storedPreferences } from '../preferences.ts';
import { Theme } from '../theme/theme.ts';
import type { AppParts } from './context.ts';
import { createChat } from './create-chat.ts';
import { createMarket } from './create-market.ts';
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

/** The one place that knows every part. */
export function createApp(window: Window): PageApp {
  const { document } = window;
  const preferences = storedPreferences(() => window.localStorage);
  const view = new ViewState();
  const theme = new Theme(preferences, document, window.matchMedia('(prefers-color-scheme: dark)'));
  const place = new Place(window);
  const tap = new Tap();
  const { chat, connection, moderator } = createChat(window, preferences, view, tap);
  const { feed, prices, title, ...market } = createMarket(window, preferences, tap);
  effect(() => feed.seen(!view.pageHidden.value));
  effect(() => prices.alone(place.view.value === 'lab'));
  const typist = new Typist(browserClock, (typing) => connection.typing(typing));
  effect(() => chat.watch(view.watching.value));
  const changes = { chat: since(chat.link, browserClock), prices: since(market.market.link, browserClock) };
  const reconnect = (): void => {
    connection.renew();
    prices.prices.renew();
    connection.wake();
    prices.prices.wake();
  };
  return {
    parts: {
      view,
      place,
      tap,
      since: changes,
      reconnect,
      theme,
      chat,
      connection,
      moderator,
      typist,
      ...market,
      preferences,
    },
    title,
    start() {
      watchWindow(window, { view, connection, prices: prices.prices, clock: browserClock });
      // What was not sent before the page was loaded again shows at once.
      chat.changed();
      connection.start();
      void moderator.begin();
      window.addEventListener('hashchange', () => void moderator.begin());
    },
  };
}
