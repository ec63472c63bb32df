import type { Identity } from '../auth/identity.ts';
import { networkOf } from '../limits/network.ts';
import type { Sender } from './destinations.ts';
import type { Peer } from './peer.ts';

/** As whom a session begins. */
export interface SignedInAs {
  readonly name: string | undefined;
  /** Whose token came; `undefined` for guests. */
  readonly identity?: Identity;
  /** Whether the moderators' own token came too. */
  readonly moderator?: boolean;
}

/** What is known of a sender besides its name. */
export type Known = Pick<Sender, 'signedIn' | 'address' | 'moderator'>;

export function knownOf({ identity, moderator = false }: SignedInAs, { address }: Peer): Known {
  return {
    address: networkOf(address),
    ...(identity?.name !== undefined && { signedIn: true }),
    ...((moderator || identity?.scopes.has('moderate')) && { moderator: true }),
  };
}

/** The sender with a newer token: what that allows holds for what it sends from now on. It allows no less than the one before. */
export function withScopes(sender: Sender, { scopes }: Identity): Sender {
  return scopes.has('moderate') ? { ...sender, moderator: true } : sender;
}
