import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { usableKeys } from '../../server/auth/jwk-set.ts';
import { publicAlgorithms } from '../../server/auth/public-key.ts';
import { makeKeys } from '../support/tokens.ts';

const rsa = makeKeys('RS256', 'r').jwk;
const ec = makeKeys('ES256', 'e').jwk;

test('of a set the keys for signatures are kept, with their public members alone', () => {
  const keys = usableKeys(
    {
      keys: [
        { ...rsa, x5c: ['x'] },
        { ...ec, alg: undefined, use: undefined },
      ],
    },
    publicAlgorithms,
  );
  assert.deepEqual(
    keys.map(({ kid, alg }) => `${kid} ${alg}`),
    ['r RS256', 'e ES256'],
  );
  assert.deepEqual(Object.keys(keys[0] ?? {}).sort(), ['alg', 'e', 'kid', 'kty', 'n']);
});

const left: readonly (readonly [what: string, key: unknown])[] = [
  ['a symmetric key', { kty: 'oct', k: 'AAAA', kid: 's' }],
  ['a private key', { ...rsa, d: 'AAAA' }],
  ['a key for encryption', { ...rsa, use: 'enc' }],
  ['a key with other operations', { ...rsa, key_ops: ['encrypt'] }],
  ['a key for another algorithm', { ...rsa, alg: 'PS256' }],
  ['a key of an algorithm that is not wanted', makeKeys('EdDSA').jwk],
  ['a short key', generateKeyPairSync('rsa', { modulusLength: 1_024 }).publicKey.export({ format: 'jwk' })],
  ['a key of EC that is no point of its curve', { ...ec, kid: 'b', y: ec.x }],
  ['a key of EC that is cut off', { ...ec, kid: 'b', x: 'AA' }],
  ['a key of Ed25519 that is cut off', { ...makeKeys('EdDSA', 'b').jwk, x: 'AA' }],
  ['a key of RSA that is long and zero', { ...rsa, kid: 'b', n: 'A'.repeat(342) }],
  ['a key of RSA without an exponent', { ...rsa, kid: 'b', e: undefined }],
  ['what is no key', 'text'],
  ['nothing', null],
];
for (const [what, key] of left) {
  test(`of a set ${what} is left out`, () => {
    assert.deepEqual(
      usableKeys({ keys: [key, ec] }, what.includes('Ed25519') ? publicAlgorithms : ['RS256', 'ES256']).map(
        ({ kid }) => kid,
      ),
      ['e'],
    );
  });
}

test('what is no set, has no usable key or too many is refused', () => {
  for (const set of [null, 7, [], {}, { keys: {} }])
    assert.throws(() => usableKeys(set, publicAlgorithms), /is no JWK Set/);
  assert.throws(() => usableKeys({ keys: [] }, ['ES256']), /has no key for ES256/);
  assert.throws(() => usableKeys({ keys: Array(101).fill(ec) }, publicAlgorithms), /more than 100 keys/);
});
