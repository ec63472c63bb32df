import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import type { Settings } from '../../server/config/settings.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { makeKeys, makeToken } from '../support/tokens.ts';
import { outcome, signInBy } from './sign-in.ts';

/** An identity provider: it tells its keys, or does not. */
class KeyServer implements AsyncDisposable {
  keys: object[] = [];
  asked = 0;
  answer = (response: ServerResponse): void => void response.end(JSON.stringify({ keys: this.keys }));
  readonly #server: Server = createServer((_request, response) => {
    this.asked++;
    this.answer(response);
  });

  async listen(): Promise<this> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return this;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/keys?api=hidden`; // it listens at a port
  }

  /** Sign-in by these keys; a refusal says what came of a token. */
  async signIn(clock: ManualClock, changes: Partial<Settings> = {}) {
    const signIn = await signInBy({ JWT_JWKS: this.url, JWT_JWKS_STALE: 3_600, ...changes }, clock);
    return async (token: string): Promise<string> => {
      const got = await outcome(signIn, token);
      return typeof got === 'string' ? got : `${got.name}`;
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}

const old = makeKeys('ES256', 'old');
const next = makeKeys('ES256', 'next');

function tokenBy({ privateKey, jwk }: typeof old, clock: ManualClock): Promise<string> {
  const far = { now: clock.now() + 10_000_000 };
  return makeToken({}, { key: privateKey, alg: 'ES256', kid: `${jwk.kid}`, ...far });
}

test('a key that is new is read when a token names it, and one that is gone counts no more', async () => {
  await using server = await new KeyServer().listen();
  server.keys = [old.jwk];
  const clock = new ManualClock();
  const who = await server.signIn(clock);
  assert.equal(await who(await tokenBy(old, clock)), 'Ann');
  server.keys = [next.jwk];
  clock.advance(10_000);
  const both = [await tokenBy(next, clock), await tokenBy(next, clock)].map(who);
  assert.deepEqual(await Promise.all(both), ['Ann', 'Ann']);
  assert.equal(server.asked, 2, 'asked once for both');
  assert.match(await who(await tokenBy(old, clock)), /^token-invalid: .*\(kid\)/);
});

test('tokens with unknown keys have the keys read again once in 10 s at most', async () => {
  await using server = await new KeyServer().listen();
  server.keys = [old.jwk];
  const clock = new ManualClock();
  const who = await server.signIn(clock);
  const strange = await tokenBy(makeKeys('ES256', 'strange'), clock);
  for (let i = 0; i < 20; i++) assert.match(await who(strange), /^token-invalid/);
  assert.equal(server.asked, 1);
  clock.advance(10_000);
  for (let i = 0; i < 20; i++) assert.match(await who(strange), /^token-invalid/);
  assert.equal(server.asked, 2);
});

test('a token that names no key is for the only one; of several it must name its own', async () => {
  await using server = await new KeyServer().listen();
  server.keys = [old.jwk];
  const clock = new ManualClock();
  const token = await makeToken({}, { key: old.privateKey, alg: 'ES256', now: clock.now() });
  assert.equal(await (await server.signIn(clock))(token), 'Ann');
  server.keys = [old.jwk, next.jwk];
  assert.match(await (await server.signIn(clock))(token), /^token-invalid: .*there are several/);
  assert.equal(server.asked, 2);
});

test('old keys count while they cannot be read again, but not for ever, and count again when they can', async () => {
  await using server = await new KeyServer().listen();
  server.keys = [old.jwk];
  const clock = new ManualClock();
  const who = await server.signIn(clock);
  const token = await tokenBy(old, clock);
  const works = server.answer;
  server.answer = (response) => void response.writeHead(500).end();
  clock.advance(600_000 + 3_600_000);
  assert.equal(await who(token), 'Ann');
  clock.advance(10_001);
  assert.match(await who(token), /^sign-in-down: /);
  server.answer = works;
  clock.advance(10_000);
  assert.equal(await who(token), 'Ann');
});

test('keys that are ten minutes old are read again', async () => {
  await using server = await new KeyServer().listen();
  server.keys = [old.jwk];
  const clock = new ManualClock();
  const who = await server.signIn(clock);
  const token = await tokenBy(old, clock);
  clock.advance(600_000);
  assert.equal(await who(token), 'Ann');
  assert.equal(server.asked, 1);
  server.keys = [next.jwk];
  clock.advance(1);
  assert.equal(await who(token), 'Ann', 'this one does not wait');
  while (server.asked < 2) await new Promise((resolve) => setImmediate(resolve));
});

const wrong: readonly (readonly [what: string, answer: (response: ServerResponse) => void, says: RegExp])[] = [
  ['with an error', (response) => response.writeHead(503).end(), /it answered 503/],
  ['with what is no JSON', (response) => response.end('<html>'), /are no JSON/],
  ['with what is no set', (response) => response.end('{}'), /is no JWK Set/],
  ['with another place', (response) => response.writeHead(302, { location: '/keys' }).end(), /cannot be had/],
  ['with too much', (response) => response.end('x'.repeat(1_100_000)), /larger than 1048576 bytes/],
  ['with nothing', (response) => response.destroy(), /cannot be had/],
];
for (const [what, answer, says] of wrong) {
  test(`a start says so when the place of the keys answers ${what}`, async () => {
    await using server = await new KeyServer().listen();
    server.answer = answer;
    await assert.rejects(server.signIn(new ManualClock()), (error: Error) => {
      assert.match(error.message, /^JWT_JWKS: the keys /);
      assert.match(error.message, says);
      return !error.message.includes('hidden');
    });
  });
}

test('a start gives up on a place that does not answer', async () => {
  await using server = await new KeyServer().listen();
  const asked = Promise.withResolvers<void>();
  server.answer = () => asked.resolve();
  const clock = new ManualClock();
  const failed = assert.rejects(server.signIn(clock), /no answer within 5 s/);
  await asked.promise;
  clock.advance(5_000);
  await failed;
});

test('a start waits for a place that does not answer yet', async () => {
  await using server = await new KeyServer().listen();
  const works = server.answer;
  server.keys = [old.jwk];
  server.answer = (response) => void response.writeHead(503).end();
  const clock = new ManualClock();
  const opening = server.signIn(clock, { START_WAIT: 5 });
  while (server.asked < 1 || clock.pending === 0) await new Promise((resolve) => setImmediate(resolve));
  server.answer = works;
  const turning = setInterval(() => clock.advance(1_000), 20);
  const who = await opening.finally(() => clearInterval(turning));
  assert.equal(await who(await tokenBy(old, clock)), 'Ann');
});
