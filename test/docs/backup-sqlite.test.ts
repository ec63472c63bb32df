import assert from 'node:assert/strict';
import { copyFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { json, TestApp } from '../support/test-app.ts';

const runbook = await readFile(join(import.meta.dirname, '../../docs/runbook.md'), 'utf8');

/** Runs a statement of the runbook, which must stand there. */
function run(file: string, written: string, sql = written): void {
  assert.ok(runbook.includes(written), written);
  const db = new DatabaseSync(file);
  db.exec(sql);
  db.close();
}

test('a backup of SQLite, made while the server runs, is restored under a new epoch', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'towncrier-backup-'));
  try {
    const backup = join(folder, 'backup.sqlite');
    const live = join(folder, 'live');
    const first = await TestApp.start({ DATA_DIR: live });
    const { epoch } = await json(first.get('/api/info'));
    try {
      await first.post('/api/chat/messages', { sender: 'Ann', content: 'kept' });
      run(join(live, 'chat.sqlite'), "VACUUM INTO 'backup.sqlite'", `VACUUM INTO '${backup}'`);
      await first.post('/api/chat/messages', { sender: 'Ann', content: 'after the backup' });
    } finally {
      await first.close();
    }
    for (const end of ['', '-wal', '-shm']) await rm(join(live, `chat.sqlite${end}`), { force: true });
    await copyFile(backup, join(live, 'chat.sqlite'));
    run(join(live, 'chat.sqlite'), "DELETE FROM meta WHERE name = 'epoch'");
    const second = await TestApp.start({ DATA_DIR: live });
    try {
      const { messages, head } = await json(second.get('/api/chat/messages'));
      assert.deepEqual([messages.map((each: { content: string }) => each.content), head], [['kept'], 1]);
      assert.notEqual((await json(second.get('/api/info'))).epoch, epoch);
    } finally {
      await second.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
