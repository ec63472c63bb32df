import { errors, type JWTVerifyGetKey, jwtVerify } from 'jose';
import type { Clock } from '../clock.ts';
import { Refusal } from '../errors.ts';
import { type ClaimOptions, identityOf } from './claims.ts';
import type { Authenticator, Identity } from './identity.ts';

/** Characters of a token, at most. */
const MAX_TOKEN = 8_192;

export interface JwtOptions extends ClaimOptions {
  readonly clock: Clock;
  readonly key: JWTVerifyGetKey;
  /** The only ones that a token may be signed with; all of them fit the key. */
  readonly algorithms: readonly string[];
  /** Empty: not checked. */
  readonly issuer: string;
  readonly audience: string;
  /** Whether who has no token may read. */
  readonly anonymousRead: boolean;
}

const ANONYMOUS: Identity = {
  subject: undefined,
  name: undefined,
  scopes: new Set(['chat:read', 'market:read', 'stream:read']),
  expiresAt: Number.POSITIVE_INFINITY,
};

/** Signs in by JSON Web Tokens (RFC 7519), with the advice of RFC 8725: the algorithm is ours to say and not the token's. */
export function jwtAuthenticator(options: JwtOptions): Authenticator {
  return {
    identify(token) {
      if (token === undefined && options.anonymousRead) return ANONYMOUS;
      if (token === undefined) throw new Refusal('sign-in-needed');
      if (token.length > MAX_TOKEN)
        throw new Refusal('token-invalid', `The token is longer than ${MAX_TOKEN} characters.`);
      return verify(token, options);
    },
  };
}

async function verify(token: string, options: JwtOptions): Promise<Identity> {
  const { clock, key, algorithms, issuer, audience, clockSkew } = options;
  try {
    const { payload } = await jwtVerify(token, key, {
      algorithms: [...algorithms],
      clockTolerance: clockSkew,
      currentDate: new Date(clock.now()),
      requiredClaims: ['exp'],
      ...(issuer !== '' && { issuer }),
      ...(audience !== '' && { audience }),
    });
    return identityOf(payload, options);
  } catch (error) {
    throw refusalFor(error);
  }
}

/** What each claim must be, for those who got it wrong. */
const claims: Readonly<Record<string, string>> = {
  iss: 'The token is of another issuer (iss).',
  aud: 'The token is for another audience (aud).',
  nbf: 'The token is not valid yet (nbf).',
  exp: 'The token has no end (exp).',
};

/** In our own words: those of the library could repeat what is in the token. */
function refusalFor(error: unknown): unknown {
  if (error instanceof errors.JWTExpired) return new Refusal('token-expired');
  if (error instanceof errors.JWTClaimValidationFailed)
    return new Refusal('token-invalid', claims[error.claim] ?? 'A claim of the token is wrong.');
  if (error instanceof errors.JOSEError) return new Refusal('token-invalid', sentences[error.code] ?? 'It is no JWT.');
  return error;
}

const sentences: Readonly<Record<string, string>> = {
  ERR_JOSE_ALG_NOT_ALLOWED: 'The token is signed in a way (alg) that is not allowed here.',
  ERR_JWS_SIGNATURE_VERIFICATION_FAILED: 'The signature of the token is wrong.',
  ERR_JWKS_NO_MATCHING_KEY: 'The token is signed with a key (kid) that is not known here.',
  ERR_JWKS_MULTIPLE_MATCHING_KEYS: 'The token does not name its key (kid), and there are several.',
};
