import type { ReadonlySignal } from '@preact/signals';
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { ChatConnection } from '../chat/chat-connection.ts';
import type { ChatState } from '../chat/chat-state.ts';
import type { Typist } from '../chat/typist.ts';
import type { Tap } from '../lab/tap.ts';
import type { ChartFeed } from '../market/chart-feed.ts';
import type { MarketState } from '../market/market-state.ts';
import type { SparkReader } from '../market/spark-reader.ts';
import type { WatchList } from '../market/watch-list.ts';
import type { Moderator } from '../moderation/moderator.ts';
import type { Preferences } from '../preferences.ts';
import type { Theme } from '../theme/theme.ts';
import type { Place } from './place.ts';
import type { ViewState } from './view-state.ts';

/** What the views are made from: states to read, and what acts on them. */
export interface AppParts {
  readonly view: ViewState;
  readonly place: Place;
  /** Where the Lab sees the page's connections. */
  readonly tap: Tap;
  /** When the states of the connections last changed, in milliseconds since 1970. */
  readonly since: { readonly chat: ReadonlySignal<number>; readonly prices: ReadonlySignal<number> };
  /** Makes both connections anew, at once. */
  reconnect(): void;
  readonly theme: Theme;
  readonly chat: ChatState;
  readonly connection: ChatConnection;
  readonly moderator: Moderator;
  readonly typist: Typist;
  readonly market: MarketState;
  readonly sparks: SparkReader;
  readonly watch: WatchList;
  readonly chart: ChartFeed;
  readonly preferences: Preferences;
}

export const AppContext = createContext<AppParts | undefined>(undefined);

/** The parts, for a view below `AppContext.Provider`. */
export function useApp(): AppParts {
  const parts = useContext(AppContext);
  if (parts === undefined) throw new Error('no AppContext above this view');
  return parts;
}
