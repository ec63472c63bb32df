import { createPublicKey, type KeyObject } from 'node:crypto';

/** Algorithms of public keys (RFC 7518 section 3.1, RFC 8037 section 3.1). */
export const publicAlgorithms = ['RS256', 'ES256', 'EdDSA'] as const;
export type PublicAlgorithm = (typeof publicAlgorithms)[number];

/** RFC 7518 section 3.3. */
const LEAST_RSA_BITS = 2_048;

/**
 * A public key in PEM, and the one algorithm that it is for. Throws an `Error` with what is wrong, in words that follow the
 * name of a setting.
 */
export function publicKeyOf(pem: string): { readonly key: KeyObject; readonly algorithm: PublicAlgorithm } {
  // Node would make the public key of it; but a private key has no business here.
  if (pem.includes('PRIVATE KEY')) throw new Error('is a private key; this server needs the public one only');
  let key: KeyObject;
  try {
    key = createPublicKey(pem);
  } catch {
    throw new Error('is no public key in PEM');
  }
  return { key, algorithm: algorithmOf(key) };
}

/** The one algorithm that a key is for. Throws as `publicKeyOf` does. */
export function algorithmOf({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): PublicAlgorithm {
  const { modulusLength = 0, namedCurve } = asymmetricKeyDetails ?? {};
  if (asymmetricKeyType === 'ed25519') return 'EdDSA';
  if (asymmetricKeyType === 'ec' && namedCurve === 'prime256v1') return 'ES256';
  if (asymmetricKeyType !== 'rsa') throw new Error('must be a key of RSA, of EC on the curve P-256, or Ed25519');
  if (modulusLength >= LEAST_RSA_BITS) return 'RS256';
  throw new Error(`has ${modulusLength} bits; a key of RSA needs ${LEAST_RSA_BITS}`);
}
