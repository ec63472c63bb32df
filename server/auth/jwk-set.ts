import { createPublicKey } from 'node:crypto';
import type { JWK } from 'jose';
import { algorithmOf, type PublicAlgorithm } from './public-key.ts';

/** More keys than this nobody needs at once. */
const MOST_KEYS = 100;

/**
 * Those keys of a JWK Set (RFC 7517 section 5) that can check signatures made by these algorithms. Anything else is left
 * out: keys for encryption, symmetric keys, private ones, too short ones, broken ones. Throws an `Error` for what is no such set.
 */
export function usableKeys(set: unknown, algorithms: readonly PublicAlgorithm[]): JWK[] {
  const keys = isObject(set) ? set.keys : undefined;
  if (!Array.isArray(keys)) throw new Error('is no JWK Set');
  if (keys.length > MOST_KEYS) throw new Error(`has more than ${MOST_KEYS} keys`);
  const usable = keys.flatMap((key) => usableKey(key, algorithms) ?? []);
  if (usable.length === 0) throw new Error(`has no key for ${algorithms.join(', ')}`);
  return usable;
}

/** The public members alone, each with its algorithm, so that no key can be taken for another one. */
function usableKey(key: unknown, algorithms: readonly PublicAlgorithm[]): JWK | undefined {
  if (!isObject(key) || 'd' in key || 'k' in key) return undefined;
  if (key.use !== undefined && key.use !== 'sig') return undefined;
  if (Array.isArray(key.key_ops) && !key.key_ops.includes('verify')) return undefined;
  const { kty, kid, crv, x, y, n, e } = key;
  const members = Object.entries({ kty, kid, crv, x, y, n, e }).filter(([, value]) => typeof value === 'string');
  const own = Object.fromEntries(members);
  const alg = algorithmIn(own);
  if (alg === undefined || !algorithms.includes(alg) || (key.alg !== undefined && key.alg !== alg)) return undefined;
  return { ...own, alg };
}

/** Read as it will be used: a broken key that is found only when a token names it would be a failure of ours, at each such token. */
function algorithmIn(key: JWK): PublicAlgorithm | undefined {
  try {
    return algorithmOf(createPublicKey({ key, format: 'jwk' }));
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
