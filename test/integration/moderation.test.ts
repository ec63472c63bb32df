import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { MysqlServer } from '../support/engines/mysql.ts';
import { RedisServer } from '../support/engines/redis.ts';
import { StompClient } from '../support/stomp-client.ts';
import { json, TestApp } from '../support/test-app.ts';

const TOKEN = 'the-token-of-the-moderators';
const stack = new AsyncDisposableStack();
let redis: RedisServer;
let one: TestApp;
let other: TestApp;

before(async () => {
  const mysql = await MysqlServer.start();
  stack.defer(() => mysql.dispose());
  redis = await RedisServer.start();
  stack.defer(() => redis.stop());
  const settings = { MYSQL_URL: mysql.newUrl(), REDIS_URL: redis.url, MODERATOR_TOKEN: TOKEN };
  const start = async (): Promise<TestApp> => {
    const app = await TestApp.start(settings);
    stack.defer(() => app.close());
    return app;
  };
  one = await start();
  other = await start();
});
after(() => stack.disposeAsync());

const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' };

async function follow(app: TestApp): Promise<StompClient> {
  const client = await StompClient.connect(app.url, 'Reader');
  client.send('SUBSCRIBE', { id: 'sub-0', destination: '/topic/chat', after: '0' });
  return client;
}

async function until(what: string, condition: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + 60_000;
  while (!(await condition())) {
    assert.ok(performance.now() < end, `not within a minute: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Deletes a message of one instance by the other one, and waits until a reader of the first sees it vanish. */
async function deleteAcross(text: string): Promise<void> {
  const reader = await follow(one);
  const sent = await json(one.post('/api/chat/messages', { sender: 'Ann', content: text }));
  while ((await reader.message('/topic/chat')).content !== text);
  const answer = await fetch(`${other.url}/api/chat/messages?seq=${sent.seq}`, { method: 'DELETE', headers });
  assert.equal(answer.status, 200);
  const deletion = await json(answer);
  assert.deepEqual(await reader.message('/topic/chat'), { kind: 'deleted', ...deletion });
  for (const app of [one, other]) {
    const late = await follow(app);
    for (;;) {
      const event = await late.message('/topic/chat');
      assert.notEqual(event.content, text);
      if (event.seq === deletion.seq) break;
    }
    await late.close();
    assert.ok(!JSON.stringify(await json(app.get('/api/chat/messages'))).includes(text));
  }
  await reader.close();
}

/** Refuses a word by one instance, and waits until the other one refuses it. */
async function refuseAcross(word: string): Promise<void> {
  const body = JSON.stringify({ word });
  assert.equal((await fetch(`${one.url}/api/moderation/words`, { method: 'POST', headers, body })).status, 200);
  const post = (app: TestApp) => app.post('/api/chat/messages', { sender: 'Bob', content: `so ${word}` });
  assert.equal((await post(one)).status, 400, 'here at once');
  await until('it is refused there', async () => (await json(post(other))).code === 'word-refused');
}

test('what one instance deletes is gone on the other', () => deleteAcross('first'));

test('a rule that one instance is given holds on the other', () => refuseAcross('rude'));

test('without Redis both are so too', async () => {
  await redis.kill();
  try {
    for (const app of [one, other])
      await until('it is noticed', async () => (await json(app.get('/api/info'))).engines.backplane.state === 'down');
    await deleteAcross('second');
    await refuseAcross('worse');
  } finally {
    await redis.restart();
  }
});
