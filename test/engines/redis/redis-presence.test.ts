import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { createClient } from 'redis';
import type { PresenceTotals } from '../../../server/engines/presence-store.ts';
import { countReports, packReport } from '../../../server/engines/redis/presence-report.ts';
import { openRedisPresenceStore } from '../../../server/engines/redis/redis-presence-store.ts';
import { type RedisPlace, redisOptions, redisPlace } from '../../support/engines/redis.ts';
import { pause, until } from './ear.ts';

const LIMIT = { timeout: 30_000 };

let redis: RedisPlace;
before(async () => {
  redis = await redisPlace();
});
after(() => redis.stop());

test('the users of an instance that was killed vanish, and the others go on counting', LIMIT, async () => {
  const prefix = redis.prefix();
  const options = { ...redisOptions(redis.url), prefix, expiry: 1_000 };
  const args = [join(import.meta.dirname, 'reporting-process.ts'), redis.url, prefix, '1000'];
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const store = await openRedisPresenceStore(options);
  const keepAlive = setInterval(() => void store.report('living', { users: ['bob', 'cyd'], connections: 3 }), 200);
  try {
    await once(child.stdout, 'data');
    // One and the same answer: on a busy machine either may be late with its next report.
    const totalsOf = async (instances: number): Promise<PresenceTotals> => {
      for (;;) {
        const totals = await store.totals();
        if (totals.instances === instances) return totals;
        await pause(10);
      }
    };
    assert.deepEqual(await totalsOf(2), { users: 3, connections: 5, instances: 2 });
    child.kill('SIGKILL');
    // Until it has expired; the living one reports on.
    await until(async () => (await totalsOf(1)).users === 2);
    assert.deepEqual(await totalsOf(1), { users: 2, connections: 3, instances: 1 });
  } finally {
    child.kill('SIGKILL');
    clearInterval(keepAlive);
    await store.close();
  }
});

test('when nobody reports any more, nothing of presence is left in Redis', LIMIT, async () => {
  const prefix = redis.prefix();
  const store = await openRedisPresenceStore({ ...redisOptions(redis.url), prefix, expiry: 300 });
  const look = createClient({ url: redis.url });
  await look.connect();
  try {
    // Again, where they have expired before they were looked at.
    await until(async () => {
      await store.report('a', { users: ['ann'], connections: 1 });
      return (await look.keys(`${prefix}*`)).length === 2;
    });
    await until(async () => (await look.keys(`${prefix}*`)).length === 0);
  } finally {
    look.destroy();
    await store.close();
  }
});

test('what lies under the keys and is no report is not counted', LIMIT, async () => {
  const prefix = redis.prefix();
  const store = await openRedisPresenceStore({ ...redisOptions(redis.url), prefix });
  const stranger = createClient({ url: redis.url });
  await stranger.connect();
  try {
    for (const instance of ['short', 'odd', 'list', 'gone']) {
      await store.report(instance, { users: ['x'], connections: 1 });
    }
    const key = `${prefix}{towncrier}:presence:`;
    await stranger.set(`${key}short`, 'x');
    await stranger.set(`${key}odd`, 'x'.repeat(13));
    await stranger.del([`${key}list`, `${key}gone`]);
    await stranger.lPush(`${key}list`, 'x');
    await store.report('right', { users: ['ann'], connections: 2 });
    assert.deepEqual(await store.totals(), { users: 1, connections: 2, instances: 1 });
  } finally {
    stranger.destroy();
    await store.close();
  }
});

test('thousands of names over many instances are counted exactly, each once', () => {
  const reports = Array.from({ length: 10 }, (_, i) =>
    packReport({ users: Array.from({ length: 5_000 }, (_, j) => `name-${i * 2_500 + j}`), connections: 6_000 }),
  );
  assert.deepEqual(countReports([...reports, null]), { users: 27_500, connections: 60_000, instances: 10 });
});

test('a report is small, however long its names', () => {
  const users = Array.from({ length: 1_000 }, (_, i) => `${i}${'日'.repeat(100)}`);
  assert.equal(packReport({ users: [...users, ...users], connections: 1 }).length, 4 + 8 * 1_000);
});
