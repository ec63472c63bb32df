import type { Scope } from './scopes.ts';

/** Who somebody is, as a token says. */
export interface Identity {
  /** The same for all tokens of one user; `undefined` for who came without a token. */
  readonly subject: string | undefined;
  /** What others see; `undefined` for who came without a token. */
  readonly name: string | undefined;
  readonly scopes: ReadonlySet<Scope>;
  /** Until when that holds, in milliseconds since 1970 UTC; `Infinity` without a token. */
  readonly expiresAt: number;
}

/**
 * Checks tokens. Throws or rejects with a `Refusal`: `sign-in-needed` without a token, `token-invalid`, `token-expired`,
 * `sign-in-down`. No message has any part of the token in it.
 */
export interface Authenticator {
  identify(token: string | undefined): Identity | Promise<Identity>;
}
