import type { JWTPayload } from 'jose';
import { Refusal } from '../errors.ts';
import { isName } from '../name.ts';
import type { Identity } from './identity.ts';
import { type Scope, scopesIn } from './scopes.ts';

/** How the claims of a token are read. */
export interface ClaimOptions {
  readonly nameClaim: string;
  readonly scopeClaim: string;
  /** What every token allows besides its own scopes. */
  readonly defaultScopes: readonly string[];
  /** In seconds. */
  readonly clockSkew: number;
}

/** The names that count where the claim for it is absent or unfit. */
const OTHER_NAMES = ['preferred_username', 'sub'];
/** The end of the year 9999, in seconds. What is later is no time, or one in milliseconds: such a token would hardly ever end. */
const LATEST = 253_402_300_799;

/** Who a checked token is about. Throws `token-invalid` where it does not say. */
export function identityOf(claims: JWTPayload, options: ClaimOptions): Identity {
  const { iss = '', sub, exp } = claims;
  if (exp === undefined) throw new Refusal('token-invalid', 'The token has no end (exp).');
  if (exp > LATEST) throw new Refusal('token-invalid', 'The end of the token (exp) is no time in seconds.');
  const name = nameIn(claims, [options.nameClaim, ...OTHER_NAMES]);
  return {
    subject: JSON.stringify([iss, sub ?? name]),
    name,
    scopes: allowedBy(claims[options.scopeClaim], options.defaultScopes),
    expiresAt: (exp + options.clockSkew) * 1_000,
  };
}

function nameIn(claims: JWTPayload, order: readonly string[]): string {
  for (const claim of order) {
    const value = Object.hasOwn(claims, claim) ? claims[claim] : undefined;
    if (typeof value === 'string' && value.trim() !== '' && isName(value)) return value;
  }
  throw new Refusal('token-invalid', `The token has no name that could be shown (${order.join(', ')}).`);
}

/** RFC 8693 section 4.2 has them as one text; others as a list. */
function allowedBy(claim: unknown, always: readonly string[]): Set<Scope> {
  const own = typeof claim === 'string' ? claim.split(' ') : Array.isArray(claim) ? claim.map(String) : [];
  return scopesIn([...own, ...always]);
}
