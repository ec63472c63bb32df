import { Versions } from '@stomp/stompjs';
import type { Tap } from '../lab/tap.ts';
import { sockJsSockets, webSockets } from './sockets.ts';
import { type OpenSession, stompSessions } from './stomp-session.ts';
import type { Transport } from './transport.ts';

const PATH = '/ws-endpoint';
/** How long each transport may take to greet. A proxy that swallows the first two shows by nothing else. */
const TIMEOUT_MS: Readonly<Record<Transport, number>> = {
  websocket: 8_000,
  'xhr-streaming': 8_000,
  'xhr-polling': 15_000,
};
const REACHABLE_MS = 5_000;

/** Opens STOMP sessions at the server of a page, over each transport. */
export function sessionsByTransport(
  page: string,
  tap: Tap,
  connectHeaders: () => Readonly<Record<string, string>>,
): Readonly<Record<Transport, OpenSession>> {
  const url = new URL(PATH, page).href;
  const over = (transport: Transport): OpenSession => {
    const prepare =
      transport === 'websocket' ? webSockets(url, Versions.default, tap) : sockJsSockets(url, transport, tap);
    return stompSessions({ transport, prepare, timeout: TIMEOUT_MS[transport], connectHeaders });
  };
  return {
    websocket: over('websocket'),
    'xhr-streaming': over('xhr-streaming'),
    'xhr-polling': over('xhr-polling'),
  };
}

/** Whether the server answers over HTTP now, where its SockJS is. */
export async function serverReachable(): Promise<boolean> {
  try {
    const response = await fetch(`${PATH}/info`, { cache: 'no-store', signal: AbortSignal.timeout(REACHABLE_MS) });
    return response.ok;
  } catch {
    return false;
  }
}
