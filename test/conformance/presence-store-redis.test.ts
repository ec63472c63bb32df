import { after, before } from 'node:test';
import { createClient } from 'redis';
import { openRedisPresenceStore } from '../../server/engines/redis/redis-presence-store.ts';
import { type RedisPlace, redisOptions, redisPlace } from '../support/engines/redis.ts';
import { presenceStoreConformance } from './presence-store.ts';

let redis: RedisPlace;
before(async () => {
  redis = await redisPlace();
});
after(() => redis.stop());

presenceStoreConformance('Redis', async () => {
  const prefix = redis.prefix();
  const options = { ...redisOptions(redis.url), prefix };
  return {
    connect: () => openRedisPresenceStore(options),
    pass: (ms) => age(prefix, ms),
    remove: async () => undefined,
  };
});

/**
 * Makes all that is under this prefix older by so many milliseconds, as if they had passed: when an instance is to be forgotten,
 * and when a key. Time that did pass would be more on a busy machine.
 */
async function age(prefix: string, ms: number): Promise<void> {
  const client = createClient({ url: redis.url });
  await client.connect();
  try {
    for (const key of await client.keys(`${prefix}*`)) {
      if ((await client.type(key)) === 'zset')
        for (const instance of await client.zRange(key, 0, -1)) await client.zIncrBy(key, -ms, instance);
      await client.pExpire(key, (await client.pTTL(key)) - ms);
    }
  } finally {
    client.destroy();
  }
}
