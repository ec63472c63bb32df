import { effect } from '@preact/signals';
import { type Interval, isInterval } from './candle.ts';
import type { MarketState } from './market-state.ts';

/** What a link to the page can ask for; undefined where it asks for nothing, or for nothing that makes sense. */
export interface MarketPlace {
  readonly symbol: string | undefined;
  readonly interval: Interval | undefined;
}

/** Symbol and interval of a query such as `?symbol=ETH-USD&interval=1m`. */
export function readMarketPlace(search: string): MarketPlace {
  const query = new URLSearchParams(search);
  const symbol = query.get('symbol') ?? '';
  const interval = query.get('interval') ?? undefined;
  return {
    symbol: /^[\w.-]{1,64}$/.test(symbol) ? symbol : undefined,
    interval: isInterval(interval) ? interval : undefined,
  };
}

/** The query with this place in it; what else is in it stays. */
export function withMarketPlace(search: string, symbol: string, interval: Interval): string {
  const query = new URLSearchParams(search);
  query.set('symbol', symbol);
  query.set('interval', interval);
  return `?${query}`;
}

/** The part of a window that is used. */
export interface AddressWindow {
  readonly location: { readonly pathname: string; readonly search: string };
  readonly history: { readonly state: unknown; pushState(state: unknown, title: string, address: string): void };
  addEventListener(type: 'popstate', listener: () => void): void;
}

/** Keeps symbol and interval in the page's address, so that it can be kept or sent, and the browser's way back leads to them. */
export function followAddress(window: AddressWindow, market: MarketState): void {
  const { location, history } = window;
  // Where an address says nothing, it means what the page began with.
  const first = { symbol: market.choice.peek(), interval: market.interval.peek() };
  let told = { ...first };
  effect(() => {
    const symbol = market.choice.value;
    const interval = market.interval.value;
    if (symbol === told.symbol && interval === told.interval) return;
    told = { symbol, interval };
    history.pushState(history.state, '', location.pathname + withMarketPlace(location.search, symbol, interval));
  });
  window.addEventListener('popstate', () => {
    const place = readMarketPlace(location.search);
    told = { symbol: place.symbol ?? first.symbol, interval: place.interval ?? first.interval };
    market.interval.value = told.interval;
    market.select(told.symbol);
  });
}
