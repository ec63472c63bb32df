import type { Versions } from '@stomp/stompjs';
import type { Tap } from '../lab/tap.ts';
import type { Transport } from './transport.ts';

/** Makes a socket, or something that behaves like one. */
export type OpenSocket = () => WebSocket;

/** Makes ready what a transport needs; rejects where that cannot be had. */
export type PrepareSocket = () => Promise<OpenSocket>;

/** A WebSocket at an http URL. The Lab may look at it. */
export function webSockets(url: string, versions: Versions, tap: Tap): PrepareSocket {
  const address = url.replace(/^http/, 'ws');
  return async () => () => tap.socket(new WebSocket(tap.url(address, 'chat'), versions.protocolVersions()), 'chat');
}

/** SockJS at an http URL, over one transport alone. The library is loaded when it is first needed. */
export function sockJsSockets(
  url: string,
  transport: Exclude<Transport, 'websocket'>,
  tap: Tap,
  name = 'chat',
): PrepareSocket {
  return async () => {
    const { default: SockJS } = await import('sockjs-client');
    // The session decides how long it waits; SockJS's own guess from one round trip would be too short on a bad line.
    return () => tap.sockJs(new SockJS(url, null, { transports: transport, timeout: 60_000 }), name, transport);
  };
}
