import type { IncomingMessage } from 'node:http';
import type { SignIn } from '../auth/sign-in.ts';
import type { ClientAddresses } from '../limits/client-address.ts';
import type { Peer } from '../session/peer.ts';

/**
 * Reads who makes a request; where proxies stand between, by who `addresses` says it is. Tokens are read only where there is
 * `signIn`; two different ones are refused with `token-invalid`.
 */
export function peerOf(request: IncomingMessage, addresses?: ClientAddresses, signIn?: Pick<SignIn, 'tokenOf'>): Peer {
  const address = addresses?.of(request) ?? request.socket.remoteAddress ?? '';
  return { address, token: signIn?.tokenOf(request) };
}
