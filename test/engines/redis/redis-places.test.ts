import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { createClient } from 'redis';
import { openRedisBackplane } from '../../../server/engines/redis/redis-backplane.ts';
import type { RedisOptions } from '../../../server/engines/redis/redis-options.ts';
import { openRedisPresenceStore } from '../../../server/engines/redis/redis-presence-store.ts';
import { RedisServer, redisFolder, redisOptions } from '../../support/engines/redis.ts';
import { freePort } from '../../support/free-port.ts';
import { Ear, until } from './ear.ts';

const CHAT = 'global-chat-channel';
const LIMIT = { timeout: 60_000 };

const servers: RedisServer[] = [];
after(async () => {
  for (const server of servers) await server.stop();
});

async function start(args: readonly string[], folder?: string): Promise<RedisServer> {
  const server = await RedisServer.start(args, folder);
  servers.push(server);
  return server;
}

async function tell(server: RedisServer, ...commands: string[]): Promise<unknown[]> {
  const client = createClient({ url: server.url });
  await client.connect();
  const answers: unknown[] = [];
  for (const command of commands) answers.push(await client.sendCommand(command.split(' ')));
  client.destroy();
  return answers;
}

/** Two instances hear one another and count one another; `fault` moves Redis elsewhere, and they do so again. */
async function works(options: RedisOptions, fault?: () => Promise<unknown>): Promise<void> {
  const planes = [await openRedisBackplane(options), await openRedisBackplane(options)];
  const stores = [await openRedisPresenceStore(options), await openRedisPresenceStore(options)];
  const ears = [new Ear(), new Ear()];
  const [plane, store] = [planes[0], stores[0]];
  assert.ok(plane !== undefined && store !== undefined);
  const reachAll = async (payload: string): Promise<void> => {
    await until(async () => (await plane.publish(CHAT, payload).catch(() => 0)) === 2);
    await until(() => ears.every(({ heard }) => heard.includes(payload)));
    const report = async (): Promise<boolean> => {
      for (const [i, each] of stores.entries()) await each.report(`${i}`, { users: ['ann', `${i}`], connections: 1 });
      return true;
    };
    await until(() => report().catch(() => false));
    assert.deepEqual(await store.totals(), { users: 3, connections: 2, instances: 2 });
  };
  try {
    for (const [i, each] of planes.entries()) await each.subscribe(CHAT, ears[i] ?? new Ear());
    await reachAll('before');
    if (fault === undefined) return;
    const resumes = ears.map((ear) => ear.resumes);
    await fault();
    await until(() => ears.every((ear, i) => ear.resumes > (resumes[i] ?? 0)));
    await reachAll('after');
  } finally {
    for (const engine of [...planes, ...stores]) await engine.close();
  }
}

test('over TLS, with the certificate of its authority, and not without it', LIMIT, async () => {
  const folder = await redisFolder();
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1'];
  const kind = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  execFileSync('openssl', [...kind, ...subject, '-keyout', key, '-out', cert], { stdio: 'ignore' });
  const port = await freePort();
  const files = ['--tls-cert-file', cert, '--tls-key-file', key, '--tls-ca-cert-file', cert];
  await start(['--tls-port', `${port}`, '--tls-auth-clients', 'no', ...files], folder);
  const options = redisOptions(`rediss://127.0.0.1:${port}`);
  await assert.rejects(openRedisBackplane(options), {
    name: 'RedisRefused',
    message: /certificate that cannot be trusted/,
  });
  await works({ ...options, tls: { ca: await readFile(cert, 'utf8') } });
});

test('with Sentinel, the instances follow the master to another server', LIMIT, async () => {
  const master = await start([]);
  const replica = await start(['--replicaof', '127.0.0.1', `${master.port}`]);
  const folder = await redisFolder();
  const file = join(folder, 'sentinel.conf');
  const lines = [
    `sentinel monitor crier 127.0.0.1 ${master.port} 1`,
    // So long no process stands still on a machine that is merely busy.
    'sentinel down-after-milliseconds crier 4000',
    'sentinel failover-timeout crier 3000',
  ];
  await writeFile(file, lines.join('\n'));
  const sentinel = await start([file, '--sentinel'], folder);
  const nobody = `127.0.0.1:${await freePort()}`;
  const url = (name: string): string => `redis+sentinel://${nobody},127.0.0.1:${sentinel.port}/${name}`;
  await assert.rejects(openRedisBackplane(redisOptions(url('other'))), {
    name: 'RedisRefused',
    message: /knows no master "other"/,
  });
  await until(async () => JSON.stringify(await tell(sentinel, 'SENTINEL REPLICAS crier')).includes(`${replica.port}`));
  await works(redisOptions(url('crier')), () => master.kill());
});

test('in a cluster, all instances meet at the node of one slot, and follow it', LIMIT, async () => {
  // Longer than a node stands still on a machine that is merely busy: else the others vote it out.
  const args = ['--cluster-enabled', 'yes', '--cluster-node-timeout', '10000', '--cluster-config-file'];
  const nodes = [await start([...args, 'a.conf']), await start([...args, 'b.conf']), await start([...args, 'c.conf'])];
  const [a, b, c] = nodes;
  assert.ok(a !== undefined && b !== undefined && c !== undefined);
  await tell(a, 'CLUSTER ADDSLOTSRANGE 0 8191', 'CLUSTER SET-CONFIG-EPOCH 1');
  await tell(b, 'CLUSTER ADDSLOTSRANGE 8192 16383', 'CLUSTER SET-CONFIG-EPOCH 2');
  for (const other of [b, c]) await tell(a, `CLUSTER MEET 127.0.0.1 ${other.port}`);
  const [slot] = await tell(a, 'CLUSTER KEYSLOT {towncrier}');
  const owner = Number(slot) < 8192 ? a : b;
  const [id] = await tell(owner, 'CLUSTER MYID');
  await until(async () => String(await tell(c, 'CLUSTER NODES')).includes(String(id)));
  await tell(c, `CLUSTER REPLICATE ${id}`);
  await until(async () => String(await tell(c, 'INFO replication')).includes('master_link_status:up'));
  for (const node of nodes) {
    await until(async () => String(await tell(node, 'CLUSTER INFO')).includes('cluster_state:ok'));
  }
  const url = `redis+cluster://${nodes.map(({ port }) => `127.0.0.1:${port}`).join(',')}`;
  // In good order: no connection breaks, the old master only is one no more.
  await works(redisOptions(url), () => tell(c, 'CLUSTER FAILOVER'));
});
