import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { Refusal } from '../errors.ts';
import type { Identity } from './identity.ts';
import { needScope } from './scopes.ts';
import type { SignIn } from './sign-in.ts';

/** Tells who moderates: whose token has the scope `moderate`, and who brings the moderators' own token. */
export interface Moderators {
  /** Who makes a request. Throws `sign-in-needed`, `token-invalid`, `token-expired`, `scope-missing`, `sign-in-down`. */
  whoModerates(request: IncomingMessage): Promise<Identity>;
  /** Whether that is the moderators' own token. */
  isTheirs(token: string | undefined): boolean;
}

/** Who brings the token has no name of its own; the audit calls it so. */
const SHARED: Identity = {
  subject: 'moderator',
  name: 'moderator',
  scopes: new Set(['chat:read', 'moderate']),
  expiresAt: Number.POSITIVE_INFINITY,
};

/** @param token - the moderators' own; none where it is empty */
export function moderatorsBy(signIn: SignIn | undefined, token: string): Moderators {
  const wanted = digest(token);
  // Digests are of one length, so how long this takes tells nothing.
  const isTheirs = (given: string | undefined): boolean =>
    token !== '' && given !== undefined && timingSafeEqual(digest(given), wanted);
  return {
    isTheirs,
    async whoModerates(request) {
      const [, given] = /^Bearer +(\S+) *$/i.exec(request.headers.authorization ?? '') ?? [];
      if (isTheirs(given)) return SHARED;
      if (signIn === undefined) throw refusal(given, token);
      const identity = await signIn.whoAsks(request);
      needScope(identity.scopes, 'moderate');
      return identity;
    },
  };
}

function refusal(given: string | undefined, token: string): Refusal {
  if (token === '') return new Refusal('sign-in-needed', 'Nobody moderates here: set MODERATOR_TOKEN, or AUTH=jwt.');
  return given === undefined
    ? new Refusal('sign-in-needed', 'This is for moderators, and no token came.')
    : new Refusal('token-invalid', 'This is not the token of the moderators.');
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
