import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createClient } from 'redis';
import { openRedisBackplane, type RedisBackplane } from '../../../server/engines/redis/redis-backplane.ts';
import { openRedisPresenceStore } from '../../../server/engines/redis/redis-presence-store.ts';
import { KeptLog, RedisServer, redisOptions } from '../../support/engines/redis.ts';
import { Ear, until } from './ear.ts';

const CHAT = 'global-chat-channel';
const LIMIT = { timeout: 30_000 };

let redis: RedisServer;
before(async () => {
  redis = await RedisServer.start();
});
after(() => redis.stop());

async function withBackplane(run: (plane: RedisBackplane, ear: Ear, log: KeptLog) => Promise<void>): Promise<void> {
  const log = new KeptLog();
  const plane = await openRedisBackplane(redisOptions(redis.url, log));
  const ear = new Ear();
  try {
    await plane.subscribe(CHAT, ear);
    await run(plane, ear, log);
  } finally {
    await plane.close();
  }
}

/** As a stranger who uses Redis too. */
async function stranger(...commands: (string | Buffer)[][]): Promise<void> {
  const client = createClient({ url: redis.url });
  await client.connect();
  try {
    for (const command of commands) await client.sendCommand(command);
  } finally {
    client.destroy();
  }
}

test('after a crash of Redis the backplane comes back, and tells its listeners', LIMIT, async () => {
  await withBackplane(async (plane, ear, log) => {
    const typing = new Ear();
    await plane.subscribe('typing-channel', typing);
    await redis.kill();
    await until(() => !plane.up);
    await assert.rejects(plane.publish(CHAT, 'lost'), { name: 'RedisAway' });
    await redis.restart();
    await until(() => plane.up && ear.resumes >= 2 && typing.resumes >= 2);
    assert.equal(await plane.publish(CHAT, 'heard'), 1);
    await until(() => ear.heard.length > 0);
    assert.deepEqual(ear.heard, ['heard']);
    assert.ok(log.lines.some((line) => line.startsWith('Redis is away')));
    assert.ok(log.lines.some((line) => line.startsWith('Redis is back')));
  });
});

test('what is on its way when Redis crashes rejects, and nothing comes later', LIMIT, async () => {
  await withBackplane(async (plane, ear) => {
    redis.freeze();
    const under = Array.from({ length: 100 }, (_, i) => plane.publish(CHAT, `${i}`));
    const settled = Promise.allSettled(under);
    await redis.kill();
    assert.ok((await settled).every(({ status }) => status === 'rejected'));
    await redis.restart();
    await until(() => plane.up && ear.resumes >= 2);
    assert.equal(await plane.publish(CHAT, 'end'), 1);
    await until(() => ear.heard.length > 0);
    assert.deepEqual(ear.heard, ['end']);
  });
});

test('while Redis is frozen nothing pends for ever, and it works again afterwards', LIMIT, async () => {
  await withBackplane(async (plane, ear) => {
    redis.freeze();
    const settled = Promise.allSettled(Array.from({ length: 50 }, (_, i) => plane.publish(CHAT, `${i}`)));
    await until(() => !plane.up);
    await assert.rejects(plane.publish(CHAT, 'away'), { name: 'RedisAway' });
    assert.ok((await settled).every(({ status }) => status === 'rejected'));
    redis.thaw();
    await until(() => plane.up && ear.resumes >= 2);
    assert.equal(await plane.publish(CHAT, 'end'), 1);
    await until(() => ear.heard.includes('end'));
  });
});

test('to a frozen Redis only so many payloads pend, by number and by size', LIMIT, async () => {
  await withBackplane(async (plane) => {
    redis.freeze();
    try {
      const large = Array.from({ length: 20 }, () => plane.publish(CHAT, 'x'.repeat(1_000_000)));
      // The last ones are refused at once: these are the first to settle.
      await assert.rejects(Promise.race(large), { name: 'RedisAway', message: 'Redis does not keep up' });
      const settled = Promise.allSettled(large);
      const many = Array.from({ length: 10_500 }, () => plane.publish(CHAT, 'x'));
      await assert.rejects(Promise.race(many), { name: 'RedisAway' });
      const results = await Promise.allSettled(many);
      assert.ok(results.every(({ status }) => status === 'rejected'));
      await settled;
    } finally {
      redis.thaw();
    }
    await until(() => plane.up);
  });
});

test('who subscribes while Redis is away hears when it is back', LIMIT, async () => {
  await withBackplane(async (plane) => {
    await redis.kill();
    await until(() => !plane.up);
    const [late, never] = [new Ear(), new Ear()];
    const subscribed = plane.subscribe('presence-channel', late);
    await redis.restart();
    await subscribed;
    await until(() => plane.up);
    assert.equal(late.resumes, 1);
    assert.equal(await plane.publish('presence-channel', 'x'), 1);
    await until(() => late.heard.length === 1);

    await redis.kill();
    await until(() => !plane.up);
    const waiting = assert.rejects(plane.subscribe('typing-channel', never), /closed/);
    await plane.close();
    await waiting;
    assert.equal(never.resumes, 0);
    await redis.restart();
  });
});

test('a connection that Redis itself ends comes back', LIMIT, async () => {
  await withBackplane(async (plane, ear) => {
    await stranger(['CLIENT', 'KILL', 'TYPE', 'pubsub']);
    await until(() => ear.resumes >= 2);
    await until(() => plane.up);
    assert.equal(await plane.publish(CHAT, 'x'), 1);
  });
});

test('a listener that throws harms neither the connection nor the other listeners', LIMIT, async () => {
  await withBackplane(async (plane, ear, log) => {
    const fail = (): never => {
      throw new Error('a listener fails');
    };
    await plane.subscribe('typing-channel', { message: fail, resumed: fail });
    await plane.subscribe('typing-channel', ear);
    await plane.publish('typing-channel', 'one');
    await plane.publish('typing-channel', 'two');
    await until(() => ear.heard.length === 2);
    assert.equal(plane.up, true);
    assert.ok(log.lines.some((line) => line.startsWith('a listener of the backplane failed')));
  });
});

test('payloads of strange sizes and bytes hurt nobody', LIMIT, async () => {
  await withBackplane(async (plane, ear) => {
    const strange = ['x'.repeat(10_000_000), '', Buffer.from([0xff, 0xfe, 0x00])];
    await stranger(...strange.map((payload) => ['PUBLISH', CHAT, payload]));
    await assert.rejects(plane.publish(CHAT, 'x'.repeat(1_048_577)), /at most 1048576 bytes/);
    await assert.rejects(plane.publish(CHAT, '日'.repeat(400_000)), /at most 1048576 bytes/);
    const largest = 'x'.repeat(1_048_576);
    assert.equal(await plane.publish(CHAT, largest), 1);
    await until(() => ear.heard.length === 3);
    assert.deepEqual(ear.heard, ['', '\ufffd\ufffd\0', largest]);
    assert.equal(plane.tooLong, 1);
    assert.equal(ear.resumes, 1);
  });
});

test('the presence store rejects while Redis is away, and counts again afterwards', LIMIT, async () => {
  const store = await openRedisPresenceStore(redisOptions(redis.url));
  try {
    await store.report('a', { users: ['ann'], connections: 1 });
    redis.freeze();
    await assert.rejects(store.totals(), { name: 'RedisAway' });
    assert.equal(store.up, false);
    await redis.kill();
    await assert.rejects(store.report('a', { users: [], connections: 1 }), { name: 'RedisAway' });
    await redis.restart();
    await until(() => store.up);
    assert.deepEqual(await store.totals(), { users: 0, connections: 0, instances: 0 });
    await store.report('a', { users: ['ann', 'bob'], connections: 2 });
    assert.deepEqual(await store.totals(), { users: 2, connections: 2, instances: 1 });
    await redis.kill();
  } finally {
    // Also where there is nobody to withdraw from.
    await store.close();
    await redis.kill();
    await redis.restart();
  }
});
