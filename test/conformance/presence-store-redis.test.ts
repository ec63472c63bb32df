import { after, before } from 'node:test';
import { openRedisPresenceStore } from '../../server/engines/redis/redis-presence-store.ts';
import { type RedisPlace, redisOptions, redisPlace } from '../support/engines/redis.ts';
import { presenceStoreConformance } from './presence-store.ts';

/** So much faster than in life: the store forgets after 1.5 s, and what should take 30 s takes that. */
const FASTER = 20;

let redis: RedisPlace;
before(async () => {
  redis = await redisPlace();
});
after(() => redis.stop());

presenceStoreConformance('Redis', async () => {
  const prefix = redis.prefix();
  const options = { ...redisOptions(redis.url), prefix, expiry: 30_000 / FASTER };
  return {
    connect: () => openRedisPresenceStore(options),
    pass: (ms) => new Promise((resolve) => setTimeout(resolve, ms / FASTER)),
    remove: async () => undefined,
  };
});
