import { Client } from '@stomp/stompjs';
import { wordsFor } from './refusals.ts';
import type { PrepareSocket } from './sockets.ts';
import type { Transport } from './transport.ts';

/** How the server greeted. */
export interface Welcome {
  /** Names the server's message history. */
  readonly epoch: string;
  /** The name that the session has: a sign-in may know better than the CONNECT. */
  readonly user: string | undefined;
  readonly transport: Transport;
  /** Closed rooms are open to it, and slow mode does not hold. */
  readonly moderator: boolean;
}

/** What a session tells its owner. After `closed` it says nothing more. */
export interface SessionEvents {
  /** The server took the CONNECT. */
  connected(welcome: Welcome): void;
  /** A frame with this receipt was accepted. */
  receipt(id: string): void;
  /** It has ended, or could not be made; `reason` is the server's ERROR, where there was one. */
  closed(reason: string | undefined): void;
}

/** One STOMP session, from CONNECT to its end. */
export interface Session {
  send(destination: string, body: object, receipt?: string): void;
  /** `handle` gets each message's body, parsed; what is not JSON is left out. */
  subscribe(destination: string, headers: Readonly<Record<string, string>>, handle: (body: unknown) => void): void;
  /** Asks the server for a sign of life; tells when it has come. */
  ping(answered: () => void): void;
  close(): void;
}

/** Opens a session under a name. */
export type OpenSession = (login: string, events: SessionEvents) => Session;

export interface StompOptions {
  readonly transport: Transport;
  readonly prepare: PrepareSocket;
  /** Within this time, in milliseconds, the server has to have greeted. */
  readonly timeout: number;
  /** What goes with CONNECT besides the login: tokens, where there are some. */
  readonly connectHeaders?: () => Readonly<Record<string, string>>;
}

/** Sessions over one transport. They do not reconnect: their owner opens another. */
export function stompSessions(options: StompOptions): OpenSession {
  return (login, events) => {
    let client: Client | undefined;
    let open = true;
    let pings = 0;
    const closed = (reason?: string): void => {
      if (!open) return;
      open = false;
      // Ends the library's own state machine too; the promise resolves at once, for the socket is closed.
      void client?.deactivate();
      events.closed(reason);
    };
    const begin = async (): Promise<void> => {
      const openSocket = await options.prepare();
      if (!open) return;
      client = clientOf(login, openSocket(), options, { ...events, closed });
      client.activate();
    };
    // A script that cannot be loaded, or a policy of the browser that forbids the socket: failures as any other.
    begin().catch(() => closed());
    return {
      send(destination, body, receipt) {
        if (client?.connected !== true) return;
        const headers = receipt === undefined ? {} : { receipt };
        client.publish({ destination, body: JSON.stringify(body), headers });
      },
      subscribe(destination, headers, handle) {
        client?.subscribe(destination, (message) => handle(parsed(message.body)), { ...headers });
      },
      ping(answered) {
        if (client?.connected === true) ping(client, `ping-${pings++}`, answered);
      },
      close() {
        open = false;
        void client?.deactivate();
      },
    };
  };
}

function clientOf(login: string, socket: WebSocket, options: StompOptions, events: SessionEvents): Client {
  let reason: string | undefined;
  return new Client({
    webSocketFactory: () => socket,
    connectHeaders: { login, ...options.connectHeaders?.() },
    connectionTimeout: options.timeout,
    reconnectDelay: 0,
    // The rates that the server offers: it beats every 10 s and asks for a beat every 20 s.
    heartbeatIncoming: 10_000,
    heartbeatOutgoing: 20_000,
    // A socket whose peer is gone is let go at once; its closing handshake would take a minute.
    discardWebsocketOnCommFailure: true,
    onConnect: ({ headers }) =>
      events.connected({
        epoch: headers.epoch ?? '',
        user: headers['user-name'],
        transport: options.transport,
        moderator: headers.moderator === 'true',
      }),
    onUnhandledReceipt: ({ headers }) => events.receipt(headers['receipt-id'] ?? ''),
    onStompError: ({ headers }) => {
      reason = wordsFor(headers.code, headers.message ?? 'The server ended the session.');
    },
    onWebSocketClose: () => events.closed(reason),
  });
}

/** STOMP has no ping that is answered: a subscription that is given up at once, with a receipt, is one. */
function ping(client: Client, id: string, answered: () => void): void {
  client.watchForReceipt(id, answered);
  client.subscribe('/user/queue/errors', () => undefined, { id }).unsubscribe({ receipt: id });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
