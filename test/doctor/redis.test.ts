import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, test } from 'node:test';
import { createClient } from 'redis';
import { type Clock, systemClock } from '../../server/clock.ts';
import { redisCheck } from '../../server/doctor/redis.ts';
import { checkRedisState } from '../../server/doctor/redis-state.ts';
import { RedisServer } from '../support/engines/redis.ts';
import { freePort } from '../support/free-port.ts';
import { Diagnosis, slowClock } from './diagnose.ts';

const server = await RedisServer.start();
after(() => server.stop());

function diagnose(url: string, clock: Clock = systemClock): Promise<Diagnosis> {
  return Diagnosis.of(redisCheck({ url, prefix: 'test:' }, clock, randomUUID));
}

/** Looks at a server of its own, started with these options. */
async function diagnoseServer(...args: string[]): Promise<Diagnosis> {
  const own = await RedisServer.start(args);
  try {
    return await diagnose(own.url);
  } finally {
    await own.stop();
  }
}

/** Looks at the server as a user with these rights. */
async function diagnoseAs(...rights: string[]): Promise<Diagnosis> {
  const name = `u${randomUUID().slice(0, 8)}`;
  const client = createClient({ url: server.url });
  await client.connect();
  await client.sendCommand(['ACL', 'SETUSER', name, 'on', '>secret', ...rights]);
  await client.close();
  return diagnose(`redis://${name}:secret@127.0.0.1:${server.port}`);
}

test('a Redis in order is found so', async () => {
  const found = await diagnose(server.url);
  assert.deepEqual(found.complaints, []);
  for (const what of ['Redis', 'Redis version', 'Redis memory', 'Redis pub/sub', 'Redis writing', 'Redis clock'])
    assert.match(found.about(what), /^ok/);
});

test('a port where nothing listens fails', async () => {
  assert.match((await diagnose(`redis://127.0.0.1:${await freePort()}`)).about('Redis'), /^fail.*correct REDIS_URL/);
});

test('a wrong password fails, and is not repeated', async () => {
  const found = await diagnose(`redis://nobody:geheim@127.0.0.1:${server.port}`);
  assert.match(found.about('Redis'), /^fail.*refuses the user name or password/);
  assert.doesNotMatch(found.lines.join('\n'), /geheim/);
});

test('a Redis that hangs fails within the limit', async () => {
  server.freeze();
  try {
    assert.match((await Diagnosis.ofIll(() => diagnose(server.url))).about('Redis'), /^fail.*no answer/);
  } finally {
    server.thaw();
  }
});

test('a read-only replica fails, and the master is to be named', async () => {
  const found = await diagnoseServer('--replicaof', `127.0.0.1 ${server.port}`);
  assert.match(found.about('Redis role'), /^warn.*replica/);
  assert.match(found.about('Redis writing'), /^fail.*read-only replica.*REDIS_URL/);
});

test('a Redis that drops keys when it is full is warned of', async () => {
  const found = await diagnoseServer('--maxmemory', '100mb', '--maxmemory-policy', 'allkeys-lru');
  assert.match(found.about('Redis memory'), /^warn.*allkeys-lru/);
});

test('a Redis that is nearly full is warned of', async () => {
  const own = await RedisServer.start();
  try {
    const client = createClient({ url: own.url });
    await client.connect();
    const used = Number(/used_memory:(\d+)/.exec(await client.info('memory'))?.[1]);
    await client.configSet('maxmemory', `${Math.round(used * 1.05)}`);
    await client.close();
    assert.match((await diagnose(own.url)).about('Redis memory'), /^warn.*% of maxmemory is used/);
  } finally {
    await own.stop();
  }
});

test('a user without channels fails, and is told which rights to get', async () => {
  const found = await diagnoseAs('~*', '+@all', 'resetchannels');
  assert.match(found.about('Redis pub/sub'), /^fail.*channels &\*-channel/);
});

test('a user without keys fails, and is told which rights to get', async () => {
  const found = await diagnoseAs('&*', '+@all', 'resetkeys');
  assert.match(found.about('Redis writing'), /^fail.*keys/);
});

test('a user who may not ask for the state gets a warning and is otherwise in order', async () => {
  const found = await diagnoseAs('~*', '&*', '+@all', '-info');
  assert.match(found.about('Redis version'), /^warn.*\+info/);
  assert.equal(found.complaints.length, 1);
});

test('a clock that differs is told', async () => {
  assert.match((await diagnose(server.url, slowClock)).about('Redis clock'), /^warn.*[3-7]\.\d s ahead of ours/);
});

test('a Redis that is too old fails', async () => {
  const found = await Diagnosis.of({
    what: 'Redis',
    run: (say) => checkRedisState(say, async () => '# Server\r\nredis_version:6.0.16\r\nrole:master\r\n'),
  });
  assert.match(found.about('Redis version'), /^fail.*6\.0\.16 is too old/);
});
