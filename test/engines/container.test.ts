import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { createClient } from 'redis';
import { RedisServer } from '../support/engines/redis.ts';

const folder = mkdtempSync(join(tmpdir(), 'towncrier-docker-'));
const server = execFileSync('/bin/sh', ['-c', 'command -v redis-server'], { encoding: 'utf8' }).trim();
/** Stands in for Docker: notes what it is asked, and runs the system's own Redis instead of an image. */
const STAND_IN = `#!/bin/bash
echo "$*" >> ${folder}/asked
name=$2
case $1 in
  version) ;;
  ps) echo "towncrier-test-old 999999999" ;;
  run) shift; while [ "$1" != redis-server ]; do [ "$1" = --name ] && echo $$ > "${folder}/$2"; shift; done; shift; exec ${server} "$@" ;;
  kill) kill -9 "$(<"${folder}/$name")" ;;
  pause) kill -STOP "$(<"${folder}/$name")" ;;
  unpause) kill -CONT "$(<"${folder}/$name")" ;;
esac
`;
writeFileSync(join(folder, 'docker'), STAND_IN);
chmodSync(join(folder, 'docker'), 0o755);
// No program is found but this one.
process.env.PATH = folder;
after(() => rmSync(folder, { recursive: true, force: true }));

function asked(): string[] {
  return readFileSync(join(folder, 'asked'), 'utf8').trim().split('\n');
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

test('where an engine is not installed and Docker answers it runs as a container, and is killed and started again', async () => {
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
  const runs = asked().filter((line) => line.startsWith('run '));
  assert.equal(runs.length, 2);
  const [first = ''] = runs;
  assert.match(first, /^run --rm --name towncrier-test-\S+ --label towncrier-test=\d+ /);
  assert.ok(first.includes(` -p 127.0.0.1:${redis.port}:${redis.port} redis:8 redis-server `), first);
  assert.deepEqual(asked().filter((line) => /^(?:pause|unpause) towncrier-test-/.test(line)).length, 2);
});

test('what a run left behind that was killed is removed by the next one', () => {
  assert.ok(asked().includes('rm -f towncrier-test-old'));
});
