import type { LinkState } from '../connection/link.ts';
import type { Transport } from '../connection/transport.ts';
import type { PriceState } from '../market/market-state.ts';
import { useApp } from './context.ts';

const CHAT: Record<LinkState, { word: string; text: string }> = {
  connecting: { word: 'connecting', text: 'Connecting to the chat.' },
  live: { word: 'live', text: 'The chat is connected.' },
  reconnecting: { word: 'reconnecting', text: 'The chat lost its connection and is connecting again.' },
  offline: { word: 'offline', text: 'The chat cannot reach the server. It goes on trying; messages wait here.' },
};

/** A live chat that goes another way than usual says so. */
const OVER: Record<Transport, { word: string; text: string }> = {
  websocket: CHAT.live,
  'xhr-streaming': {
    word: 'streaming through SockJS',
    text: 'The chat is connected through SockJS, because WebSocket is blocked on the way to the server.',
  },
  'xhr-polling': {
    word: 'polling through SockJS',
    text: 'The chat is connected by polling through SockJS, because WebSocket and streaming are blocked on the way to the server.',
  },
};

const PRICES: Record<PriceState, { word: string; text: string }> = {
  connecting: { word: 'connecting', text: 'Connecting to the prices.' },
  live: { word: 'live', text: 'Prices are live.' },
  stale: { word: 'stale', text: 'No price has come in for a while: those shown may be old.' },
  offline: { word: 'offline', text: 'The prices cannot reach the server. Those shown are old.' },
};

/** How the page's two connections stand, in words as well as in colour. */
export function ConnectionStatus() {
  const { chat, market, connection } = useApp();
  const chatState = chat.link.value;
  const priceState = market.link.value;
  const problem = chat.problem.value;
  const chatWords = chatState === 'live' ? OVER[chat.transport.value] : CHAT[chatState];
  const chatText = problem === undefined ? chatWords.text : `${chatWords.text} ${problem}`;
  return (
    <div class="status" role="status">
      <span class="status-item" data-testid="connection-prices" data-state={priceState} title={PRICES[priceState].text}>
        <span class="status-dot" />
        Prices <b>{PRICES[priceState].word}</b>
      </span>
      <span
        class="status-item"
        data-testid="connection-chat"
        data-state={chatState}
        data-transport={chat.transport.value}
        title={chatText}
      >
        <span class="status-dot" />
        Chat <b>{chatWords.word}</b>
      </span>
      {chatState === 'offline' && (
        <button type="button" class="button small" onClick={() => connection.wake()}>
          Try now
        </button>
      )}
    </div>
  );
}
