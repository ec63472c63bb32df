import assert from 'node:assert/strict';
import { createHmac, generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { ManualClock } from '../support/manual-clock.ts';
import { makeKeys, makeToken, SECRET } from '../support/tokens.ts';
import { outcome, signInBy } from './sign-in.ts';

const clock = new ManualClock();
const now = clock.now();

test('a token signed with the secret (HS256) says who it is, what it allows and until when', async () => {
  const signIn = await signInBy();
  const token = await makeToken({ scope: 'openid chat:read moderate' }, { now });
  const exp = Math.floor(now / 1_000) + 3_600;
  assert.deepEqual(await outcome(signIn, token), {
    subject: '["","user-1"]',
    name: 'Ann',
    scopes: new Set(['chat:read', 'moderate']),
    expiresAt: (exp + 30) * 1_000,
  });
});

for (const alg of ['RS256', 'ES256', 'EdDSA'] as const) {
  test(`${alg}: a token is taken by the public key as PEM, as PEM in one line, as a file and as a JWK Set`, async () => {
    const { privateKey, pem, jwk } = makeKeys(alg, 'k1');
    const folder = await mkdtemp(join(tmpdir(), 'towncrier-test-'));
    try {
      await writeFile(join(folder, 'key.pem'), pem);
      await writeFile(join(folder, 'jwks.json'), JSON.stringify({ keys: [jwk] }));
      const ways = [
        { JWT_PUBLIC_KEY: pem },
        { JWT_PUBLIC_KEY: pem.replaceAll('\n', '\\n') },
        { JWT_PUBLIC_KEY: join(folder, 'key.pem') },
        { JWT_JWKS: join(folder, 'jwks.json') },
      ];
      const token = await makeToken({}, { now, key: privateKey, alg, kid: 'k1' });
      const strange = await makeToken({}, { now, key: makeKeys(alg).privateKey, alg, kid: 'k1' });
      for (const way of ways) {
        const signIn = await signInBy({ ...way, JWT_ALGORITHMS: [alg] });
        const identity = await outcome(signIn, token);
        assert.ok(typeof identity !== 'string', `${identity}`);
        assert.equal(identity.name, 'Ann');
        assert.equal(await outcome(signIn, strange), 'token-invalid: The signature of the token is wrong.');
      }
    } finally {
      await rm(folder, { recursive: true });
    }
  });
}

test('the public key taken as a secret signs nothing: an HS256 token is refused where public keys count', async () => {
  const { pem, jwk } = makeKeys('RS256', 'k1');
  const folder = await mkdtemp(join(tmpdir(), 'towncrier-test-'));
  try {
    await writeFile(join(folder, 'jwks.json'), JSON.stringify({ keys: [jwk] }));
    for (const signIn of [
      await signInBy({ JWT_PUBLIC_KEY: pem }),
      await signInBy({ JWT_JWKS: join(folder, 'jwks.json') }),
    ]) {
      for (const secret of [pem, pem.trim(), JSON.stringify(jwk), `${jwk.n}`]) {
        const token = await makeToken({}, { now, key: Buffer.from(secret), kid: 'k1' });
        assert.match(`${await outcome(signIn, token)}`, /^token-invalid: .*\(alg\)/);
      }
    }
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('a token signed with a private key is refused where a secret counts', async () => {
  const { privateKey } = makeKeys('RS256');
  const token = await makeToken({}, { now, key: privateKey, alg: 'RS256' });
  assert.match(`${await outcome(await signInBy(), token)}`, /^token-invalid: .*\(alg\)/);
});

/** A token made by hand, so that it can be as wrong as one likes. */
function forged(header: object, claims: object, signature?: string): string {
  return forgedText(header, JSON.stringify(claims), signature);
}

function forgedText(header: object, claims: string, signature?: string): string {
  const text = [JSON.stringify(header), claims].map((part) => Buffer.from(part).toString('base64url')).join('.');
  return `${text}.${signature ?? createHmac('sha256', SECRET).update(text).digest('base64url')}`;
}

test('tokens without signature, of other algorithms, or that are no tokens are refused', async () => {
  const signIn = await signInBy();
  const claims = { sub: 'user-1', exp: now / 1_000 + 60 };
  const good = forged({ alg: 'HS256' }, claims);
  assert.ok(typeof (await outcome(signIn, good)) !== 'string', 'made by hand and right');
  const [head, body, signature] = good.split('.');
  const wrong = [
    forged({ alg: 'none' }, claims, ''),
    forged({ alg: 'NONE' }, claims),
    forged({ alg: 'HS512' }, claims),
    forged({}, claims),
    forged({ alg: 'HS256', crit: ['x'], x: 1 }, claims),
    forged({ alg: 'HS256', b64: false, crit: ['b64'] }, claims),
    forged({ alg: 'HS256' }, [1]),
    `${head}.${body}.`,
    `${head}.${body}`,
    `${head}.${body}.${signature}.${signature}`,
    `${head}.${Buffer.from('{"sub":"user-2"}').toString('base64url')}.${signature}`,
    '',
    'x',
    'a.b.c',
    'x'.repeat(8_193),
    '😀.😀.😀',
  ];
  for (const token of wrong) assert.match(`${await outcome(signIn, token)}`, /^token-invalid: /, token);
});

test('a key that a token brings along (jwk, jku, x5c) is not looked at', async () => {
  const { privateKey, jwk } = makeKeys('ES256', 'own');
  const trusted = makeKeys('ES256', 'k1');
  const signIn = await signInBy({ JWT_PUBLIC_KEY: trusted.pem });
  const { SignJWT } = await import('jose');
  const token = await new SignJWT({ sub: 'x', exp: now / 1_000 + 60 })
    .setProtectedHeader({ alg: 'ES256', kid: 'own', jwk, jku: 'http://127.0.0.1:1/keys' })
    .sign(privateKey);
  assert.match(`${await outcome(signIn, token)}`, /^token-invalid: The signature/);
});

test('issuer and audience are checked where they are set', async () => {
  const signIn = await signInBy({ JWT_ISSUER: 'https://id.example.org', JWT_AUDIENCE: 'towncrier' });
  const iss = 'https://id.example.org';
  const who = async (claims: object): Promise<string> => {
    const got = await outcome(signIn, await makeToken({ ...claims }, { now }));
    return typeof got === 'string' ? got.slice(-6) : 'taken';
  };
  assert.equal(await who({ iss, aud: 'towncrier' }), 'taken');
  assert.equal(await who({ iss, aud: ['other', 'towncrier'] }), 'taken');
  assert.equal(await who({ iss, aud: 'other' }), '(aud).');
  assert.equal(await who({ iss }), '(aud).');
  assert.equal(await who({ iss: `${iss}/`, aud: 'towncrier' }), '(iss).');
  assert.equal(await who({ aud: 'towncrier' }), '(iss).');
});

test('a token is taken from its beginning to its end, with the clock skew on both sides', async () => {
  const turned = new ManualClock();
  const signIn = await signInBy({ JWT_CLOCK_SKEW: 10 }, turned);
  const begin = Math.floor(turned.now() / 1_000) + 100;
  const token = await makeToken({ nbf: begin }, { now: turned.now(), lasts: 200 });
  const at = async (seconds: number): Promise<string> => {
    turned.advance(seconds * 1_000);
    const got = await outcome(signIn, token);
    return typeof got === 'string' ? (got.split(':', 1)[0] ?? '') : 'taken';
  };
  assert.equal(await at(89), 'token-invalid');
  assert.equal(await at(1), 'taken');
  assert.equal(await at(119), 'taken');
  assert.equal(await at(1), 'token-expired');
});

test('a token without end is refused', async () => {
  const signIn = await signInBy();
  assert.match(`${await outcome(signIn, await makeToken({}, { now, lasts: undefined }))}`, /^token-invalid: .*\(exp\)/);
  assert.match(`${await outcome(signIn, forged({ alg: 'HS256' }, { sub: 'x', exp: 'later' }))}`, /^token-invalid: /);
});

test('a token whose end is in milliseconds, or no time at all, is refused: it would hardly ever end', async () => {
  const signIn = await signInBy();
  const end = async (exp: string): Promise<string> => {
    const token = forgedText({ alg: 'HS256' }, `{"sub":"user-1","exp":${exp}}`);
    const got = await outcome(signIn, token);
    return typeof got === 'string' ? got : 'taken';
  };
  assert.equal(await end('253402300799'), 'taken');
  for (const exp of [`${now}`, '1e300', '1e999'])
    assert.equal(await end(exp), 'token-invalid: The end of the token (exp) is no time in seconds.', exp);
  assert.match(await end('-1'), /^token-expired/);
  assert.match(await end('null'), /^token-invalid/);
});

const names: readonly (readonly [claims: object, name: string])[] = [
  [{ name: 'Zoë 😀' }, 'Zoë 😀'],
  [{ name: undefined, preferred_username: 'ann' }, 'ann'],
  [{ name: undefined }, 'user-1'],
  [{ name: '  ' }, 'user-1'],
  [{ name: 7, preferred_username: 'a\nb' }, 'user-1'],
  [{ name: 'x'.repeat(101), preferred_username: 'x'.repeat(100) }, 'x'.repeat(100)],
];
for (const [claims, name] of names) {
  test(`the claims ${JSON.stringify(claims).slice(0, 60)} give the name ${name.slice(0, 20)}`, async () => {
    const identity = await outcome(await signInBy(), await makeToken({ ...claims }, { now }));
    assert.ok(typeof identity !== 'string', `${identity}`);
    assert.equal(identity.name, name);
  });
}

test('a token without any name is refused; another claim may hold it', async () => {
  const token = await makeToken({ name: undefined, sub: undefined, nick: 'Al' }, { now });
  assert.match(`${await outcome(await signInBy(), token)}`, /^token-invalid: .*no name/);
  const identity = await outcome(await signInBy({ JWT_NAME_CLAIM: 'nick' }), token);
  assert.ok(typeof identity !== 'string' && identity.name === 'Al');
  const inherited = await outcome(await signInBy({ JWT_NAME_CLAIM: 'toString' }), token);
  assert.match(`${inherited}`, /^token-invalid/);
});

test('scopes come as a text, as a list, from another claim, and by default', async () => {
  const of = async (claims: object, changes = {}): Promise<string> => {
    const identity = await outcome(await signInBy(changes), await makeToken({ scope: undefined, ...claims }, { now }));
    return typeof identity === 'string' ? identity : [...identity.scopes].join();
  };
  assert.equal(await of({}), '');
  assert.equal(await of({ scope: 'market:read  profile chat:read' }), 'chat:read,market:read');
  assert.equal(await of({ scope: ['chat:write', 'x', 7] }), 'chat:write');
  assert.equal(await of({ scope: { 'chat:read': true } }), '');
  assert.equal(await of({ scp: 'moderate' }, { JWT_SCOPE_CLAIM: 'scp' }), 'moderate');
  assert.equal(await of({ scope: 'moderate' }, { JWT_DEFAULT_SCOPES: ['chat:read'] }), 'chat:read,moderate');
});

test('who has no token is asked for one, or may read where that is set', async () => {
  assert.match(`${await outcome(await signInBy(), undefined)}`, /^sign-in-needed: /);
  const anonymous = await outcome(await signInBy({ AUTH_ANONYMOUS_READ: 'on' }), undefined);
  assert.deepEqual(anonymous, {
    subject: undefined,
    name: undefined,
    scopes: new Set(['chat:read', 'market:read', 'stream:read']),
    expiresAt: Number.POSITIVE_INFINITY,
  });
  assert.match(`${await outcome(await signInBy({ AUTH_ANONYMOUS_READ: 'on' }), 'wrong')}`, /^token-invalid: /);
});

test('a start with a key that is none, is private, too short or of another kind says so', async () => {
  const rsa = makeKeys('RS256');
  const short = generateKeyPairSync('rsa', { modulusLength: 1_024 }).publicKey.export({ format: 'pem', type: 'spki' });
  const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey.export({ format: 'pem', type: 'spki' });
  const own = rsa.privateKey.export({ format: 'pem', type: 'pkcs8' });
  await assert.rejects(signInBy({ JWT_PUBLIC_KEY: '/nowhere/key.pem' }), /^Error: JWT_PUBLIC_KEY .*no such file/);
  await assert.rejects(signInBy({ JWT_PUBLIC_KEY: '-----BEGIN x' }), /JWT_PUBLIC_KEY is no public key/);
  await assert.rejects(signInBy({ JWT_PUBLIC_KEY: `${own}` }), (error: Error) => {
    assert.match(error.message, /is a private key/);
    return !error.message.includes(`${own}`.slice(40, 80));
  });
  await assert.rejects(signInBy({ JWT_PUBLIC_KEY: `${short}` }), /1024 bits; .* 2048/);
  await assert.rejects(signInBy({ JWT_PUBLIC_KEY: `${p384}` }), /P-256/);
  await assert.rejects(
    signInBy({ JWT_PUBLIC_KEY: rsa.pem, JWT_ALGORITHMS: ['ES256'] }),
    /for RS256; see JWT_ALGORITHMS/,
  );
});
