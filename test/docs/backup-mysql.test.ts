import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { MysqlServer } from '../support/engines/mysql.ts';
import { json, TestApp } from '../support/test-app.ts';

const NEW_EPOCH = "UPDATE chat_meta SET value = UUID() WHERE name = 'epoch'";

let server: MysqlServer;

before(async () => {
  server = await MysqlServer.start();
});

after(() => server?.dispose());

function program(name: string, args: readonly string[], input = ''): string {
  const where = ['--no-defaults', '--host=127.0.0.1', `--port=${server.port}`, '--user=root'];
  return execFileSync(name, [...where, ...args], { input, encoding: 'utf8' });
}

test('a backup of MariaDB, made while the server runs, is restored under a new epoch', async () => {
  const runbook = await readFile(join(import.meta.dirname, '../../docs/runbook.md'), 'utf8');
  assert.ok(runbook.includes('mariadb-dump --single-transaction websockets_db') && runbook.includes(NEW_EPOCH));
  const settings = { MYSQL_URL: `${server.url}/websockets_db` };
  const first = await TestApp.start(settings);
  const { epoch } = await json(first.get('/api/info'));
  let backup = '';
  try {
    await first.post('/api/chat/messages', { sender: 'Ann', content: 'kept' });
    backup = program('mariadb-dump', ['--single-transaction', 'websockets_db']);
    await first.post('/api/chat/messages', { sender: 'Ann', content: 'after the backup' });
  } finally {
    await first.close();
  }
  await server.administer('DROP DATABASE websockets_db; CREATE DATABASE websockets_db');
  program('mariadb', ['websockets_db'], backup);
  program('mariadb', ['websockets_db', '-e', NEW_EPOCH]);
  const second = await TestApp.start(settings);
  try {
    const { messages, head } = await json(second.get('/api/chat/messages'));
    assert.deepEqual([messages.map((each: { content: string }) => each.content), head], [['kept'], 1]);
    assert.notEqual((await json(second.get('/api/info'))).epoch, epoch);
  } finally {
    await second.close();
  }
});
