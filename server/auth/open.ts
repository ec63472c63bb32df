import { createSecretKey } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { JWTVerifyGetKey } from 'jose';
import type { Clock } from '../clock.ts';
import type { Logger } from '../log.ts';
import type { Authenticator } from './identity.ts';
import { usableKeys } from './jwk-set.ts';
import { jwtAuthenticator } from './jwt-authenticator.ts';
import { loadJson } from './load-keys.ts';
import { type PublicAlgorithm, publicAlgorithms, publicKeyOf } from './public-key.ts';
import { RotatingKeys } from './rotating-keys.ts';

/** The settings of these names. */
export interface SignInSettings {
  readonly AUTH: 'guest' | 'jwt';
  readonly AUTH_ANONYMOUS_READ: 'off' | 'on';
  readonly JWT_SECRET: string;
  readonly JWT_PUBLIC_KEY: string;
  readonly JWT_JWKS: string;
  readonly JWT_JWKS_STALE: number;
  readonly JWT_ISSUER: string;
  readonly JWT_AUDIENCE: string;
  readonly JWT_ALGORITHMS: readonly string[];
  readonly JWT_CLOCK_SKEW: number;
  readonly JWT_NAME_CLAIM: string;
  readonly JWT_SCOPE_CLAIM: string;
  readonly JWT_DEFAULT_SCOPES: readonly string[];
  readonly START_WAIT: number;
}

interface Surroundings {
  readonly settings: SignInSettings;
  readonly clock: Clock;
  readonly log: Logger;
  /** Gives up waiting for keys. */
  readonly signal: AbortSignal;
}

/** Between two tries to read the keys at the start, in milliseconds. */
const RETRY = 1_000;

/** What the settings say of sign-in; `undefined` for guests. Rejects with a sentence for who starts the server. */
export async function openAuthenticator(around: Surroundings): Promise<Authenticator | undefined> {
  const { settings, clock } = around;
  if (settings.AUTH === 'guest') return undefined;
  const { key, algorithms } = await openKeys(around);
  return jwtAuthenticator({
    clock,
    key,
    algorithms,
    issuer: settings.JWT_ISSUER,
    audience: settings.JWT_AUDIENCE,
    clockSkew: settings.JWT_CLOCK_SKEW,
    nameClaim: settings.JWT_NAME_CLAIM,
    scopeClaim: settings.JWT_SCOPE_CLAIM,
    defaultScopes: settings.JWT_DEFAULT_SCOPES,
    anonymousRead: settings.AUTH_ANONYMOUS_READ === 'on',
  });
}

interface Keys {
  readonly key: JWTVerifyGetKey;
  readonly algorithms: readonly string[];
}

/** A key is for the algorithms of its kind and for no others, whatever is set, so that none can be taken for another. */
async function openKeys(around: Surroundings): Promise<Keys> {
  const { JWT_SECRET, JWT_PUBLIC_KEY } = around.settings;
  if (JWT_SECRET !== '') {
    const secret = createSecretKey(JWT_SECRET, 'utf8');
    return { key: () => secret, algorithms: ['HS256'] };
  }
  return JWT_PUBLIC_KEY === '' ? openSet(around) : openPublicKey(around.settings);
}

async function openPublicKey({ JWT_PUBLIC_KEY: given, JWT_ALGORITHMS: wanted }: SignInSettings): Promise<Keys> {
  try {
    const pem = given.includes('-----BEGIN') ? given.replaceAll('\\n', '\n') : await readFile(given, 'utf8');
    const { key, algorithm } = publicKeyOf(pem);
    if (wanted.length > 0 && !wanted.includes(algorithm)) throw new Error(`is for ${algorithm}; see JWT_ALGORITHMS`);
    return { key: () => key, algorithms: [algorithm] };
  } catch (error) {
    throw new Error(`JWT_PUBLIC_KEY ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function openSet(around: Surroundings): Promise<Keys> {
  const { settings, clock, log } = around;
  const { JWT_JWKS: place, JWT_ALGORITHMS: wanted } = settings;
  const algorithms: PublicAlgorithm[] = publicAlgorithms.filter((each) => wanted.length === 0 || wanted.includes(each));
  if (settings.JWT_AUDIENCE === '')
    log.warn({}, 'JWT_JWKS is set and JWT_AUDIENCE is not: tokens that were made for other services are taken too');
  const load = async () => {
    const set = await loadJson(place, clock);
    try {
      return usableKeys(set, algorithms);
    } catch (error) {
      throw new Error(`are of no use: what is there ${error instanceof Error ? error.message : String(error)}`);
    }
  };
  const keys = new RotatingKeys({ load, clock, log, stale: settings.JWT_JWKS_STALE * 1_000 });
  await openWithin(keys, around);
  return { key: keys.find, algorithms };
}

/** As with the engines, a start waits for who does not answer yet. A file is there or not. */
async function openWithin(keys: RotatingKeys, { settings, clock, log, signal }: Surroundings): Promise<void> {
  const patience = /^https?:/.test(settings.JWT_JWKS) ? settings.START_WAIT * 1_000 : 0;
  const end = clock.monotonic() + patience;
  for (;;) {
    try {
      await keys.open();
      return;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (signal.aborted || clock.monotonic() + RETRY > end) throw new Error(`JWT_JWKS: the keys ${reason}`);
      log.warn({ reason }, 'the keys of JWT_JWKS cannot be read yet');
      await new Promise<void>((go) => clock.after(RETRY, go));
    }
  }
}
