import type { IncomingMessage } from 'node:http';
import type { Authenticator, Identity } from './identity.ts';
import { type RequestToken, type TokenPlaces, tokenOfRequest } from './request-token.ts';

/** Sign-in as the transports need it: where tokens are, and whose they are. */
export interface SignIn extends Authenticator {
  /** The token of a request by which a connection or stream begins. Throws `token-invalid` for two different ones. */
  tokenOf(request: IncomingMessage): RequestToken | undefined;
  /** Who makes a request of the API. There a token in the query does not count: whoever asks can set a header. */
  whoAsks(request: IncomingMessage): Promise<Identity>;
}

export function signInBy(authenticator: Authenticator, places: TokenPlaces): SignIn {
  return {
    identify: (token) => authenticator.identify(token),
    tokenOf: (request) => tokenOfRequest(request, places, true),
    whoAsks: async (request) => authenticator.identify(tokenOfRequest(request, places, false)?.value),
  };
}
