import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { createClient } from 'redis';
import { systemClock } from '../../server/clock.ts';
import { openKafkaTickLog } from '../../server/engines/kafka/tick-log.ts';
import { recordingLog } from '../chat/recording-log.ts';
import { KafkaServer } from '../support/engines/kafka.ts';
import { MysqlServer } from '../support/engines/mysql.ts';
import { RedisServer } from '../support/engines/redis.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { askedOf, makeDockerStandIn } from './docker-stand-in.ts';
import { ticks } from './kafka/ticks.ts';

let folder: string;
before(async () => {
  folder = await temporaryFolder('docker');
  await makeDockerStandIn(folder);
  // No program is found but this one.
  process.env.PATH = folder;
});
after(() => rmSync(folder, { recursive: true, force: true }));

/** How it was asked to run an image. */
function runsOf(image: string): string[] {
  return askedOf(folder).filter((line) => line.startsWith('run ') && line.includes(` ${image}`));
}

async function ping(url: string): Promise<string> {
  const client = createClient({ url, socket: { reconnectStrategy: false } });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await client.ping();
  } finally {
    client.destroy();
  }
}

test('where Redis is not installed and Docker answers it runs as a container, and is killed and started again', async () => {
  const redis = await RedisServer.start();
  try {
    assert.equal(await ping(redis.url), 'PONG');
    await redis.kill();
    await assert.rejects(ping(redis.url));
    await redis.restart();
    redis.freeze();
    redis.thaw();
    assert.equal(await ping(redis.url), 'PONG');
  } finally {
    await redis.stop();
  }
  const runs = runsOf('redis:8');
  assert.equal(runs.length, 2);
  const [first = ''] = runs;
  assert.match(first, /^run --rm --name towncrier-test-\S+ --label towncrier-test=\d+ -v (\/\S+):\1 /);
  assert.ok(first.includes(` -p 127.0.0.1:${redis.port}:${redis.port} redis:8 redis-server `), first);
  assert.deepEqual(askedOf(folder).filter((line) => /^(?:pause|unpause) towncrier-test-/.test(line)).length, 2);
});

test('so does MySQL, which keeps what it holds', async () => {
  const mysql = await MysqlServer.start('--max-connections=77');
  try {
    await mysql.administer('CREATE DATABASE kept');
    await mysql.kill();
    await assert.rejects(mysql.administer('SELECT 1'));
    await mysql.start();
    mysql.freeze();
    mysql.thaw();
    assert.deepEqual(await mysql.administer("SHOW DATABASES LIKE 'kept'; SELECT @@max_connections AS most"), [
      [{ 'Database (kept)': 'kept' }],
      [{ most: 77 }],
    ]);
  } finally {
    await mysql.dispose();
  }
  const [first = ''] = runsOf('mysql:8.4');
  assert.ok(first.includes(` -p 127.0.0.1:${mysql.port}:${mysql.port} -e MYSQL_ALLOW_EMPTY_PASSWORD=yes `), first);
  assert.match(first, / mysql:8\.4 mysqld --datadir=\/\S+ --port=\d+ /);
});

test('so does Kafka, which is made once and keeps what it holds', async () => {
  const kafka = await KafkaServer.start();
  try {
    const patience = { clock: systemClock, log: recordingLog().log, random: Math.random };
    const log = await openKafkaTickLog({ ...patience, brokers: kafka.brokers });
    await log.append(ticks(0, 10));
    await log.close();
    await kafka.kill();
    await kafka.run();
    kafka.freeze();
    kafka.thaw();
    const again = await openKafkaTickLog({ ...patience, brokers: kafka.brokers });
    const { next } = await again.bounds();
    await again.close();
    assert.equal(
      next.reduce((sum, offset) => sum + offset),
      10,
    );
  } finally {
    await kafka.stop();
  }
  const [first = ''] = runsOf('apache/kafka:4.1.0');
  for (const broker of [...kafka.brokers, ...kafka.userBrokers]) {
    const [, port] = broker.split(':');
    assert.ok(first.includes(` -p 127.0.0.1:${port}:${port} `), first);
  }
});

test('what a run left behind that was killed is removed by the next one', () => {
  assert.ok(askedOf(folder).includes('rm -f towncrier-test-old'));
});
