import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { SignJWT } from 'jose';

/** 32 bytes. */
export const SECRET = 'a secret of the tests, 32 bytes.';

export interface TokenOptions {
  readonly key?: KeyObject | Uint8Array;
  readonly alg?: string;
  readonly kid?: string;
  /** Seconds from `now` on; `undefined` makes a token without end. */
  readonly lasts?: number | undefined;
  /** Milliseconds since 1970. */
  readonly now?: number;
}

/** A token of Ann with all scopes, for an hour, signed with the secret of the tests; all of that can be otherwise. */
export async function makeToken(
  claims: Readonly<Record<string, unknown>> = {},
  options: TokenOptions = {},
): Promise<string> {
  const { key = Buffer.from(SECRET), alg = 'HS256', kid, now = Date.now() } = options;
  const lasts = 'lasts' in options ? options.lasts : 3_600;
  const scope = 'chat:read chat:write market:read';
  const token = new SignJWT({ sub: 'user-1', name: 'Ann', scope, ...claims }).setProtectedHeader({
    alg,
    ...(kid !== undefined && { kid }),
  });
  if (lasts !== undefined) token.setExpirationTime(Math.floor(now / 1_000) + lasts);
  return await token.sign(key);
}

/** A pair of keys for an algorithm, and the public one as PEM and as JWK. */
export function makeKeys(alg: 'RS256' | 'ES256' | 'EdDSA', kid?: string) {
  const { privateKey, publicKey } = pair(alg);
  const jwk = { ...publicKey.export({ format: 'jwk' }), ...(kid !== undefined && { kid }), alg, use: 'sig' };
  return { alg, privateKey, publicKey, jwk, pem: publicKey.export({ format: 'pem', type: 'spki' }).toString() };
}

function pair(alg: 'RS256' | 'ES256' | 'EdDSA') {
  if (alg === 'RS256') return generateKeyPairSync('rsa', { modulusLength: 2_048 });
  if (alg === 'ES256') return generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return generateKeyPairSync('ed25519');
}
