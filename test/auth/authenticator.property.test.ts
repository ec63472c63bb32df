import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { tokenOfRequest } from '../../server/auth/request-token.ts';
import { Refusal } from '../../server/errors.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { makeKeys, makeToken } from '../support/tokens.ts';
import { outcome, signInBy } from './sign-in.ts';

const now = new ManualClock().now();
const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const part = fc
  .base64String({ maxLength: 60 })
  .map((text) => text.replaceAll('=', '').replaceAll('+', '-').replaceAll('/', '_'));
const json = fc.json().map((text) => Buffer.from(text).toString('base64url'));

test('any text is refused as no good token, in words of ours', async () => {
  const signIn = await signInBy();
  const texts = fc.oneof(
    fc.string(),
    fc.string({ unit: 'binary' }),
    fc.tuple(json, json, part).map((parts) => parts.join('.')),
  );
  await fc.assert(
    fc.asyncProperty(texts, async (text) => {
      assert.match(`${await outcome(signIn, text)}`, /^token-invalid: [A-Z][^{}]+\.$/);
    }),
    { numRuns: 500 },
  );
});

for (const alg of ['HS256', 'ES256', 'EdDSA'] as const) {
  test(`${alg}: a token of which any character of its header or claims is another is refused`, async () => {
    const pair = alg === 'HS256' ? undefined : makeKeys(alg);
    const signIn = await signInBy(pair && { JWT_PUBLIC_KEY: pair.pem });
    const token = await makeToken({}, { now, ...(pair && { key: pair.privateKey, alg }) });
    assert.ok(typeof (await outcome(signIn, token)) !== 'string');
    const signed = token.lastIndexOf('.');
    await fc.assert(
      fc.asyncProperty(fc.nat(signed - 1), fc.constantFrom(...BASE64, '.', '=', ' ', 'é'), async (at, other) => {
        fc.pre(token[at] !== other);
        const changed = token.slice(0, at) + other + token.slice(at + 1);
        assert.match(`${await outcome(signIn, changed)}`, /^token-invalid: /);
      }),
      { numRuns: 300 },
    );
  });
}

test('whatever a request says, it brings one token, none, or is refused', () => {
  const places = { cookie: 'c', allowedOrigins: ['https://example.org'] };
  const header = fc.option(
    fc.oneof(
      fc.string(),
      fc.string().map((text) => `Bearer ${text}`),
      fc.string().map((text) => `c=${text}`),
    ),
    { nil: undefined },
  );
  fc.assert(
    fc.property(header, header, header, fc.string(), fc.string(), (authorization, cookie, origin, first, second) => {
      const url = `/?access_token=${first}&access_token=${second}`;
      try {
        const token = tokenOfRequest({ headers: { authorization, cookie, origin }, url }, places, true);
        assert.ok(token === undefined || token.value !== '');
      } catch (error) {
        assert.ok(error instanceof Refusal && error.code === 'token-invalid');
      }
    }),
  );
});
