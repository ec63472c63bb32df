import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Client, type IFrame } from '@stomp/stompjs';
import { EventSource } from 'eventsource';
import SockJS from 'sockjs-client';
import { WebSocket } from 'ws';
import { EventStream } from '../support/event-stream.ts';
import { StompClient } from '../support/stomp-client.ts';
import { json, TestApp } from '../support/test-app.ts';
import { makeToken, SECRET } from '../support/tokens.ts';

let app: TestApp;
let token: string;

before(async () => {
  app = await TestApp.start({
    AUTH: 'jwt',
    JWT_SECRET: SECRET,
    JWT_COOKIE: 'session',
    JWT_CLOCK_SKEW: 0,
    MARKET_SOURCE: 'simulator',
    MARKET_TICKS_PER_SECOND: 100,
  });
  token = await makeToken();
});
after(() => app.close());

const bearer = (value: string) => ({ authorization: `Bearer ${value}` });

interface Connection {
  readonly query?: string;
  readonly connectHeaders?: Record<string, string>;
  readonly requestHeaders?: Record<string, string>;
}

/** A client of the library that pages use: connected, or the ERROR that it got. */
async function stomp({ query = '', connectHeaders = {}, requestHeaders = {} }: Connection) {
  const came = Promise.withResolvers<IFrame>();
  const failed = Promise.withResolvers<IFrame>();
  const url = `${app.url.replace('http', 'ws')}/ws-endpoint${query}`;
  const client = new Client({
    webSocketFactory: () => new WebSocket(url, ['v12.stomp'], { headers: requestHeaders }),
    reconnectDelay: 0,
    connectHeaders,
    onConnect: came.resolve,
    onStompError: (frame) => {
      came.resolve(frame);
      failed.resolve(frame);
    },
  });
  client.activate();
  const first = await came.promise;
  const accepted = async (destination: string, body: object): Promise<string> => {
    const { promise, resolve } = Promise.withResolvers<string>();
    const receipt = crypto.randomUUID();
    client.watchForReceipt(receipt, () => resolve('accepted'));
    const refused = client.subscribe('/user/queue/errors', ({ body: text }) => resolve(JSON.parse(text).code));
    client.publish({ destination, body: JSON.stringify(body), headers: { receipt } });
    const outcome = await promise;
    refused.unsubscribe();
    return outcome;
  };
  return { client, first, failed: failed.promise, accepted };
}

test('info tells how users sign in, to everybody', async () => {
  const response = await app.get('/api/info');
  assert.equal(response.status, 200);
  assert.equal((await json(response)).auth, 'jwt');
});

const places: readonly (readonly [what: string, connection: (token: string) => Connection])[] = [
  ['the passcode', (passcode) => ({ connectHeaders: { login: 'Eve', passcode } })],
  ['the header Authorization of CONNECT', (value) => ({ connectHeaders: { Authorization: `Bearer ${value}` } })],
  ['the header Authorization of the upgrade', (value) => ({ requestHeaders: bearer(value) })],
  ['access_token in the query', (value) => ({ query: `?access_token=${value}` })],
  [
    'a cookie, from a page of this origin',
    (value) => ({ requestHeaders: { cookie: `session=${value}`, origin: app.url } }),
  ],
];
for (const [what, connection] of places) {
  test(`@stomp/stompjs signs in by ${what}, and writes under the name of the token`, async () => {
    const { client, first, accepted } = await stomp(connection(token));
    try {
      assert.equal(first.command, 'CONNECTED');
      assert.equal(first.headers['user-name'], 'Ann');
      assert.equal(await accepted('/app/chat', { content: what }), 'accepted');
      assert.equal(await accepted('/app/chat', { content: what, sender: 'Ann' }), 'accepted');
      assert.equal(await accepted('/app/chat', { content: what, sender: 'Bob' }), 'invalid-message');
      assert.equal(await accepted('/app/typing', { typing: true, sender: 'Bob' }), 'invalid-message');
    } finally {
      await client.deactivate();
    }
    const { messages } = await json(app.get('/api/chat/messages?limit=1', bearer(token)));
    assert.deepEqual([messages[0].sender, messages[0].content], ['Ann', what]);
  });
}

const refused: readonly (readonly [what: string, code: string, connection: () => Promise<Connection>])[] = [
  ['no token', 'sign-in-needed', async () => ({ connectHeaders: { login: 'Ann' } })],
  ['a wrong token', 'token-invalid', async () => ({ connectHeaders: { passcode: 'secret' } })],
  ['an old token', 'token-expired', async () => ({ connectHeaders: { passcode: await makeToken({}, { lasts: -1 }) } })],
  ['a cookie of no page', 'sign-in-needed', async () => ({ requestHeaders: { cookie: `session=${token}` } })],
];
for (const [what, code, connection] of refused) {
  test(`STOMP with ${what} is answered with the ERROR ${code}`, async () => {
    const { client, first } = await stomp(await connection());
    assert.equal(first.command, 'ERROR');
    assert.equal(first.headers.code, code);
    await client.deactivate();
  });
}

test('an upgrade with two different tokens gets 401 and the challenge', async () => {
  const url = `${app.url.replace('http', 'ws')}/ws-endpoint?access_token=a`;
  const socket = new WebSocket(url, { headers: bearer('b') });
  const { promise, resolve } = Promise.withResolvers<[number | undefined, string | undefined]>();
  socket.on('unexpected-response', (request, { statusCode, headers }) => {
    request.destroy();
    resolve([statusCode, headers['www-authenticate']]);
  });
  socket.on('error', () => {});
  assert.deepEqual(await promise, [401, 'Bearer error="invalid_token"']);
});

test('scopes count over STOMP', async () => {
  const { client, accepted } = await stomp({ connectHeaders: { passcode: await makeToken({ scope: 'market:read' }) } });
  try {
    assert.equal(await accepted('/app/chat', { content: 'x' }), 'scope-missing');
    assert.equal(await accepted('/app/typing', { typing: true }), 'scope-missing');
    const snapshot = Promise.withResolvers<string>();
    client.subscribe('/topic/market', ({ headers }) => snapshot.resolve(`${headers.event}`));
    assert.equal(await snapshot.promise, 'snapshot');
    for (const destination of [
      '/topic/chat',
      '/topic/chat.global',
      '/topic/typing',
      '/topic/presence',
      '/topic/rooms',
    ]) {
      const code = Promise.withResolvers<string>();
      const errors = client.subscribe('/user/queue/errors', ({ body }) => code.resolve(JSON.parse(body).code));
      client.subscribe(destination, () => assert.fail('it was not to be read'));
      assert.equal(await code.promise, 'scope-missing', destination);
      errors.unsubscribe();
    }
  } finally {
    await client.deactivate();
  }
});

test('a session ends when its token does; one that was renewed goes on', async () => {
  const passcode = await makeToken({}, { lasts: 10 });
  const one = await stomp({ connectHeaders: { passcode } });
  const other = await stomp({ connectHeaders: { passcode } });
  try {
    assert.equal(await other.accepted('/app/token', { token: await makeToken({}, { lasts: 600 }) }), 'accepted');
    assert.equal(await other.accepted('/app/token', { token: await makeToken({ sub: 'eve' }) }), 'renewal-refused');
    assert.equal((await one.failed).headers.code, 'token-expired');
    assert.equal(await other.accepted('/app/chat', { content: 'still here' }), 'accepted');
  } finally {
    await one.client.deactivate();
    await other.client.deactivate();
  }
});

for (const transport of ['websocket', 'xhr-streaming', 'xhr-polling'] as const) {
  test(`sockjs-client by ${transport} signs in by access_token in the query`, async () => {
    const came = Promise.withResolvers<IFrame>();
    // Else the library gives a transport some hundred milliseconds to open, and then up.
    const options = { transports: [transport], timeout: 60_000 };
    const client = new Client({
      webSocketFactory: () => new SockJS(`${app.url}/ws-endpoint?access_token=${token}`, null, options),
      reconnectDelay: 0,
      onConnect: came.resolve,
      onStompError: came.resolve,
    });
    client.activate();
    try {
      assert.equal((await came.promise).headers['user-name'], 'Ann');
    } finally {
      await client.deactivate();
    }
  });
}

test('a SockJS session with two different tokens is refused before it begins', async () => {
  const response = await fetch(`${app.url}/ws-endpoint/000/auth0001/xhr?access_token=a`, {
    method: 'POST',
    headers: bearer('b'),
  });
  assert.equal(response.status, 401);
  assert.equal((await json(response)).code, 'token-invalid');
});

test('the EventSource of Node programs signs in by access_token', async () => {
  const source = new EventSource(`${app.url}/stream?access_token=${token}`);
  try {
    const { promise, resolve } = Promise.withResolvers<void>();
    source.addEventListener('market-tick', () => resolve());
    await promise;
  } finally {
    source.close();
  }
});

test('the stream asks for a token with its scope', async () => {
  const status = async (headers: Record<string, string>, path = '/stream'): Promise<string> => {
    const response = await app.get(path, headers);
    const { code } = response.status === 200 ? { code: '' } : await json(response);
    await response.body?.cancel().catch(() => {});
    return `${response.status} ${code} ${response.headers.get('www-authenticate') ?? ''}`.trim();
  };
  assert.equal(await status({}), '401 sign-in-needed Bearer');
  assert.equal(await status(bearer('x')), '401 token-invalid Bearer error="invalid_token"');
  assert.match(
    await status(bearer(await makeToken({}, { lasts: -1 }))),
    /^401 token-expired Bearer error="invalid_token"/,
  );
  const chatOnly = await makeToken({ scope: 'chat:read chat:write' });
  assert.equal(await status(bearer(chatOnly)), '403 scope-missing Bearer error="insufficient_scope"');
  assert.equal(await status(bearer(token)), '200');
  assert.equal(await status({ cookie: `session=${token}`, 'sec-fetch-site': 'same-origin' }), '200');
  assert.match(await status({ cookie: `session=${token}`, 'sec-fetch-site': 'cross-site' }), /^401/);
  const head = await fetch(`${app.url}/stream`, { method: 'HEAD' });
  assert.equal(head.status, 401);
  assert.equal((await fetch(`${app.url}/stream`, { method: 'HEAD', headers: bearer(token) })).status, 200);
});

test('a stream ends when its token does, and a fresh token goes on from the same tick', async () => {
  const stream = await EventStream.open(`${app.url}/stream?access_token=${await makeToken({}, { lasts: 10 })}`);
  let last = (await stream.next()).id;
  await assert.rejects(async () => {
    for (;;) last = (await stream.next()).id ?? last;
  }, /the stream ended/);
  const next = await EventStream.open(`${app.url}/stream?access_token=${token}`, last);
  const { event, id } = await next.next();
  await next.close();
  assert.equal(event, 'market-tick', 'no snapshot: nothing was missed');
  const sum = (position = ''): number =>
    (position.split(':')[1] ?? '').split(',').reduce((all, offset) => all + Number(offset), 0);
  assert.equal(sum(id), sum(last) + 1, 'the very next tick');
});

test('the API asks for a token with the scope of the path; a token in the query does not count there', async () => {
  const scopes: readonly (readonly [path: string, scope: string])[] = [
    ['/api/chat/messages', 'chat:read'],
    ['/api/chat/presence', 'chat:read'],
    ['/api/market/symbols', 'market:read'],
    ['/api/market/candles?symbol=BTC-USD', 'market:read'],
  ];
  for (const [path, scope] of scopes) {
    const none = await app.get(path);
    assert.deepEqual([none.status, none.headers.get('www-authenticate')], [401, 'Bearer']);
    const others = ['chat:read', 'chat:write', 'market:read', 'moderate'].filter((each) => each !== scope);
    const lacking = await app.get(path, bearer(await makeToken({ scope: others })));
    assert.equal(lacking.status, 403);
    assert.equal((await json(lacking)).message, `This needs the scope ${scope}.`);
    assert.equal((await app.get(path, bearer(await makeToken({ scope })))).status, 200, path);
    assert.equal((await app.get(`${path}${path.includes('?') ? '&' : '?'}access_token=${token}`)).status, 401);
  }
  assert.equal((await app.get('/api/openapi.json')).status, 200);
});

test('what is posted is by the name of the token', async () => {
  const body = { content: 'by REST' };
  assert.equal((await app.post('/api/chat/messages', body)).status, 401);
  const reader = await makeToken({ scope: 'chat:read' });
  assert.equal((await app.post('/api/chat/messages', body, bearer(reader))).status, 403);
  const posted = await app.post('/api/chat/messages', body, bearer(token));
  assert.equal(posted.status, 201);
  assert.equal((await json(posted)).sender, 'Ann');
  const other = await app.post('/api/chat/messages', { ...body, sender: 'Bob' }, bearer(token));
  assert.deepEqual([other.status, (await json(other)).code], [400, 'invalid-message']);
});

test('a page of another site can neither post with the cookie nor read why it is refused', async () => {
  const response = await app.post(
    '/api/chat/messages',
    { content: 'x' },
    { cookie: `session=${token}`, origin: 'https://evil.example' },
  );
  assert.equal(response.status, 403);
  assert.equal(response.headers.get('access-control-allow-origin'), null);
});

test('the description names the scheme, and the scope of each path', async () => {
  const { components, paths } = await json(app.get('/api/openapi.json'));
  assert.deepEqual(
    [components.securitySchemes.bearer.type, components.securitySchemes.bearer.scheme],
    ['http', 'bearer'],
  );
  assert.deepEqual(paths['/api/chat/messages'].post.security, [{ bearer: ['chat:write'] }]);
  assert.deepEqual(paths['/api/market/symbols'].get.security, [{ bearer: ['market:read'] }]);
  assert.equal(paths['/api/info'].get.security, undefined);
});

test('what needs no token is there without one, and what is not there is not', async () => {
  assert.equal((await app.get('/')).status, 503, 'the page, which is not built here');
  const missing = await app.get('/api/nothing');
  assert.deepEqual([missing.status, (await json(missing)).code], [404, 'not-found']);
  assert.equal((await app.get('/ws-endpoint/info')).status, 200);
  const preflight = await fetch(`${app.url}/api/chat/messages`, { method: 'OPTIONS' });
  assert.equal(preflight.status, 204);
});

test('with AUTH_ANONYMOUS_READ who has no token may read, and not write, and has no name', async () => {
  const open = await TestApp.start({
    AUTH: 'jwt',
    JWT_SECRET: SECRET,
    AUTH_ANONYMOUS_READ: 'on',
    MARKET_SOURCE: 'simulator',
  });
  try {
    assert.equal((await open.get('/api/chat/messages')).status, 200);
    assert.equal((await open.get('/api/chat/messages', bearer('wrong'))).status, 401);
    const posted = await open.post('/api/chat/messages', { content: 'x', sender: 'Ann' });
    assert.deepEqual([posted.status, (await json(posted)).code], [403, 'scope-missing']);
    const stream = await EventStream.open(`${open.url}/stream`);
    assert.equal((await stream.next()).event, 'market-snapshot');
    await stream.close();
    const client = await StompClient.connect(open.url, 'Ann');
    client.send('SUBSCRIBE', { id: 'e', destination: '/user/queue/errors' });
    client.send('SEND', { destination: '/app/chat' }, '{"content":"x"}');
    assert.equal((await client.message('/user/queue/errors')).code, 'scope-missing');
    await client.close();
  } finally {
    await open.close();
  }
});
