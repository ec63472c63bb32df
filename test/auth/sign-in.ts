import type { Authenticator, Identity } from '../../server/auth/identity.ts';
import { openAuthenticator } from '../../server/auth/open.ts';
import type { Settings } from '../../server/config/settings.ts';
import { Refusal } from '../../server/errors.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { testSettings } from '../support/test-app.ts';
import { SECRET } from '../support/tokens.ts';

export const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** Sign-in by the secret of the tests, where nothing else is said. */
export async function signInBy(changes: Partial<Settings> = {}, clock = new ManualClock()): Promise<Authenticator> {
  const secret = changes.JWT_PUBLIC_KEY === undefined && changes.JWT_JWKS === undefined ? SECRET : '';
  const settings = testSettings({ AUTH: 'jwt', JWT_SECRET: secret, START_WAIT: 0, ...changes });
  const signal = new AbortController().signal;
  const made = await openAuthenticator({ settings, clock, log: silent, signal });
  if (made === undefined) throw new Error('there is no sign-in');
  return made;
}

/** What came of a token: who it is, or `code: message`. */
export async function outcome(signIn: Authenticator, token: string | undefined): Promise<Identity | string> {
  try {
    return await signIn.identify(token);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    // A short one may stand in our words by chance.
    if (token !== undefined && token.length > 20 && error.message.includes(token)) throw new Error('the token is told');
    return `${error.code}: ${error.message}`;
  }
}
