import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { createClient } from 'redis';
import { System } from '../faults/system.ts';
import { EventStream } from '../support/event-stream.ts';
import { eventually } from '../support/eventually.ts';
import type { ServerProcess } from '../support/server-process.ts';
import { StompClient } from '../support/stomp-client.ts';
import { json } from '../support/test-app.ts';

let system: System;
let one: ServerProcess;
let other: ServerProcess;

before(async () => {
  system = await System.start({ apps: 2, feeds: 1, ticksPerSecond: 50 });
  const [first, second] = system.apps;
  assert.ok(first && second);
  [one, other] = [first, second];
});
after(() => system.stop());

const post = (server: ServerProcess, body: object): Promise<Response> =>
  fetch(`${server.url}/api/chat/messages`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
const health = (server: ServerProcess) => json(fetch(`http://127.0.0.1:${server.adminPort}/health/ready`));

async function metric(server: ServerProcess, name: string): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${server.adminPort}/metrics`)).text();
  return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1]);
}

async function until(what: string, condition: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + 60_000;
  while (!(await condition().catch(() => false))) {
    assert.ok(performance.now() < end, `not within a minute: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function follow(server: ServerProcess, after: string): Promise<StompClient> {
  const client = await StompClient.connect(server.url, randomUUID());
  client.send('SUBSCRIBE', { id: 'sub-0', destination: '/topic/chat', after });
  return client;
}

test('messages that were sent on two instances at once come to the clients of both in one order', async () => {
  const clients = [await follow(one, '0'), await follow(other, '0')];
  const count = 200;
  const answers = await Promise.all(
    Array.from({ length: count }, (_, index) => post(index % 2 === 0 ? one : other, { content: `${index}` })),
  );
  for (const { status } of answers) assert.equal(status, 201);
  const orders: string[][] = [];
  for (const client of clients) {
    const order: string[] = [];
    for (let seq = 1; seq <= count; seq++) {
      const message = await client.message('/topic/chat');
      assert.equal(message.seq, seq);
      order.push(message.id);
    }
    orders.push(order);
  }
  assert.deepEqual(orders[0], orders[1]);
  assert.equal(new Set(orders[0]).size, count);
  await Promise.all(clients.map((client) => client.close()));
});

test('a message that is sent again through another instance is stored once', async () => {
  const draft = { id: randomUUID(), sender: 'Ann', content: 'once' };
  const [first, second] = [await post(one, draft), await post(other, draft)];
  assert.deepEqual([first.status, second.status], [201, 200]);
  assert.deepEqual(await first.json(), await second.json());
  assert.equal((await post(other, { ...draft, content: 'something else' })).status, 409);
});

test('typing and presence are those of all instances', async () => {
  const ann = await StompClient.connect(one.url, 'Ann');
  const bob = await StompClient.connect(other.url, 'Bob');
  bob.send('SUBSCRIBE', { id: 'typing', destination: '/topic/typing' });
  await until('both are counted', async () => {
    const { users, instances } = await json(fetch(`${other.url}/api/chat/presence`));
    return users === 2 && instances === 2;
  });
  ann.send('SEND', { destination: '/app/typing' }, '{"typing":true}');
  for (;;) if ((await bob.message('/topic/typing')).users.includes('Ann')) break;
  await Promise.all([ann.close(), bob.close()]);
});

test('a stream goes on exactly on another instance', async () => {
  const here = await EventStream.open(`${one.url}/stream`);
  let last = (await here.next()).id ?? '';
  for (let count = 0; count < 20; count++) last = (await here.next()).id ?? '';
  await here.close();
  const there = await EventStream.open(`${other.url}/stream`, last);
  const total = (id: string): number =>
    id
      .slice(id.lastIndexOf(':') + 1)
      .split(',')
      .reduce((sum, offset) => sum + Number(offset), 0);
  for (let count = 1; count <= 20; count++) {
    const { event, id = '' } = await there.next();
    assert.equal(event, 'market-tick');
    // Every event moves one offset by one: no tick was left out, and none came twice.
    assert.equal(total(id), total(last) + count);
  }
  await there.close();
});

test('strange payloads from Redis are counted and dropped, and cost nobody anything', async () => {
  const redis = createClient({ url: system.redis.url });
  await redis.connect();
  const counted = async (): Promise<readonly number[]> => [
    await metric(one, 'towncrier_chat_strange_payloads_total'),
    await metric(one, 'towncrier_chat_ghosts_total'),
  ];
  const [strangeBefore = 0, ghostsBefore = 0] = await counted();
  const { epoch } = await json(fetch(`${one.url}/api/info`));
  const ghost = { kind: 'message', seq: 1_000_000, id: randomUUID(), sender: 'Eve', content: 'never stored', time: 1 };
  const strange = ['', 'not JSON', '{}', '[]', 'null', '{"epoch":', '\u0000', 'x'.repeat(10_000_000)];
  for (const payload of [...strange, JSON.stringify({ from: 'nobody', epoch, room: 'global', ...ghost })])
    await redis.publish('global-chat-channel', payload);
  for (const payload of strange) {
    await redis.publish('typing-channel', payload);
    await redis.publish('presence-channel', payload);
  }
  await redis.close();
  const client = await follow(other, '0');
  assert.equal((await post(one, { content: 'after the strange ones' })).status, 201);
  for (;;) {
    const { content } = await client.message('/topic/chat');
    assert.notEqual(content, 'never stored');
    if (content === 'after the strange ones') break;
  }
  await client.close();
  // All on all channels, but `null` on that of the presence, where an instance may have this name; the ghost besides.
  const wanted = [strangeBefore + 3 * strange.length - 1, ghostsBefore + 1];
  await until('they are counted', async () => `${await counted()}` === `${wanted}`);
});

test('without Redis an instance is degraded, and its users still get what others send', async () => {
  await system.redis.kill();
  try {
    // Each part notices by itself, and an engine that is slow to answer counts as down for a second.
    await eventually(async () => {
      const { state, ready, degraded } = await health(one);
      assert.deepEqual([state, ready, degraded], ['degraded', true, ['backplane', 'presenceStore']]);
    });
    assert.equal((await json(fetch(`${one.url}/api/info`))).state, 'degraded');
    const client = await follow(one, '0');
    assert.equal((await post(other, { content: 'without Redis' })).status, 201);
    while ((await client.message('/topic/chat')).content !== 'without Redis');
    // Known at the next round of reports.
    await until('it counts alone', async () => {
      const { partial } = await json(fetch(`${one.url}/api/chat/presence`));
      return partial === true;
    });
    await client.close();
  } finally {
    await system.redis.restart();
  }
  await until('it is well again', async () => (await health(one)).state === 'ready');
});

test('without the database a send is refused at once, and the history in memory can be read', async () => {
  await system.mysql.kill();
  try {
    const refused = await post(one, { content: 'lost?' });
    assert.equal(refused.status, 503);
    assert.match((await json(refused)).code, /^store-(?:down|unknown)$/);
    await until('it is noticed', async () => (await health(one)).degraded.includes('messageStore'));
    const client = await follow(one, '0');
    assert.equal((await client.message('/topic/chat')).seq, 1);
    await client.close();
  } finally {
    await system.mysql.start();
  }
  await until('it takes messages again', async () => (await post(one, { content: 'back' })).status === 201);
  await until('it is well again', async () => (await health(one)).state === 'ready');
});

test('candles are the same on every instance, also after a restart', async () => {
  await other.stop();
  await other.start();
  const minute = 60_000;
  const now = Date.now();
  const closed = async (server: ServerProcess) => {
    const { candles } = await json(fetch(`${server.url}/api/market/candles?symbol=BTC-USD&interval=1s&limit=1000`));
    return candles.filter(({ time }: { time: number }) => time < now - 3_000 && time > now - 10 * minute);
  };
  // One that reads the ticks late on a busy machine has the newest of these a moment later.
  await eventually(async () => {
    const [here, there] = [await closed(one), await closed(other)];
    assert.ok(here.length > 5);
    assert.deepEqual(there, here);
  });
});

test('the users of an instance that died are forgotten', async () => {
  const ann = await StompClient.connect(one.url, 'Ann who stays');
  const bob = await StompClient.connect(other.url, 'Bob who goes');
  const instances = async (): Promise<number> => (await json(fetch(`${one.url}/api/chat/presence`))).instances;
  await until('both instances are counted', async () => (await instances()) === 2);
  await other.kill();
  await until('the dead one is forgotten', async () => (await instances()) === 1);
  assert.equal((await json(fetch(`${one.url}/api/chat/presence`))).users, 1);
  await other.start();
  await Promise.all([ann.close(), bob.close()]);
});
