import assert from 'node:assert/strict';
import { test } from 'node:test';
import { scopes } from '../../server/auth/scopes.ts';
import { type Environment, loadSettings } from '../../server/config/load.ts';

const secret = 'x'.repeat(32);
const right: readonly Environment[] = [
  { AUTH: 'jwt', JWT_SECRET: secret },
  { AUTH: 'jwt', JWT_SECRET: secret, JWT_ALGORITHMS: 'HS256' },
  { AUTH: 'jwt', JWT_PUBLIC_KEY: './key.pem', JWT_ALGORITHMS: 'RS256,EdDSA' },
  { AUTH: 'jwt', JWT_JWKS: 'https://id.example.org/.well-known/jwks.json' },
  { AUTH: 'jwt', JWT_JWKS: 'http://localhost:8081/keys' },
  { AUTH: 'jwt', JWT_JWKS: '/etc/towncrier/jwks.json' },
  { AUTH: 'jwt', JWT_SECRET: secret, JWT_DEFAULT_SCOPES: scopes.join() },
  { AUTH: 'jwt', JWT_SECRET: secret, JWT_COOKIE: 'session', ALLOWED_ORIGINS: 'https://example.org' },
  { AUTH: 'guest', JWT_ISSUER: 'x' },
];
for (const environment of right) {
  test(`sign-in may be set up as ${JSON.stringify({ ...environment, JWT_SECRET: '…' })}`, () => {
    assert.deepEqual(loadSettings(environment).problems, undefined);
  });
}

const wrong: readonly (readonly [environment: Environment, says: string])[] = [
  [{ AUTH: 'jwt' }, 'AUTH=jwt: needs one of JWT_SECRET, JWT_PUBLIC_KEY, JWT_JWKS'],
  [
    { AUTH: 'jwt', JWT_SECRET: secret, JWT_JWKS: 'x.json' },
    'AUTH=jwt: has several keys, JWT_SECRET and JWT_JWKS; only one can count',
  ],
  [{ AUTH: 'jwt', JWT_SECRET: 'short' }, 'JWT_SECRET=(hidden): must have at least 32 bytes'],
  [{ JWT_SECRET: secret }, 'JWT_SECRET: means nothing without AUTH=jwt'],
  [{ AUTH_ANONYMOUS_READ: 'on' }, 'AUTH_ANONYMOUS_READ: means nothing without AUTH=jwt'],
  [{ AUTH: 'jwt', JWT_SECRET: secret, JWT_ALGORITHMS: 'RS256' }, 'JWT_ALGORITHMS=RS256: cannot go with JWT_SECRET'],
  [
    { AUTH: 'jwt', JWT_PUBLIC_KEY: 'key.pem', JWT_ALGORITHMS: 'ES256,HS256' },
    'JWT_ALGORITHMS=HS256: cannot go with JWT_PUBLIC_KEY',
  ],
  [
    { AUTH: 'jwt', JWT_SECRET: secret, JWT_COOKIE: 'x', ALLOWED_ORIGINS: '*' },
    'JWT_COOKIE: cannot go with ALLOWED_ORIGINS=*, since any site could then act as your users',
  ],
];
for (const [environment, says] of wrong) {
  test(`wrong: ${says}`, () => assert.deepEqual(loadSettings(environment).problems, [says]));
}

for (const value of ['none', 'HS512', 'hs256'])
  test(`JWT_ALGORITHMS=${value} is refused`, () => {
    const { problems } = loadSettings({ AUTH: 'jwt', JWT_SECRET: secret, JWT_ALGORITHMS: value });
    assert.match(`${problems}`, /^JWT_ALGORITHMS/);
  });

for (const value of ['http://id.example.org/keys', 'https://user:pw@id.example.org/keys', 'ftp://id.example.org/keys'])
  test(`JWT_JWKS=${value} is refused`, () => {
    assert.match(`${loadSettings({ AUTH: 'jwt', JWT_JWKS: value }).problems}`, /^JWT_JWKS/);
  });
