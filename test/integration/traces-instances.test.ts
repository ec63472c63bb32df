import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type CollectedSpan, Collector } from '../support/collector.ts';
import { MysqlServer } from '../support/engines/mysql.ts';
import { RedisServer } from '../support/engines/redis.ts';
import { StompClient } from '../support/stomp-client.ts';
import { TestApp } from '../support/test-app.ts';

const stack = new AsyncDisposableStack();
let collector: Collector;
let apps: TestApp[];

before(async () => {
  const mysql = await MysqlServer.start();
  stack.defer(() => mysql.dispose());
  const redis = await RedisServer.start();
  stack.defer(() => redis.stop());
  collector = await Collector.start();
  stack.defer(() => collector.close());
  const settings = {
    MYSQL_URL: mysql.newUrl(),
    REDIS_URL: redis.url,
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_EXPORTER_OTLP_HEADERS: 'x-key=secret',
  };
  apps = [await TestApp.start(settings), await TestApp.start(settings)];
  for (const app of apps) stack.defer(() => app.close());
});
after(() => stack.disposeAsync());

async function spans(like: (span: CollectedSpan) => boolean, count: number): Promise<CollectedSpan[]> {
  for (let tries = 0; tries < 1_200 && collector.spans.filter(like).length < count; tries++)
    await new Promise((resolve) => setTimeout(resolve, 50));
  return collector.spans.filter(like);
}

/** Somebody on each instance who reads the chat. */
async function readers(): Promise<StompClient[]> {
  const clients = await Promise.all(apps.map(({ url }) => StompClient.connect(url)));
  for (const client of clients) {
    client.send('SUBSCRIBE', { id: 'a', destination: '/topic/chat', receipt: 'there' });
    await client.frame(({ command }) => command === 'RECEIPT');
  }
  return clients;
}

/** Fails where the steps of a message are not one trace over both instances. */
async function holds(id: string): Promise<void> {
  const [receive] = await spans(({ attributes }) => attributes['chat.id'] === id, 1);
  assert.ok(receive);
  const all = await spans(({ traceId }) => traceId === receive.traceId, 5);
  const named = (name: string): CollectedSpan[] => all.filter((span) => span.name === name);
  assert.equal(all.length, 5);
  const [commit] = named('chat commit');
  const [publish] = named('chat publish');
  assert.equal(commit?.parentSpanId, receive.spanId);
  assert.equal(publish?.parentSpanId, receive.spanId);
  const delivered = named('chat deliver');
  assert.deepEqual(new Set(delivered.map(({ parentSpanId }) => parentSpanId)), new Set([publish?.spanId]));
  assert.equal(new Set(delivered.map(({ resource }) => resource['service.instance.id'])).size, 2);
  for (const { attributes } of delivered)
    assert.deepEqual([attributes['chat.seq'], attributes['chat.clients']], [receive.attributes['chat.seq'], '1']);
  assert.deepEqual(
    [receive, commit, publish].map(
      (span) => span?.resource['service.instance.id'] === receive.resource['service.instance.id'],
    ),
    [true, true, true],
  );
}

test('the way of a message over two instances is one trace: receive, commit, publish, deliver and deliver', async () => {
  const [one, two] = await readers();
  await one?.accepted('/app/chat', { id: 'traced', content: 'hello' });
  await two?.message('/topic/chat');
  await holds('traced');
  await one?.close();
  await two?.close();
});

test('each message of a STOMP transaction has a trace of its own, as if it came alone', async () => {
  const [one, two] = await readers();
  one?.send('BEGIN', { transaction: 't' });
  for (const id of ['first', 'second'])
    one?.send('SEND', { destination: '/app/chat', transaction: 't' }, JSON.stringify({ id, content: id }));
  one?.send('COMMIT', { transaction: 't', receipt: 'done' });
  await one?.frame(({ headers }) => headers['receipt-id'] === 'done');
  await holds('first');
  await holds('second');
  const commits = collector.spans.filter(
    ({ name, attributes }) => name === 'chat commit' && attributes['chat.group'] === '2',
  );
  assert.equal(new Set(commits.map(({ traceId }) => traceId)).size, 2);
  await one?.close();
  await two?.close();
});

test('of a transaction that is refused each message says with which code', async () => {
  const [one] = await readers();
  one?.send('BEGIN', { transaction: 't' });
  for (const content of ['one', 'another'])
    one?.send('SEND', { destination: '/app/chat', transaction: 't' }, JSON.stringify({ id: 'of two', content }));
  one?.send('COMMIT', { transaction: 't', receipt: 'done' });
  const refused = await spans(({ attributes }) => attributes['chat.id'] === 'of two', 2);
  assert.deepEqual(
    refused.map(({ name, attributes }) => [name, attributes['error.type']]),
    [
      ['chat receive', 'id-conflict'],
      ['chat receive', 'id-conflict'],
    ],
  );
  await one?.close();
});

test('a message that is refused says with which code', async () => {
  const [app] = apps;
  const post = (content: string) => app?.post('/api/chat/messages', { id: 'twice', sender: 'ann', content });
  await post('one');
  await post('another');
  const refused = await spans(({ attributes }) => attributes['error.type'] === 'id-conflict', 1);
  assert.equal(refused[0]?.name, 'chat receive');
});
