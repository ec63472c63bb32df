import type { IncomingMessage } from 'node:http';
import type { Peer } from '../session/peer.ts';

/** Reads who makes a request. */
export function peerOf(request: IncomingMessage): Peer {
  return { address: request.socket.remoteAddress ?? '', token: undefined };
}
