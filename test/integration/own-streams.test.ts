import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { KafkaServer } from '../support/engines/kafka.ts';
import { EventStream } from '../support/event-stream.ts';
import { eventually } from '../support/eventually.ts';
import { ServerProcess } from '../support/server-process.ts';
import { json } from '../support/test-app.ts';

const TOKEN = 'a-long-random-secret';
const stack = new AsyncDisposableStack();
let kafka: KafkaServer;
let one: ServerProcess;
let other: ServerProcess;

async function start(): Promise<ServerProcess> {
  const server = await ServerProcess.create({
    KAFKA_BROKERS: kafka.brokers.join(','),
    MARKET_SOURCE: 'off',
    STREAMS: 'orders:latest,alerts:complete',
    STREAM_TOKEN: TOKEN,
  });
  stack.defer(() => server.dispose());
  await server.start();
  return server;
}

before(async () => {
  kafka = await KafkaServer.start();
  stack.defer(() => kafka.stop());
  [one, other] = [await start(), await start()];
});
after(() => stack.disposeAsync());

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function append(server: ServerProcess, stream: string, event: object, key: string): Promise<Response> {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${TOKEN}`, 'idempotency-key': key };
  return fetch(`${server.url}/api/streams/${stream}`, { method: 'POST', headers, body: JSON.stringify(event) });
}

/** As a program does that loses nothing: the same key again, here through the other instance. Resolves to how often it was refused. */
async function appendSurely(n: number): Promise<number> {
  for (let refused = 0; ; refused++) {
    const response = await append((n + refused) % 2 === 0 ? one : other, 'alerts', { n }, `alert-${n}`);
    if (response.ok) return refused;
    assert.equal(response.status, 503);
    assert.match((await json(response)).code, /^store-(?:down|unknown)$/);
    await pause(100);
  }
}

async function read(stream: EventStream, count: number): Promise<string[]> {
  const events: string[] = [];
  while (events.length < count) {
    const { event, id, data } = await stream.next();
    assert.equal(event, 'alerts');
    events.push(`${id} ${data}`);
  }
  return events;
}

test('both instances name their streams', async () => {
  for (const server of [one, other])
    await eventually(async () => {
      const { streams } = await json(fetch(`${server.url}/api/info`));
      assert.deepEqual(streams, {
        orders: { policy: 'latest', state: 'up' },
        alerts: { policy: 'complete', state: 'up' },
      });
    });
});

test('what one instance took comes to followers of both once, in one order, though Kafka was killed in between', async () => {
  const followers = [one, other, one, other].map(({ url }) => EventStream.open(`${url}/stream?name=alerts`));
  const streams = await Promise.all(followers);
  const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);
  const sum = (refused: readonly number[]) => refused.reduce((all, each) => all + each, 0);
  assert.equal(sum(await Promise.all(range(0, 40).map(appendSurely))), 0);
  const underWay = Promise.all(range(40, 80).map(appendSurely));
  await kafka.kill();
  const during = Promise.all(range(80, 120).map(appendSurely));
  while ((await append(one, 'orders', {}, 'refused')).status !== 503) await pause(50);
  while ((await json(fetch(`${one.url}/api/info`))).streams.alerts.state !== 'down') await pause(50);
  await kafka.run();
  await underWay;
  assert.ok(sum(await during) > 0, 'nothing was refused while Kafka was away');
  await Promise.all(range(120, 160).map(appendSurely));
  const [first = [], ...others] = await Promise.all(streams.map((stream) => read(stream, 160)));
  for (const events of others) assert.deepEqual(events, first);
  const numbers = first.map((event) => JSON.parse(event.slice(event.indexOf('{'))).n);
  assert.deepEqual(
    numbers.toSorted((a, b) => a - b),
    range(0, 160),
  );
  // The next one is the very next for everybody: nothing came twice behind the last one either.
  assert.equal((await append(other, 'alerts', { n: 'last' }, 'last')).status, 201);
  for (const stream of streams) assert.equal((await stream.next()).data, '{"n":"last"}');
  await Promise.all(streams.map((stream) => stream.close()));
});

test('who comes back to the other instance gets what follows, and nothing else', async () => {
  const here = await EventStream.open(`${one.url}/stream?name=alerts`);
  await append(one, 'alerts', { n: 'a' }, 'a');
  const { id, data } = await here.next();
  assert.equal(data, '{"n":"a"}');
  await here.close();
  await append(one, 'alerts', { n: 'b' }, 'b');
  const there = await EventStream.open(`${other.url}/stream?name=alerts`, id);
  assert.equal((await there.next()).data, '{"n":"b"}');
  await there.close();
});
