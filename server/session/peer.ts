import type { RequestToken } from '../auth/request-token.ts';

/** Who is at the other end of a connection, as far as its request tells. */
export interface Peer {
  /** The client's IP address, by which limits are counted. */
  readonly address: string;
  /** What the request brought to sign in with, not checked yet. */
  readonly token: RequestToken | undefined;
}
