import { sockJsSockets } from '../connection/sockets.ts';
import type { OpenLabSocket } from './lab-socket.ts';
import type { Tap } from './tap.ts';

const PATH = '/ws-endpoint';

/** Opens the Lab's own connections at the server of a page. */
export function labSockets(page: string, tap: Tap): OpenLabSocket {
  const url = new URL(PATH, page).href;
  return async (transport) => {
    if (transport !== 'websocket') return (await sockJsSockets(url, transport, tap, 'lab')())();
    const socket = tap.socket(new WebSocket(tap.url(url.replace(/^http/, 'ws'), 'lab'), ['v12.stomp']), 'lab');
    socket.binaryType = 'arraybuffer';
    return socket;
  };
}
