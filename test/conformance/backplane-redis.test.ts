import { after, before } from 'node:test';
import { openRedisBackplane } from '../../server/engines/redis/redis-backplane.ts';
import { type RedisPlace, redisOptions, redisPlace } from '../support/engines/redis.ts';
import { backplaneConformance } from './backplane.ts';

let redis: RedisPlace;
before(async () => {
  redis = await redisPlace();
});
after(() => redis.stop());

backplaneConformance('Redis', async () => {
  const prefix = redis.prefix();
  const options = { ...redisOptions(redis.url), prefix };
  return { connect: () => openRedisBackplane(options), remove: async () => undefined };
});
