import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { after, before, test } from 'node:test';
import { openRedisBackplane } from '../../../server/engines/redis/redis-backplane.ts';
import { openRedisPresenceStore } from '../../../server/engines/redis/redis-presence-store.ts';
import { KeptLog, RedisServer, redisOptions } from '../../support/engines/redis.ts';
import { freePort } from '../../support/free-port.ts';
import { until } from './ear.ts';

const RIGHTS =
  '+@connection +@pubsub +eval +set +del +mget +zadd +zrem +zrange +zremrangebyscore +pexpire +time &*-channel ~*{towncrier}*';
const USERS = [
  ['default', 'on', '>secret', 'allcommands', 'allkeys', 'allchannels'],
  ['few', 'on', '>secret', ...RIGHTS.split(' ')],
  ['none', 'on', '>secret', '+@connection'],
];

let redis: RedisServer;
before(async () => {
  redis = await RedisServer.start(USERS.flatMap((user) => ['--user', ...user]));
});
after(() => redis.stop());

const open = { backplane: openRedisBackplane, 'presence store': openRedisPresenceStore };

for (const [name, opens] of Object.entries(open)) {
  const at = (user: string) => redis.url.replace('://', `://${user}@`);

  test(`the ${name} refuses a wrong password with one sentence`, async () => {
    await assert.rejects(opens(redisOptions(at(':wrong'))), {
      name: 'RedisRefused',
      message: /^Redis at redis:\/\/127.0.0.1:\d+ refuses the user name or password: .*\.$/,
    });
  });

  test(`the ${name} says when the password is missing`, async () => {
    await assert.rejects(opens(redisOptions(redis.url)), { name: 'RedisRefused', message: /wants a password: add it/ });
  });

  test(`the ${name} names the rights that are missing, and they are enough`, async () => {
    const error = await opens(redisOptions(at('none:secret'))).then(
      () => assert.fail('it was let in'),
      (refused: Error) => refused,
    );
    assert.match(error.message, /rights/);
    for (const right of RIGHTS.split(' ')) assert.ok(error.message.includes(right), right);
    await (await opens(redisOptions(at('few:secret')))).close();
  });

  test(`the ${name} refuses a database that is not there`, async () => {
    await assert.rejects(opens(redisOptions(`${at(':secret')}/99`)), { name: 'RedisRefused', message: /database/ });
  });

  test(`the ${name} says that TLS is not spoken there`, async () => {
    await assert.rejects(opens({ ...redisOptions(at(':secret').replace('redis:', 'rediss:')), patience: 0 }), {
      message: /perhaps no TLS is spoken at this port/,
    });
  });

  test(`the ${name} refuses a URL that is none, and one of a cluster for a single server`, async () => {
    await assert.rejects(opens(redisOptions('localhost')), /looks like redis:/);
    await assert.rejects(opens(redisOptions(at(':secret').replace('redis:', 'redis+cluster:'))), {
      message: /is not a cluster: use redis:/,
    });
    await assert.rejects(
      opens(redisOptions(`${redis.url.replace('redis:', 'redis+sentinel:')}/m?sentinelPassword=secret`)),
      {
        message: /is not a Sentinel/,
      },
    );
  });

  test(`the ${name} says what may be behind a port that closes the connection`, async () => {
    const closing = createServer((socket) => socket.end()).listen(0, '127.0.0.1');
    await once(closing, 'listening');
    const { port } = closing.address() as { port: number }; // it listens on TCP
    await assert.rejects(opens({ ...redisOptions(`redis://127.0.0.1:${port}`), patience: 0 }), {
      message: /perhaps TLS is spoken at this port \(rediss:\/\/\), or something else than Redis/,
    });
    closing.close();
  });

  test(`the ${name} waits for a Redis that is not there yet and says so`, { timeout: 20_000 }, async () => {
    const late = await RedisServer.start();
    try {
      await late.kill();
      const log = new KeptLog();
      const opened = opens(redisOptions(late.url, log));
      await until(() => log.lines.length > 0);
      await late.restart();
      const engine = await opened;
      assert.equal(engine.up, true);
      assert.match(log.lines[0] ?? '', /^waiting for Redis .*127\.0\.0\.1.*ECONNREFUSED/);
      await engine.close();
      assert.equal(engine.up, false);
    } finally {
      await late.stop();
    }
  });

  test(`the ${name} waits no longer than its patience, nor than it is wanted`, { timeout: 20_000 }, async () => {
    const nobody = redisOptions(`redis://127.0.0.1:${await freePort()}`);
    await assert.rejects(
      opens({ ...nobody, patience: 200 }),
      /does not answer at .* \(.*ECONNREFUSED.*\): start it, or/,
    );
    const stop = new AbortController();
    const opened = opens({ ...nobody, signal: stop.signal });
    stop.abort(new Error('not wanted any more'));
    await assert.rejects(opened, /not wanted any more/);
  });

  test(`the ${name} gives up on what never answers, and on what is not Redis`, { timeout: 20_000 }, async () => {
    const frozen = await RedisServer.start();
    try {
      frozen.freeze();
      await assert.rejects(opens({ ...redisOptions(frozen.url), patience: 100 }), /no answer within/);
    } finally {
      await frozen.stop();
    }
  });
}
