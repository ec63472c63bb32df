import type { IncomingMessage } from 'node:http';
import type { ClientAddresses } from '../limits/client-address.ts';
import type { Peer } from '../session/peer.ts';

/** Reads who makes a request; where proxies stand between, by who `addresses` says it is. */
export function peerOf(request: IncomingMessage, addresses?: ClientAddresses): Peer {
  return { address: addresses?.of(request) ?? request.socket.remoteAddress ?? '', token: undefined };
}
