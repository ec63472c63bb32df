import { Client, Versions } from '@stomp/stompjs';
import type { Tap } from '../lab/tap.ts';

/** What a session tells its owner. After `closed` it says nothing more. */
export interface SessionEvents {
  /** The server took the CONNECT. `epoch` names its message history. */
  connected(epoch: string): void;
  /** A SEND with this receipt was accepted. */
  receipt(id: string): void;
  /** It has ended, or could not be made; `reason` is the server's ERROR, where there was one. */
  closed(reason: string | undefined): void;
}

/** One STOMP session, from CONNECT to its end. */
export interface Session {
  send(destination: string, body: object, receipt?: string): void;
  /** `handle` gets each message's body, parsed; what is not JSON is left out. */
  subscribe(destination: string, headers: Readonly<Record<string, string>>, handle: (body: unknown) => void): void;
  close(): void;
}

/** Opens a session under a name. */
export type OpenSession = (login: string, events: SessionEvents) => Session;

const CONNECT_TIMEOUT_MS = 10_000;

/** Sessions over a WebSocket at `url`, which the Lab may look at. They do not reconnect: their owner opens another. */
export function stompSessions(url: string, tap: Tap): OpenSession {
  return (login, events) => {
    let reason: string | undefined;
    let open = true;
    const client = new Client({
      webSocketFactory: () =>
        tap.socket(new WebSocket(tap.url(url, 'chat'), Versions.default.protocolVersions()), 'chat'),
      connectHeaders: { login },
      connectionTimeout: CONNECT_TIMEOUT_MS,
      reconnectDelay: 0,
      // The rates that the server offers: it beats every 10 s and asks for a beat every 20 s.
      heartbeatIncoming: 10_000,
      heartbeatOutgoing: 20_000,
      // A socket whose peer is gone is let go at once; its closing handshake would take a minute.
      discardWebsocketOnCommFailure: true,
      onConnect: (frame) => events.connected(frame.headers.epoch ?? ''),
      onUnhandledReceipt: (frame) => events.receipt(frame.headers['receipt-id'] ?? ''),
      onStompError: (frame) => {
        reason = frame.headers.message ?? 'The server ended the session.';
      },
      onWebSocketClose: () => {
        if (!open) return;
        open = false;
        // Ends the library's own state machine too; the promise resolves at once, for the socket is closed.
        void client.deactivate();
        events.closed(reason);
      },
    });
    client.activate();
    return {
      send(destination, body, receipt) {
        if (!client.connected) return;
        const headers = receipt === undefined ? {} : { receipt };
        client.publish({ destination, body: JSON.stringify(body), headers });
      },
      subscribe(destination, headers, handle) {
        client.subscribe(destination, (message) => handle(parsed(message.body)), { ...headers });
      },
      close() {
        open = false;
        void client.deactivate();
      },
    };
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
