import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { EventStream, type ReceivedEvent } from '../support/event-stream.ts';
import { StompClient } from '../support/stomp-client.ts';
import { json, TestApp } from '../support/test-app.ts';

let app: TestApp;

before(async () => {
  app = await TestApp.start({ MARKET_SOURCE: 'simulator', MARKET_TICKS_PER_SECOND: 200 });
});
after(() => app.close());

async function take(stream: EventStream, count: number): Promise<ReceivedEvent[]> {
  const events: ReceivedEvent[] = [];
  while (events.length < count) events.push(await stream.next());
  return events;
}

test('a stream that is cut and resumed gives the exact next tick', async () => {
  const uncut = await EventStream.open(`${app.url}/stream`);
  const [snapshot, ...ticks] = await take(uncut, 41);
  assert.equal(snapshot?.event, 'market-snapshot');
  const resumed = await EventStream.open(`${app.url}/stream`, ticks[9]?.id);
  assert.deepEqual(await take(resumed, 30), ticks.slice(10));
  await Promise.all([uncut.close(), resumed.close()]);
});

for (const id of ['nonsense', 'other:1,2,3', '', '0']) {
  test(`an id that is none of ours (${JSON.stringify(id)}) gets a snapshot`, async () => {
    const stream = await EventStream.open(`${app.url}/stream`, id);
    assert.equal((await stream.next()).event, 'market-snapshot');
    await stream.close();
  });
}

test('a filter lets through only its symbols', async () => {
  const stream = await EventStream.open(`${app.url}/stream?symbols=BTC-USD`);
  const [snapshot, ...ticks] = await take(stream, 10);
  assert.deepEqual(
    JSON.parse(snapshot?.data ?? '').ticks.map(({ symbol }: { symbol: string }) => symbol),
    ['BTC-USD'],
  );
  for (const { data } of ticks) assert.equal(JSON.parse(data).symbol, 'BTC-USD');
  await stream.close();
});

test('an unknown symbol is refused', async () => {
  const response = await app.get('/stream?symbols=NO-SUCH');
  assert.equal(response.status, 404);
  assert.equal((await json(response)).code, 'unknown-symbol');
});

test('the same ticks come over STOMP, and resume there too', async () => {
  const client = await StompClient.connect(app.url);
  client.send('SUBSCRIBE', { id: 'm', destination: '/topic/market' });
  const frames = [];
  while (frames.length < 21) frames.push(await client.frame(({ command }) => command === 'MESSAGE'));
  const [snapshot, ...ticks] = frames;
  assert.equal(snapshot?.headers.event, 'snapshot');
  const again = await EventStream.open(`${app.url}/stream`, ticks[4]?.headers['message-id']);
  const events = await take(again, 15);
  assert.deepEqual(
    events.map(({ id, data }) => [id, data]),
    ticks.slice(5).map(({ headers, body }) => [headers['message-id'], body]),
  );
  await Promise.all([client.close(), again.close()]);
});
