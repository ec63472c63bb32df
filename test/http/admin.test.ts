import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { systemClock } from '../../server/clock.ts';
import { createAdminServer } from '../../server/http/admin-server.ts';
import { healthOf } from '../../server/http/health.ts';
import { listen, stopListening } from '../../server/http/listen.ts';
import { metrics } from '../../server/http/metrics.ts';
import { Readiness } from '../../server/http/readiness.ts';
import { json, TestApp } from '../support/test-app.ts';

let app: TestApp;

before(async () => {
  app = await TestApp.start({ MARKET_SOURCE: 'simulator' }, { processMetrics: true });
});
after(() => app.close());

const admin = (path: string, method = 'GET'): Promise<Response> => fetch(app.adminUrl + path, { method });

/** The value of a metric by its name and labels, as they are written. */
async function metric(name: string): Promise<number> {
  const text = await (await admin('/metrics')).text();
  const line = text.split('\n').find((each) => each.startsWith(`${name} `));
  assert.ok(line, `there is a metric ${name}`);
  return Number(line.slice(name.length));
}

test('a running instance is alive and ready', async () => {
  assert.deepEqual(await json(admin('/health/live')), { live: true });
  const ready = await admin('/health/ready');
  assert.equal(ready.status, 200);
  assert.deepEqual(await json(ready), { ready: true, state: 'ready', reasons: [], degraded: [] });
});

test('every metric of the table is there, with its help, and none of ours besides', async () => {
  const response = await admin('/metrics');
  assert.match(response.headers.get('content-type') ?? '', /^text\/plain/);
  const text = await response.text();
  const ours = [...text.matchAll(/^# HELP (towncrier_\S+)/gm)].map(([, name]) => name);
  assert.deepEqual(ours.sort(), metrics.map(({ name }) => name).sort());
  assert.match(text, /^process_cpu_seconds_total /m);
  assert.match(text, /^nodejs_eventloop_lag_seconds /m);
});

test('metrics follow what happens', async () => {
  const accepted = 'towncrier_chat_sends_total{outcome="accepted"}';
  const refused = 'towncrier_chat_sends_total{outcome="refused"}';
  const connections = 'towncrier_connections{transport="sse"}';
  assert.deepEqual([await metric(accepted), await metric(refused), await metric(connections)], [0, 0, 0]);
  await app.post('/api/chat/messages', { content: 'one' });
  await app.post('/api/chat/messages', { content: '' });
  const abort = new AbortController();
  const stream = await fetch(`${app.url}/stream`, { signal: abort.signal });
  assert.deepEqual([await metric(accepted), await metric(refused), await metric(connections)], [1, 1, 1]);
  assert.equal(await metric('towncrier_market_stale'), 0);
  assert.equal(await metric('towncrier_info{version="1.2.3"}'), 1);
  // An answer that nobody holds any more is given up, and its connection with it.
  assert.equal(stream.status, 200);
  abort.abort();
});

test('a counter never falls between two looks', async () => {
  const before = await metric('towncrier_chat_sends_total{outcome="accepted"}');
  assert.ok((await metric('towncrier_chat_sends_total{outcome="accepted"}')) >= before);
});

test('there is nothing else, and nothing to send', async () => {
  const unknown = await admin('/');
  assert.equal(unknown.status, 404);
  assert.equal((await json(unknown)).code, 'not-found');
  const post = await admin('/metrics', 'POST');
  assert.equal(post.status, 405);
  assert.equal(post.headers.get('allow'), 'GET, HEAD');
  assert.equal(await (await admin('/health/live', 'HEAD')).text(), '');
});

test('the public port knows nothing of it', async () => {
  for (const path of ['/metrics', '/health/live', '/health/ready']) assert.equal((await app.get(path)).status, 404);
});

test('before anything is started it answers: alive, not ready, no metrics yet', async (t) => {
  const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
  const server = createAdminServer({
    log: silent,
    health: () => healthOf(new Readiness(), {}),
    metrics: async () => '',
    ops: () => undefined,
  });
  const port = await listen(server, '127.0.0.1', 0, 'ADMIN_PORT');
  t.after(() => stopListening(server, systemClock, 1_000));
  const early = (path: string): Promise<Response> => fetch(`http://127.0.0.1:${port}${path}`);
  assert.deepEqual(await json(early('/health/live')), { live: true });
  const ready = await early('/health/ready');
  assert.equal(ready.status, 503);
  assert.deepEqual(await json(ready), { ready: false, state: 'unready', reasons: ['store', 'ticks'], degraded: [] });
  assert.equal(await (await early('/metrics')).text(), '');
});
