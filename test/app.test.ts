import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { startApp } from '../server/app.ts';
import { EventStream } from './support/event-stream.ts';
import { freePort } from './support/free-port.ts';
import { json, TestApp, testOptions, testSettings } from './support/test-app.ts';

async function refusesConnections(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  const refused = await once(socket, 'connect').then(
    () => false,
    () => true,
  );
  socket.destroy();
  return refused;
}

test('several instances live in one process and know nothing of one another', async () => {
  const [one, other] = await Promise.all([TestApp.start(), TestApp.start()]);
  await one.post('/api/chat/messages', { content: 'for one' });
  assert.equal((await json(one.get('/api/chat/messages'))).head, 1);
  assert.equal((await json(other.get('/api/chat/messages'))).head, 0);
  await Promise.all([one.close(), other.close()]);
});

test('what was accepted is there after a restart, under the same epoch', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'towncrier-app-'));
  const first = await TestApp.start({ DATA_DIR: folder });
  const sent = await json(first.post('/api/chat/messages', { content: 'stays' }));
  const { epoch, instance } = await json(first.get('/api/info'));
  await first.close();
  const second = await TestApp.start({ DATA_DIR: folder });
  assert.deepEqual((await json(second.get('/api/chat/messages'))).messages, [sent]);
  const info = await json(second.get('/api/info'));
  assert.equal(info.epoch, epoch);
  assert.notEqual(info.instance, instance);
  await second.close();
  await rm(folder, { recursive: true });
});

test('after close both ports are free, and closing again changes nothing', async () => {
  const { app, close } = await TestApp.start().then((started) => ({ app: started.app, close: () => started.close() }));
  await Promise.all([app.close(), app.close()]);
  await app.close();
  assert.ok(await refusesConnections(app.port));
  assert.ok(await refusesConnections(app.adminPort));
  await close();
});

test('close ends streams and sockets, and an accepted message is answered first', async () => {
  const app = await TestApp.start();
  const stream = await fetch(`${app.url}/stream`);
  const socket = new WebSocket(`${app.url.replace('http', 'ws')}/ws-endpoint`, 'v12.stomp');
  await once(socket, 'open');
  const ended = once(socket, 'close');
  const sent = app.post('/api/chat/messages', { content: 'just in time' });
  await app.get('/api/info');
  await app.close();
  assert.equal((await sent).status, 201);
  await stream.text();
  await ended;
});

test('while it stops it is not ready, and refuses what is new', async () => {
  const app = await TestApp.start();
  // A request that is not complete keeps its connection, and so the stop, open for a moment.
  const slow = connect(app.app.port, '127.0.0.1').setEncoding('latin1');
  slow.write('GET /api/info HTTP/1.1\r\nHost: x\r\n');
  await app.get('/api/info');
  const closed = app.app.close();
  const ready = await fetch(`${app.adminUrl}/health/ready`);
  assert.equal(ready.status, 503);
  assert.deepEqual(await json(ready), { ready: false, state: 'unready', reasons: ['stopping'], degraded: [] });
  slow.write('\r\n');
  const [answer] = await once(slow, 'data');
  assert.match(answer, /^HTTP\/1\.1 503 [\s\S]*"code":"stopping"/);
  await closed;
  await app.close();
});

test('while its clients are told to go it is not ready, takes nobody new, and still answers who is here', async () => {
  const app = await TestApp.start({ DRAIN_DELAY: 1 });
  const socket = new WebSocket(`${app.url.replace('http', 'ws')}/ws-endpoint`, 'v12.stomp');
  await once(socket, 'open');
  const stream = await fetch(`${app.url}/stream`);
  assert.equal(app.app.clients(), 2);
  const ended = once(socket, 'close');
  const drained = app.app.drain();
  const ready = await fetch(`${app.adminUrl}/health/ready`);
  assert.equal(ready.status, 503);
  assert.deepEqual((await json(ready)).reasons, ['stopping']);
  assert.equal((await fetch(`${app.adminUrl}/health/ready?draining=404`)).status, 404);
  // Load balancers have not looked yet.
  assert.equal((await app.get('/api/info', { connection: 'close' })).status, 200);
  const sent = app.post('/api/chat/messages', { content: 'on the last connection' });
  await drained;
  assert.equal((await sent).status, 201);
  const [event] = (await ended) as [CloseEvent]; // what the event is
  assert.equal(event.code, 1012);
  assert.match(await stream.text(), /retry: \d+\n\n$/);
  assert.ok(await refusesConnections(app.app.port));
  assert.equal((await fetch(`${app.adminUrl}/health/live`)).status, 200);
  await app.close();
});

test('a port in use is said in one sentence, and what was opened is closed again', async () => {
  const first = await TestApp.start();
  const adminPort = await freePort();
  const folder = await mkdtemp(join(tmpdir(), 'towncrier-app-'));
  const settings = testSettings({
    DATA_DIR: folder,
    PORT: first.app.port,
    ADMIN_PORT: adminPort,
    MARKET_SOURCE: 'simulator',
  });
  await assert.rejects(startApp(settings, testOptions()), {
    message: `cannot listen at 127.0.0.1, PORT=${first.app.port}: the port is in use by another process`,
  });
  assert.ok(await refusesConnections(adminPort));
  await assert.rejects(startApp({ ...settings, PORT: 0, ADMIN_PORT: first.app.port }, testOptions()), /ADMIN_PORT=/);
  const again = await startApp({ ...settings, PORT: 0 }, testOptions());
  await again.close();
  await first.close();
  await rm(folder, { recursive: true });
});

test('a data folder that is a file is said in one sentence', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'towncrier-app-'));
  const file = join(folder, 'data');
  await writeFile(file, 'not a folder');
  await assert.rejects(startApp(testSettings({ DATA_DIR: file }), testOptions()), (error: Error) => {
    assert.ok(error.message.includes(file), error.message);
    assert.doesNotMatch(error.message, /\n/);
    return true;
  });
  await rm(folder, { recursive: true });
});

test('a recording that is not there is said in one sentence', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'towncrier-app-'));
  const settings = testSettings({ DATA_DIR: folder, MARKET_SOURCE: 'replay', MARKET_REPLAY_FILE: '/no/such/file.csv' });
  await assert.rejects(startApp(settings, testOptions()), /^Error: \/no\/such\/file\.csv: cannot be read/);
  await rm(folder, { recursive: true });
});

test('the sample recording is played', async () => {
  const app = await TestApp.start({ MARKET_SOURCE: 'replay', MARKET_REPLAY_SPEED: 1_000 });
  const stream = await EventStream.open(`${app.url}/stream`);
  while ((await stream.next()).event !== 'market-tick');
  await stream.close();
  await app.close();
});
