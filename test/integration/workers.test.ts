import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { ownerOf } from '../../server/protocol/sockjs/owner.ts';
import { KafkaServer } from '../support/engines/kafka.ts';
import { MysqlServer } from '../support/engines/mysql.ts';
import { RedisServer } from '../support/engines/redis.ts';
import { eventually } from '../support/eventually.ts';
import { freeze } from '../support/freeze.ts';
import { ServerProcess } from '../support/server-process.ts';
import { StompClient } from '../support/stomp-client.ts';
import { json } from '../support/test-app.ts';
import { makeToken, SECRET } from '../support/tokens.ts';

const WORKERS = 4;
const stack = new AsyncDisposableStack();
let server: ServerProcess;
/** The engines that the servers share. */
let engines: Record<string, string>;

before(async () => {
  const mysql = await MysqlServer.start();
  stack.defer(() => mysql.dispose());
  const redis = await RedisServer.start();
  stack.defer(() => redis.stop());
  const kafka = await KafkaServer.start();
  stack.defer(() => kafka.stop());
  engines = { MYSQL_URL: mysql.newUrl(), REDIS_URL: redis.url, KAFKA_BROKERS: kafka.brokers.join(',') };
  server = await ServerProcess.create({ WORKERS: `${WORKERS}`, PROTOCOL_LAB: 'on', ...engines });
  stack.defer(() => server.dispose());
  await server.start();
  await until(async () => (await health()).state === 'ready');
});
after(() => stack.disposeAsync());

const health = ({ adminPort } = server) => json(fetch(`http://127.0.0.1:${adminPort}/health/ready`));

async function metric(name: string): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${server.adminPort}/metrics`)).text();
  return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1]);
}

/** The instance that answers one new connection. */
async function instance(): Promise<string> {
  const info = await json(fetch(`${server.url}/api/info`, { headers: { connection: 'close' } }));
  return info.instance;
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 1_200; tries++) {
    if (await condition().catch(() => false)) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.fail('that did not happen within a minute');
}

function children(pid: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => {
      try {
        return readFileSync(`/proc/${name}/stat`, 'utf8').split(') ')[1]?.split(' ')[1] === `${pid}`;
      } catch {
        return false;
      }
    })
    .map(Number);
}

test('workers share one port in turn, and each is an instance of its own', async () => {
  const seen = new Set<string>();
  // All feeds but one wait to be needed, and say so.
  for (let request = 0; request < 4 * WORKERS; request++) seen.add(await instance());
  assert.equal(seen.size, WORKERS);
});

test('the debug stream of the Lab tells of connections, whichever worker has them', async () => {
  const token = randomBytes(24).toString('base64url');
  const abort = new AbortController();
  const response = await fetch(`${server.url}/api/lab/stream?lab=${token}`, { signal: abort.signal });
  assert.equal(response.status, 200);
  let text = '';
  void (async () => {
    for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) text += chunk;
  })().catch(() => undefined);
  await until(async () => text.startsWith('event: watching'));
  const url = `${server.url.replace('http', 'ws')}/ws-endpoint?lab=${token}.chat`;
  const sockets = Array.from({ length: 2 * WORKERS }, () => new WebSocket(url, ['v12.stomp']));
  const numbers = (): number[] =>
    [...text.matchAll(/event: connected\ndata: \{"connection":(\d+)/g)].map(([, number]) => Number(number));
  await until(async () => numbers().length === sockets.length);
  // A connection's number says which worker has it.
  assert.equal(new Set(numbers().map((number) => number % WORKERS)).size, WORKERS);
  for (const socket of sockets) socket.close();
  await until(async () => (text.match(/event: closed/g) ?? []).length === sockets.length);
  abort.abort();
});

test('a message that one worker took reaches clients of all of them', async () => {
  const clients = await Promise.all(Array.from({ length: 2 * WORKERS }, () => StompClient.connect(server.url)));
  for (const client of clients) client.send('SUBSCRIBE', { id: 'sub-0', destination: '/topic/chat', after: '0' });
  await clients[0]?.accepted('/app/chat', { content: 'to all workers' });
  for (const client of clients) assert.equal((await client.message('/topic/chat')).content, 'to all workers');
  await until(async () => (await metric('towncrier_connections{transport="websocket"}')) === clients.length);
  await Promise.all(clients.map((client) => client.close()));
});

/** A request of a SockJS session on a connection of its own, so that the workers take turns. */
async function sockjs(session: string, transport: string, body = '', { url } = server) {
  const init = { method: 'POST', body, headers: { connection: 'close' } };
  const response = await fetch(`${url}/ws-endpoint/000/${session}/${transport}`, init);
  return { status: response.status, text: await response.text() };
}

test('a SockJS session is one session, whichever workers its requests come to', async () => {
  for (let number = 0; number < 2 * WORKERS; number++) {
    const session = crypto.randomUUID();
    assert.deepEqual(await sockjs(session, 'xhr'), { status: 200, text: 'o\n' });
    const connect = JSON.stringify(['CONNECT\naccept-version:1.2\nhost:x\n\n\0']);
    assert.deepEqual(await sockjs(session, 'xhr_send', connect), { status: 204, text: '' });
    assert.match((await sockjs(session, 'xhr')).text, /^a\["CONNECTED\\n/);
    const leave = JSON.stringify(['DISCONNECT\nreceipt:r\n\n\0']);
    assert.equal((await sockjs(session, 'xhr_send', leave)).status, 204);
    assert.match((await sockjs(session, 'xhr')).text, /^a\["RECEIPT\\n/);
    assert.equal((await sockjs(session, 'xhr')).text, 'c[3000,"Go away!"]\n');
  }
});

test('the admin port answers for all: one feed is active, and there is one version', async () => {
  await until(async () => (await metric('towncrier_feed_active')) === 1);
  assert.equal(await metric('towncrier_info{version="0.1.0"}'), 1);
  // A worker or an engine that is slow to answer counts as down for a second.
  await eventually(async () =>
    assert.deepEqual(await health(), { ready: true, state: 'ready', reasons: [], degraded: [] }),
  );
});

test('a worker that dies is replaced, and meanwhile the others serve', async () => {
  const before = children(server.pid);
  assert.equal(before.length, WORKERS);
  const [victim = 0] = before;
  process.kill(victim, 'SIGKILL');
  await until(async () => !children(server.pid).includes(victim));
  assert.equal((await fetch(`${server.url}/api/info`, { headers: { connection: 'close' } })).status, 200);
  await until(async () => children(server.pid).length === WORKERS && (await health()).state === 'ready');
});

test('a SockJS session of a worker that dies ends, and a new one goes on from the last message', async () => {
  const call = async (session: string, transport: string, body = ''): Promise<{ status: number; text: string }> =>
    await sockjs(session, transport, body).catch(() => ({ status: 0, text: '' }));
  const begin = async (session: string, after: number): Promise<void> => {
    const connect = 'CONNECT\naccept-version:1.2\nhost:x\n\n\0';
    const subscribe = `SUBSCRIBE\nid:sub-0\ndestination:/topic/chat\nafter:${after}\n\n\0`;
    assert.equal((await call(session, 'xhr')).text, 'o\n');
    assert.equal((await call(session, 'xhr_send', JSON.stringify([connect, subscribe]))).status, 204);
  };
  const seqs = (text: string): number[] => [...text.matchAll(/\\"seq\\":(\d+)/g)].map(([, seq]) => Number(seq));
  const writer = await StompClient.connect(server.url, 'writer');
  await writer.accepted('/app/chat', { content: 'before the death' });
  const sessions: string[] = [];
  while (new Set(sessions.map((session) => ownerOf(session, WORKERS))).size < WORKERS || sessions.length < 4 * WORKERS)
    sessions.push(crypto.randomUUID());
  const polls: Promise<unknown>[] = [];
  // A poll that waits keeps the session; it breaks off with the worker that has it or passes it on.
  const keep = async (session: string): Promise<void> => {
    while ((await call(session, 'xhr')).text === 'h\n');
  };
  for (const session of sessions) {
    await begin(session, 0);
    while (seqs((await call(session, 'xhr')).text).length === 0);
    polls.push(keep(session));
  }
  const { head: last } = await json(fetch(`${server.url}/api/chat/messages`, { headers: { connection: 'close' } }));
  await writer.close();
  const [victim = 0] = children(server.pid);
  process.kill(victim, 'SIGKILL');
  await until(async () => !children(server.pid).includes(victim) && children(server.pid).length === WORKERS);
  await until(async () => (await health()).state === 'ready');
  const heart = JSON.stringify(['\n']);
  const found = await Promise.all(sessions.map((session) => call(session, 'xhr_send', heart)));
  const gone = sessions.filter((_, index) => found[index]?.status !== 204);
  // Those of the dead worker are unknown to the one in its place; all others go on.
  assert.ok(gone.length > 0 && gone.length < sessions.length, `${gone.length}`);
  for (const { status } of found) assert.ok([204, 404, 502].includes(status), `${status}`);
  const again = await StompClient.connect(server.url, 'writer');
  await again.accepted('/app/chat', { content: 'after the death' });
  await Promise.all(polls);
  for (const session of [crypto.randomUUID(), crypto.randomUUID()]) {
    await begin(session, last);
    let text = '';
    while (seqs(text).length === 0) text = (await call(session, 'xhr')).text;
    assert.deepEqual(seqs(text), [last + 1]);
  }
  await again.close();
});

test('a worker that hangs is named, and gets nobody more than one connection', async () => {
  const [victim = 0] = children(server.pid);
  const over = new AbortController();
  freeze({ pid: victim });
  try {
    // Another one may be late for once.
    await eventually(async () => {
      const { state, ready, degraded } = await health();
      assert.deepEqual([state, ready], ['degraded', true]);
      assert.match(degraded.join(), /^worker \d+: does not answer$/);
    });
    const asked = { headers: { connection: 'close' }, signal: over.signal };
    let answered = 0;
    for (let i = 0; i < 12; i++)
      void fetch(`${server.url}/api/info`, asked).then(
        () => answered++,
        () => undefined,
      );
    await until(async () => answered >= 11);
  } finally {
    over.abort();
    process.kill(victim, 'SIGCONT');
  }
  await until(async () => (await health()).state === 'ready');
});

test('a connection that a worker has not taken when it dies is closed, so that its client can come again', async () => {
  const [victim = 0] = children(server.pid);
  freeze({ pid: victim });
  let ended = 0;
  const requests = Array.from({ length: 12 }, () =>
    fetch(`${server.url}/api/info`, { headers: { connection: 'close' } }).finally(() => ended++),
  );
  const answers = Promise.allSettled(requests);
  await until(async () => ended >= 11);
  assert.equal(ended, 11, 'the one that was given to the victim waits');
  process.kill(victim, 'SIGKILL');
  await until(async () => ended === 12);
  const kept = (await answers).filter(({ status }) => status === 'fulfilled');
  assert.equal(kept.length, 11);
  await until(async () => children(server.pid).length === WORKERS && (await health()).state === 'ready');
});

test('SIGTERM sends the clients of all workers away, and ends all of them with 0', async () => {
  const pids = children(server.pid);
  const sockets = Array.from(
    { length: 2 * WORKERS },
    () => new WebSocket(`${server.url.replace('http', 'ws')}/ws-endpoint`),
  );
  await Promise.all(sockets.map((socket) => once(socket, 'open')));
  const closed = sockets.map(async (socket) => {
    const [event] = (await once(socket, 'close')) as [CloseEvent]; // what the event is
    return event.code;
  });
  assert.equal(await server.stop(), 0);
  assert.deepEqual(new Set(await Promise.all(closed)), new Set([1012]));
  for (const pid of pids) assert.throws(() => process.kill(pid, 0));
});

test('who signs in is known to whichever worker is asked, and a token that does not hold to none', async () => {
  await using other = {
    ...{ server: await ServerProcess.create({ WORKERS: '2', AUTH: 'jwt', JWT_SECRET: SECRET, ...engines }) },
    [Symbol.asyncDispose]: () => other.server.dispose(),
  };
  await other.server.start();
  await until(async () => (await health(other.server)).state === 'ready');
  const { url } = other.server;
  const token = await makeToken();
  const ask = async (headers: Record<string, string>): Promise<number> =>
    (await fetch(`${url}/api/chat/messages`, { headers: { connection: 'close', ...headers } })).status;
  for (let number = 0; number < 6; number++) {
    assert.deepEqual([await ask({}), await ask({ authorization: `Bearer ${token}` })], [401, 200]);
    const session = crypto.randomUUID();
    const connect = (passcode: string): string =>
      JSON.stringify([`CONNECT\naccept-version:1.2\nhost:x\npasscode:${passcode}\n\n\0`]);
    assert.equal((await sockjs(session, `xhr?access_token=${token}`, '', other.server)).text, 'o\n');
    assert.equal((await sockjs(session, 'xhr_send', connect(''), other.server)).status, 204);
    assert.match((await sockjs(session, 'xhr', '', other.server)).text, /^a\["CONNECTED\\n.*user-name:Ann/);
    const stranger = crypto.randomUUID();
    await sockjs(stranger, 'xhr', '', other.server);
    await sockjs(stranger, 'xhr_send', connect('x.y.z'), other.server);
    assert.match((await sockjs(stranger, 'xhr', '', other.server)).text, /^a\["ERROR\\n.*code:token-invalid/);
  }
  assert.doesNotMatch(other.server.output, /eyJ|x\.y\.z/);
});

test('a worker that cannot start ends the parent with 1 and one line that says why', async () => {
  const other = await ServerProcess.create({
    WORKERS: '2',
    MYSQL_URL: 'mysql://root@127.0.0.1:1/x',
    REDIS_URL: 'redis://127.0.0.1:1',
    KAFKA_BROKERS: '127.0.0.1:1',
    START_WAIT: '0',
  });
  await assert.rejects(other.start(), /the server ended with 1/);
  const lines = other.output.split('\n').filter((line) => line !== '');
  assert.equal(lines.length, 1, other.output);
  assert.match(other.output, /^towncrier: cannot use the database mysql:\/\/127\.0\.0\.1:1\/x/);
  await other.dispose();
});
