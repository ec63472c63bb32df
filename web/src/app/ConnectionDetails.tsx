import type { ComponentChildren } from 'preact';
import { timeText } from '../chat/times.ts';
import { chatHealth } from '../connection/health.ts';
import type { Transport } from '../connection/transport.ts';
import { momentText } from '../market/format.ts';
import type { PriceState } from '../market/market-state.ts';
import { useApp } from './context.ts';

const TRANSPORTS: Readonly<Record<Transport, string>> = {
  websocket: 'STOMP on WebSocket',
  'xhr-streaming': 'STOMP on SockJS, xhr-streaming',
  'xhr-polling': 'STOMP on SockJS, xhr-polling',
};

/** Why the way is another one than usual. */
const REASONS: Readonly<Record<Transport, string | undefined>> = {
  websocket: undefined,
  'xhr-streaming': 'WebSocket is blocked on the way to the server. It is tried again every five minutes.',
  'xhr-polling': 'WebSocket and streaming are blocked on the way to the server. Messages come a little later.',
};

const PRICES: Readonly<Record<PriceState, string>> = {
  connecting: 'Connecting',
  live: 'Live',
  stale: 'Stale: those shown may be old',
  offline: 'Offline: those shown are old',
};

/** What is known of each connection. It is there while it is closed, too, and shown to nobody. */
export function ConnectionDetails({ open }: { open: boolean }) {
  const { market, reconnect, since } = useApp();
  const prices = market.link.value;
  const now = Date.now();
  return (
    <section id="connection-details" class="details" aria-label="Connections" hidden={!open}>
      <ChatDetails />
      <h2 class="details-title">Prices</h2>
      <dl class="details-list" data-testid="connection-prices" data-state={prices}>
        <Line name="State">
          {PRICES[prices]}, since {momentText(since.prices.value, now, timeText)}
        </Line>
        <Line name="Carried by">Server-Sent Events</Line>
      </dl>
      <button type="button" class="button" data-testid="reconnect" onClick={reconnect}>
        Reconnect now
      </button>
    </section>
  );
}

function ChatDetails() {
  const { chat, since } = useApp();
  const now = Date.now();
  const link = chat.link.value;
  const transport = chat.transport.value;
  const room = chat.room.value;
  const { words } = chatHealth({ chat: link, behind: room.behind.value, transport });
  const latency = chat.latency.value;
  const last = chat.lastProblem.value;
  const why = link === 'live' ? REASONS[transport] : undefined;
  return (
    <>
      <h2 class="details-title">Chat</h2>
      <dl class="details-list" data-testid="connection-chat" data-state={link} data-transport={transport}>
        <Line name="State">
          {words}, since {momentText(since.chat.value, now, timeText)}
        </Line>
        <Line name="Carried by">{link === 'live' ? TRANSPORTS[transport] : 'nothing now'}</Line>
        <Line name="Round trip">
          <span data-testid="latency">{latency === undefined ? 'not measured' : `${latency} ms`}</span>
        </Line>
        <Line name="Last problem">
          {last === undefined ? 'none' : `${last.text} (${momentText(last.at, now, timeText)})`}
        </Line>
      </dl>
      {why !== undefined && <p class="details-note">{why}</p>}
      {link === 'offline' && <p class="details-note">The page goes on trying. What you write waits here.</p>}
    </>
  );
}

function Line({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
