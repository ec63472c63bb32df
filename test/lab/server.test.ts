import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { after, before, test } from 'node:test';
import { Lab } from '../../server/lab/lab.ts';
import { MOST_CONNECTIONS } from '../../server/lab/watch.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { json, TestApp } from '../support/test-app.ts';
import { makeToken, SECRET } from '../support/tokens.ts';

let app: TestApp;

before(async () => {
  app = await TestApp.start({ PROTOCOL_LAB: 'on', LAB_WATCHES: 3, MARKET_SOURCE: 'simulator' });
});

after(() => app?.close());

const newToken = (): string => randomBytes(24).toString('base64url');

/** Somebody who watches: the events so far, and a way to wait for more. */
class Watcher {
  text = '';
  readonly #abort = new AbortController();
  readonly status: Promise<number>;

  constructor(url: string, token: string, headers: Record<string, string> = {}) {
    this.status = this.#read(`${url}/api/lab/stream?lab=${token}`, headers);
  }

  async #read(url: string, headers: Record<string, string>): Promise<number> {
    const response = await fetch(url, { signal: this.#abort.signal, headers });
    void (async () => {
      for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) this.text += chunk;
    })().catch(() => undefined);
    return response.status;
  }

  async sees(pattern: RegExp): Promise<void> {
    while (!pattern.test(this.text)) await new Promise((go) => setTimeout(go, 10));
  }

  leave(): void {
    this.#abort.abort();
  }
}

async function connected(path: string, first: string): Promise<WebSocket> {
  const socket = new WebSocket(`${app.url.replace('http', 'ws')}${path}`, ['v12.stomp']);
  await new Promise((done, fail) => {
    socket.onopen = done;
    socket.onerror = fail;
  });
  socket.send(first);
  return socket;
}

const CONNECT = 'CONNECT\naccept-version:1.2\nhost:h\nlogin:Ann\npasscode:hunter2\n\n\0';

test('where the Lab is off there is no such path, and the information says so', async () => {
  const other = await TestApp.start();
  try {
    assert.equal((await other.get(`/api/lab/stream?lab=${newToken()}`)).status, 404);
    assert.equal((await json(other.get('/api/info'))).lab, false);
  } finally {
    await other.close();
  }
});

test('who watches sees the handshake, the frames both ways and the end of a connection with the token', async () => {
  const token = newToken();
  const watcher = new Watcher(app.url, token);
  assert.equal(await watcher.status, 200);
  await watcher.sees(/event: watching/);
  const socket = await connected(`/ws-endpoint?lab=${token}.chat`, CONNECT);
  await watcher.sees(
    /event: connected[\s\S]*GET \/ws-endpoint\?lab=\(hidden\) HTTP\/1\.1[\s\S]*"name":"chat"|"name":"chat"[\s\S]*GET/,
  );
  await watcher.sees(/event: answer[\s\S]*101 Switching Protocols[\s\S]*Sec-WebSocket-Accept/i);
  await watcher.sees(/event: bytes[\s\S]*"from":"client"/);
  await watcher.sees(/"from":"server"/);
  assert.ok(!watcher.text.includes(token) && !watcher.text.includes('hunter2'));
  socket.close();
  await watcher.sees(/event: closed/);
  watcher.leave();
});

test('a stream of prices is seen with its head and its chunks', async () => {
  const token = newToken();
  const watcher = new Watcher(app.url, token);
  await watcher.sees(/event: watching/);
  const abort = new AbortController();
  const response = await fetch(`${app.url}/stream?lab=${token}.prices`, { signal: abort.signal });
  assert.equal(response.status, 200);
  await watcher.sees(/event: answer[\s\S]*text\/event-stream[\s\S]*event: bytes/);
  abort.abort();
  await watcher.sees(/event: closed/);
  watcher.leave();
});

test('an answer that ends is told of alone: the next one on the same connection may be for somebody else', async () => {
  const token = newToken();
  const watcher = new Watcher(app.url, token);
  await watcher.sees(/event: watching/);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const ask = async (path: string, method: string): Promise<void> => {
    const sent = request(`${app.url}${path}`, { agent, method }).end();
    const [answer] = await once(sent, 'response');
    answer.resume();
    await once(answer, 'end');
  };
  await ask(`/stream?lab=${token}.prices`, 'HEAD');
  await watcher.sees(/event: closed/);
  await ask('/api/info', 'GET');
  await ask(`/stream?lab=${token}.prices`, 'OPTIONS');
  await watcher.sees(/event: closed[\s\S]*event: closed/);
  assert.equal((watcher.text.match(/event: answer/g) ?? []).length, 2);
  assert.doesNotMatch(watcher.text, /event: bytes/);
  agent.destroy();
  watcher.leave();
});

test('connections with another token, or none, are not seen', async () => {
  const watcher = new Watcher(app.url, newToken());
  await watcher.sees(/event: watching/);
  const sockets = [
    await connected(`/ws-endpoint?lab=${newToken()}`, CONNECT),
    await connected('/ws-endpoint', CONNECT),
  ];
  await app.get('/api/info');
  assert.doesNotMatch(watcher.text, /event: (?:connected|bytes)/);
  for (const socket of sockets) socket.close();
  watcher.leave();
});

test('a token is watched by one, so many may watch, and a short token is refused', async () => {
  const token = newToken();
  const watchers: Watcher[] = [];
  for (const each of [token, newToken(), newToken()]) {
    let watcher = new Watcher(app.url, each);
    // Those of other tests may still be leaving.
    while ((await watcher.status) === 429) watcher = new Watcher(app.url, each);
    assert.equal(await watcher.status, 200);
    watchers.push(watcher);
  }
  assert.equal((await json(app.get(`/api/lab/stream?lab=${token}`))).code, 'lab-taken');
  assert.equal((await json(app.get(`/api/lab/stream?lab=${newToken()}`))).code, 'lab-full');
  assert.equal((await json(app.get('/api/lab/stream?lab=short'))).code, 'invalid-parameter');
  for (const watcher of watchers) watcher.leave();
});

test('where sign-in is on, watching needs a token', async () => {
  const other = await TestApp.start({ PROTOCOL_LAB: 'on', AUTH: 'jwt', JWT_SECRET: SECRET });
  try {
    assert.equal((await other.get(`/api/lab/stream?lab=${newToken()}`)).status, 401);
    const watcher = new Watcher(other.url, newToken(), { authorization: `Bearer ${await makeToken()}` });
    assert.equal(await watcher.status, 200);
    watcher.leave();
  } finally {
    await other.close();
  }
});

test('a watch ends with its time and with the right to it, leaves out what is too much, and says so', () => {
  const clock = new ManualClock();
  const lab = new Lab({ clock, watches: 2, bytesPerSecond: 4_096 });
  let text = '';
  let ended = 0;
  const take = (more: string): void => {
    text += more;
  };
  const sink = { write: take, waiting: 0, end: () => void ended++ };
  const watch = lab.watch(newToken(), clock.now() + 60_000, () => sink);
  for (let n = 0; n < 100; n++) watch.bytes(1, 'server', Buffer.alloc(1_000));
  assert.ok(text.length < 8_192);
  clock.advance(1_000);
  assert.match(text, /event: skipped\ndata: \{"count":9\d\}/);
  sink.waiting = 1_000_000;
  const before = text.length;
  watch.bytes(1, 'server', Buffer.alloc(10));
  assert.equal(text.length, before);
  sink.waiting = 0;
  clock.advance(60_000);
  assert.match(text, /event: end\ndata: \{"reason":"time"\}/);
  assert.deepEqual([ended, lab.watches], [1, 0]);
  assert.ok(MOST_CONNECTIONS <= 16);
});
