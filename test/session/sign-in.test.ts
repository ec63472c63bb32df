import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Authenticator, Identity } from '../../server/auth/identity.ts';
import { type Scope, scopes, scopeToRead } from '../../server/auth/scopes.ts';
import { Refusal } from '../../server/errors.ts';
import type { SessionsOptions } from '../../server/session/sessions.ts';
import { Stage, settle } from './stage.ts';

/** Tokens that a test answers for, one by one. */
class Provider implements Authenticator {
  readonly asked: (string | undefined)[] = [];
  readonly #answers: PromiseWithResolvers<Identity>[] = [];

  identify(token: string | undefined): Promise<Identity> {
    this.asked.push(token);
    const answer = Promise.withResolvers<Identity>();
    this.#answers.push(answer);
    return answer.promise;
  }

  async say(identity: Identity): Promise<void> {
    this.#answers.shift()?.resolve(identity);
    await settle();
  }

  async refuse(error: unknown): Promise<void> {
    this.#answers.shift()?.reject(error);
    await settle();
  }
}

const MINUTE = 60_000;

class SignInStage extends Stage {
  readonly provider: Provider;

  constructor(options: Partial<SessionsOptions> = {}) {
    const provider = new Provider();
    super({ ...options, signIn: provider });
    this.provider = provider;
  }

  identity(changes: Partial<Identity> = {}): Identity {
    const all = new Set<Scope>(scopes);
    return { subject: 'ann', name: 'Ann', scopes: all, expiresAt: this.clock.now() + MINUTE, ...changes };
  }

  /** CONNECTs with a token; the CONNECTED frame is read away. */
  async signIn(changes: Partial<Identity> = {}): Promise<this> {
    this.connect('1.2', { passcode: 'token-1' });
    await this.provider.say(this.identity(changes));
    assert.deepEqual(
      this.frames().map(({ command }) => command),
      ['CONNECTED'],
    );
    return this;
  }
}

test('CONNECTED comes when the token is known, under its name and not under the login', async () => {
  const stage = new SignInStage();
  stage.frame('CONNECT', { 'accept-version': '1.2', login: 'Bob\u0007', passcode: 'token-1' });
  await settle();
  assert.deepEqual(stage.frames(), []);
  assert.deepEqual(stage.provider.asked, ['token-1']);
  await stage.provider.say(stage.identity());
  assert.match(stage.bytes(), /^CONNECTED\n[\s\S]*\nuser-name:Ann\n/);
  assert.deepEqual(
    stage.destinations.present.map(({ name, signedIn }) => [name, signedIn]),
    [['Ann', true]],
  );
});

test('the header Authorization of CONNECT may hold the token', () => {
  const stage = new SignInStage();
  stage.frame('CONNECT', { 'accept-version': '1.2', Authorization: 'Bearer token-1' });
  assert.deepEqual(stage.provider.asked, ['token-1']);
});

test('two different tokens in CONNECT are refused; the same one twice is one', () => {
  const stage = new SignInStage();
  stage.frame('CONNECT', { 'accept-version': '1.2', passcode: 'a', Authorization: 'Bearer b' });
  assert.deepEqual(stage.seen(), [
    'ERROR token-invalid Two different tokens came at once.\nThe token is not accepted; the message says why.',
  ]);
  const other = new SignInStage();
  other.frame('CONNECT', { 'accept-version': '1.2', passcode: 'a', Authorization: 'Bearer a' });
  assert.deepEqual(other.provider.asked, ['a']);
});

test('frames that come before the token is known wait, in their order, and no more are read', async () => {
  const stage = new SignInStage();
  const frame = (text: string) => text.replaceAll('^', '\0');
  stage.session.receive(
    Buffer.from(
      frame(
        'CONNECT\naccept-version:1.2\npasscode:a\n\n^SEND\ndestination:/app/x\n\none^SEND\ndestination:/app/x\n\ntwo^',
      ),
    ),
  );
  assert.equal(stage.pipe.pauses, 1, 'the transport is told to wait');
  stage.session.receive(Buffer.from(frame('SEND\ndestination:/app/x\n\nthree^SUB')));
  await settle();
  assert.equal(stage.destinations.sent.length, 0);
  await stage.provider.say(stage.identity());
  assert.deepEqual(
    stage.destinations.sent.map(({ body }) => body),
    ['one', 'two', 'three'],
  );
  assert.equal(stage.pipe.pauses, 0);
  stage.session.receive(Buffer.from(frame('SCRIBE\nid:s\ndestination:/topic/news\nreceipt:r\n\n^')));
  assert.match(stage.bytes(), /RECEIPT\nreceipt-id:r\n/);
});

test('a token that is refused ends the session with its code, and what came after CONNECT is not done', async () => {
  for (const code of ['sign-in-needed', 'token-invalid', 'token-expired', 'sign-in-down'] as const) {
    const stage = new SignInStage();
    stage.frame('CONNECT', { 'accept-version': '1.2', passcode: 'a' });
    stage.frame('SEND', { destination: '/app/x' }, 'x');
    await stage.provider.refuse(new Refusal(code));
    assert.match(stage.bytes(), new RegExp(String.raw`^ERROR\n[\s\S]*\ncode:${code}\n`));
    assert.equal(stage.pipe.end, code);
    assert.equal(stage.destinations.sent.length, 0);
    assert.equal(stage.pipe.pauses, 0);
  }
});

test('the time to CONNECT runs on while the token is not known, and what comes of it then is nothing', async () => {
  const stage = new SignInStage();
  stage.frame('CONNECT', { 'accept-version': '1.2', passcode: 'a' });
  stage.clock.advance(10_100);
  assert.match(stage.bytes(), /^ERROR\n[\s\S]*\ncode:timeout\n/);
  await stage.provider.say(stage.identity());
  assert.equal(stage.bytes(), '');
  assert.deepEqual(stage.destinations.present, []);
});

test('a connection that is gone before the token is known is not present', async () => {
  const stage = new SignInStage();
  stage.frame('CONNECT', { 'accept-version': '1.2', passcode: 'a' });
  stage.session.ended();
  await stage.provider.say(stage.identity());
  assert.deepEqual(stage.destinations.present, []);
});

test('a failure of the check tells nothing and is logged', async () => {
  const stage = new SignInStage();
  stage.frame('CONNECT', { 'accept-version': '1.2', passcode: 'a' });
  await stage.provider.refuse(new Error('a secret of the server'));
  const bytes = stage.bytes();
  assert.match(bytes, /\ncode:internal\n/);
  assert.doesNotMatch(bytes, /secret/);
  assert.equal(stage.log.errors.length, 1);
});

test('SUBSCRIBE and SEND need their scopes; the session goes on without them', async () => {
  const stage = await new SignInStage().signIn({ scopes: new Set<Scope>(['market:read']) });
  stage.frame('SUBSCRIBE', { id: 'e', destination: '/user/queue/errors' });
  stage.frame('SUBSCRIBE', { id: 'n', destination: '/topic/news', receipt: 'r1' });
  stage.frame('SEND', { destination: '/app/chat', receipt: 'r2' }, '{}');
  assert.deepEqual(
    stage.frames().map(({ body }) => JSON.parse(Buffer.from(body).toString())),
    [
      { code: 'scope-missing', message: 'This needs the scope stream:read.', receipt: 'r1' },
      { code: 'scope-missing', message: 'This needs the scope chat:write.', receipt: 'r2' },
    ],
  );
  for (const destination of ['/topic/chat', '/topic/chat.help', '/topic/typing', '/topic/presence', '/topic/rooms'])
    assert.equal(scopeToRead(destination), 'chat:read', destination);
  assert.equal(scopeToRead('/topic/market'), 'market:read');
  assert.equal(scopeToRead('/topic/chats'), 'stream:read');
  assert.equal(stage.destinations.sent.length, 0);
  assert.ok(stage.session.connected);
});

test('a session ends when its token does, with an ERROR that says so', async () => {
  const stage = await new SignInStage().signIn();
  stage.frame('SUBSCRIBE', { id: 'n', destination: '/topic/news' });
  stage.clock.advance(MINUTE - 200);
  assert.equal(stage.bytes(), '');
  stage.clock.advance(300);
  assert.match(stage.bytes(), /^ERROR\n[\s\S]*\ncode:token-expired\n/);
  assert.equal(stage.pipe.end, 'token-expired');
  assert.deepEqual(stage.destinations.present, []);
});

test('a token that lasts longer than a turn of the wheel is looked at again', async () => {
  const stage = await new SignInStage().signIn({ expiresAt: new Stage().clock.now() + 300_000 });
  for (let passed = 0; passed < 299; passed++) {
    stage.clock.advance(1_000);
    stage.receive('\n');
  }
  assert.ok(stage.session.connected);
  stage.clock.advance(1_100);
  assert.equal(stage.pipe.end, 'token-expired');
});

test('a new token at /app/token extends the session, with a RECEIPT', async () => {
  const stage = await new SignInStage().signIn();
  stage.frame('SEND', { destination: '/app/token', receipt: 'r' }, '{"token":"token-2"}');
  assert.deepEqual(stage.provider.asked, ['token-1', 'token-2']);
  await stage.provider.say(stage.identity({ expiresAt: stage.clock.now() + 10 * MINUTE }));
  assert.deepEqual(stage.seen(), ['RECEIPT r']);
  stage.clock.advance(9 * MINUTE);
  assert.ok(stage.session.connected);
  stage.clock.advance(MINUTE + 100);
  assert.equal(stage.pipe.end, 'token-expired');
  assert.equal(stage.destinations.sent.length, 0, 'no handler sees the token');
});

test('a scope that a new token brings counts for what is sent from then on', async () => {
  const stage = await new SignInStage().signIn({ scopes: new Set<Scope>(['chat:read', 'chat:write']) });
  const moderators = (): (boolean | undefined)[] => stage.destinations.sent.map(({ sender }) => sender.moderator);
  stage.frame('SEND', { destination: '/app/echo' }, '1');
  stage.frame('SEND', { destination: '/app/token' }, '{"token":"token-2"}');
  await stage.provider.say(stage.identity());
  stage.frame('SEND', { destination: '/app/echo' }, '2');
  await settle();
  assert.deepEqual(moderators(), [undefined, true]);
});

const refusals: readonly (readonly [what: string, changes: Partial<Identity>, says: RegExp])[] = [
  ['of another user', { subject: 'bob' }, /of another user/],
  ['under another name', { name: 'Anna' }, /of another user/],
  [
    'that allows less',
    { scopes: new Set<Scope>(['chat:read', 'market:read', 'moderate']) },
    /lacks the scope chat:write/,
  ],
];
for (const [what, changes, says] of refusals) {
  test(`a new token ${what} is refused, and the session keeps its own`, async () => {
    const stage = await new SignInStage().signIn();
    stage.frame('SUBSCRIBE', { id: 'e', destination: '/user/queue/errors' });
    stage.frame('SEND', { destination: '/app/token', receipt: 'r' }, '{"token":"token-2"}');
    await stage.provider.say(stage.identity({ expiresAt: stage.clock.now() + 10 * MINUTE, ...changes }));
    const [frame] = stage.frames();
    const { code, message, receipt } = JSON.parse(Buffer.from(frame?.body ?? '').toString());
    assert.deepEqual([code, receipt], ['renewal-refused', 'r']);
    assert.match(message, says);
    stage.clock.advance(MINUTE + 100);
    assert.equal(stage.pipe.end, 'token-expired');
  });
}

test('a new token that is wrong, or none at all, is refused without ending the session', async () => {
  const stage = await new SignInStage().signIn();
  stage.frame('SUBSCRIBE', { id: 'e', destination: '/user/queue/errors' });
  stage.frame('SEND', { destination: '/app/token' }, '{"token":"x"}');
  await stage.provider.refuse(new Refusal('token-invalid', 'It is no JWT.'));
  for (const body of ['', '{', '7', 'null', '{}', '{"token":7}'])
    stage.frame('SEND', { destination: '/app/token' }, body);
  await settle();
  assert.deepEqual(
    stage.frames().map(({ body }) => JSON.parse(Buffer.from(body).toString()).code),
    [
      'renewal-refused',
      'invalid-json',
      'invalid-json',
      'invalid-message',
      'invalid-message',
      'invalid-message',
      'invalid-message',
    ],
  );
  assert.ok(stage.session.connected);
});

test('a session that has ended while its new token was checked waits for nothing', async () => {
  const stage = await new SignInStage().signIn();
  stage.frame('SEND', { destination: '/app/token' }, '{"token":"x"}');
  stage.session.ended();
  await stage.provider.say(stage.identity());
  stage.clock.advance(2 * MINUTE);
  assert.equal(stage.bytes(), '');
});

test('who may come without a token is a guest under a made name, and its session does not end by itself', () => {
  const identity = {
    subject: undefined,
    name: undefined,
    scopes: new Set<Scope>(['chat:read']),
    expiresAt: Number.POSITIVE_INFINITY,
  };
  const stage = new Stage({ signIn: { identify: () => identity } }).connect('1.2', { login: 'Ann' });
  assert.deepEqual(
    stage.destinations.present.map(({ name, signedIn }) => [name, signedIn]),
    [[undefined, undefined]],
  );
  stage.clock.advance(1_000 * MINUTE);
  assert.ok(stage.session.connected);
  stage.frame('SEND', { destination: '/app/chat' }, '{}');
  assert.equal(stage.pipe.end, 'scope-missing');
});

test('the moderators’ own token beside a user’s makes a moderator of the session; another one does not', async () => {
  for (const [token, moderator] of [
    ['ours', true],
    ['another', undefined],
  ] as const) {
    const stage = new SignInStage({ isModerator: (given) => given === 'ours' });
    stage.frame('CONNECT', { 'accept-version': '1.2', passcode: 'token-1', 'moderator-token': token });
    await stage.provider.say(stage.identity({ scopes: new Set<Scope>(['chat:write']) }));
    assert.equal(/\nmoderator:true\n/.test(stage.bytes()), moderator === true);
    stage.frame('SEND', { destination: '/app/chat' }, '{}');
    assert.deepEqual(
      stage.destinations.sent.map(({ sender }) => [sender.name, sender.moderator]),
      [['Ann', moderator]],
    );
  }
});

test('it signs nobody in: as the passcode it is taken for a user’s token, and alone it is none', () => {
  const stage = new SignInStage({ isModerator: (given) => given === 'ours' });
  stage.frame('CONNECT', { 'accept-version': '1.2', passcode: 'ours' });
  stage.frame('CONNECT', { 'accept-version': '1.2', 'moderator-token': 'ours' });
  assert.deepEqual(stage.provider.asked, ['ours']);
  const other = new SignInStage({ isModerator: (given) => given === 'ours' });
  other.frame('CONNECT', { 'accept-version': '1.2', 'moderator-token': 'ours' });
  assert.deepEqual(other.provider.asked, [undefined]);
});

test('guests are connected at once, whatever their passcode, and /app/token is a destination like others', () => {
  const stage = new Stage();
  stage.frame('CONNECT', { 'accept-version': '1.2', login: 'Ann', passcode: 'anything' });
  assert.match(stage.bytes(), /^CONNECTED\n/);
  stage.frame('SEND', { destination: '/app/token' }, '{"token":"x"}');
  assert.deepEqual(stage.destinations.sent[0]?.destination, '/app/token');
});

test('a SEND without the scope for it refuses its transaction', async () => {
  const stage = await new SignInStage().signIn({ scopes: new Set<Scope>(['chat:read']) });
  stage.frame('SUBSCRIBE', { id: 'e', destination: '/user/queue/errors' });
  stage.frame('BEGIN', { transaction: 't' });
  stage.frame('SEND', { destination: '/app/chat', transaction: 't' }, 'x');
  stage.frame('COMMIT', { transaction: 't' });
  assert.match(stage.seen().join(), /"scope-missing".*"transaction-refused"/);
  assert.deepEqual(stage.destinations.batches, []);
});

test('a new token is taken at once, and is part of no transaction', async () => {
  const stage = await new SignInStage().signIn();
  stage.frame('BEGIN', { transaction: 't' });
  stage.frame('SEND', { destination: '/app/token', transaction: 't', receipt: 'r' }, '{"token":"token-2"}');
  await stage.provider.say(stage.identity({ expiresAt: stage.clock.now() + 2 * MINUTE }));
  stage.frame('ABORT', { transaction: 't', receipt: 'a' });
  assert.deepEqual(stage.seen(), ['RECEIPT r', 'RECEIPT a']);
  stage.clock.advance(1.5 * MINUTE);
  assert.equal(stage.pipe.end, undefined);
});

test('the end of a token aborts the transactions of its session', async () => {
  const stage = await new SignInStage().signIn();
  stage.frame('BEGIN', { transaction: 't' });
  stage.frame('SEND', { destination: '/app/chat', transaction: 't' }, 'x');
  stage.clock.advance(2 * MINUTE);
  stage.frame('COMMIT', { transaction: 't' });
  assert.equal(stage.pipe.end, 'token-expired');
  assert.deepEqual(stage.destinations.batches, []);
});
