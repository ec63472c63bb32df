import type { PriceState } from '../market/market-state.ts';
import type { LinkState } from './link.ts';
import type { Transport } from './transport.ts';

/** What is known of the page's two connections. */
export interface Connections {
  readonly chat: LinkState;
  /** Messages that the server has are not here yet. */
  readonly behind: boolean;
  readonly transport: Transport;
  readonly prices: PriceState;
}

/** How well: the colour and shape of the sign. */
export type Level = 'live' | 'waiting' | 'limited' | 'offline';

/** The page's connections in one sign and some words. */
export interface Health {
  readonly level: Level;
  readonly words: string;
}

const CHAT: Readonly<Record<Exclude<LinkState, 'live'>, Health>> = {
  connecting: { level: 'waiting', words: 'Connecting' },
  reconnecting: { level: 'waiting', words: 'Reconnecting' },
  offline: { level: 'offline', words: 'Offline' },
};

const OVER: Readonly<Record<Transport, Health>> = {
  websocket: { level: 'live', words: 'Live' },
  'xhr-streaming': { level: 'limited', words: 'Streaming through SockJS' },
  'xhr-polling': { level: 'limited', words: 'Polling through SockJS' },
};

const PRICES: Readonly<Record<Exclude<PriceState, 'live'>, Health>> = {
  connecting: { level: 'waiting', words: 'Prices connecting' },
  stale: { level: 'limited', words: 'Prices stale' },
  offline: { level: 'offline', words: 'Prices offline' },
};

/** The state of the chat, by itself. */
export function chatHealth({ chat, behind, transport }: Omit<Connections, 'prices'>): Health {
  if (chat !== 'live') return CHAT[chat];
  return behind ? { level: 'waiting', words: 'Catching up' } : OVER[transport];
}

/** Both in one: the chat's state first, then what is wrong with the prices; `Live` only where all is. */
export function healthOf(connections: Connections): Health {
  const chat = chatHealth(connections);
  const { prices } = connections;
  // Without a server there are no prices either: one word says it.
  if (prices === 'live' || chat.level === 'offline' || connections.chat === 'connecting') return chat;
  const priced = PRICES[prices];
  if (chat.level === 'live') return priced;
  const level = priced.level === 'offline' ? 'limited' : chat.level;
  return { level, words: `${chat.words} · ${priced.words.toLowerCase()}` };
}
