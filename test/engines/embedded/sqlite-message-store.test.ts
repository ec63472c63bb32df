import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Worker } from 'node:worker_threads';
import { systemClock } from '../../../server/clock.ts';
import { openSqliteStore, type SqliteStoreOptions } from '../../../server/engines/embedded/sqlite-message-store.ts';
import { type Draft, type MessageStore, StoreDown, StoreUnknown } from '../../../server/engines/message-store.ts';
import { recordingLog } from '../../chat/recording-log.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { messagesOf } from '../../support/messages.ts';

let made = 0;

function draft(fields: Partial<Draft> = {}): Draft {
  return { room: 'global', id: `id-${made++}`, sender: 'ann', content: 'text', time: 1, ...fields };
}

async function inFolder(run: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'towncrier-'));
  try {
    await run(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

function open(folder: string, options: Partial<SqliteStoreOptions> = {}): Promise<MessageStore> {
  const { log } = recordingLog();
  return openSqliteStore({ folder, clock: systemClock, log, newEpoch: `epoch-${made++}`, ...options });
}

function withStore(
  run: (store: MessageStore, folder: string) => Promise<void>,
  options: Partial<SqliteStoreOptions> = {},
): Promise<void> {
  return inFolder(async (folder) => {
    const store = await open(folder, options);
    try {
      await run(store, folder);
    } finally {
      await store.close();
    }
  });
}

/** Lets promises settle without letting another thread answer. */
async function microtasks(): Promise<void> {
  for (let i = 0; i < 20; i++) await null;
}

test('nothing of a deleted message is left in the files', () =>
  inFolder(async (folder) => {
    const { log } = recordingLog();
    const store = await openSqliteStore({ folder, clock: systemClock, log, newEpoch: 'e' });
    const secret = draft({ content: 'a secret of the tests', sender: 'Rumpelstiltskin', id: 'an-id-of-the-tests' });
    await store.commit([draft(), secret, draft()]);
    const bytes = async (): Promise<string> => {
      const files = ['chat.sqlite', 'chat.sqlite-wal'].map((name) => readFile(join(folder, name)).catch(() => ''));
      return (await Promise.all(files)).join('');
    };
    const traces = async (): Promise<string[]> => {
      const text = await bytes();
      return ['a secret of the tests', 'Rumpelstiltskin', 'an-id-of-the-tests'].filter((each) => text.includes(each));
    };
    assert.equal((await traces()).length, 3);
    await store.moderation.erase('global', 2, { by: 'mod', action: 'delete', target: 'global/2', reason: '', time: 1 });
    assert.deepEqual(await traces(), []);
    await store.close();
    assert.deepEqual(await traces(), []);
  }));

test('on a full disk commits are refused with the cause, reading goes on, and it recovers by itself', () =>
  withStore(
    async (store, folder) => {
      const content = 'x'.repeat(2_000);
      await store.commit([draft()]);
      const fill = async (): Promise<void> => {
        for (;;) await store.commit(Array.from({ length: 10 }, () => draft({ room: 'filler', content })));
      };
      await assert.rejects(fill(), (error) => error instanceof StoreDown && /the disk is full/.test(error.message));
      const head = await store.head('filler');
      const [newest] = await store.before('filler', head + 1, 1);
      assert.equal(newest?.seq, head, 'nothing of the refused group is there');
      assert.equal((await store.after('global', 0, 10)).length, 1);

      const other = new DatabaseSync(join(folder, 'chat.sqlite'));
      other.exec("DELETE FROM message WHERE room = 'filler' AND seq < 30");
      other.close();
      const [outcome] = await store.commit([draft()]);
      assert.equal(outcome?.kind === 'stored' && outcome.message.seq, 2);
    },
    { maxPages: 60 },
  ));

test('a group that fails halfway stores nothing, and the next one is not disturbed', () =>
  withStore(async (store) => {
    // What the types forbid and SQLite cannot bind.
    const broken = draft({ content: undefined as unknown as string });
    await assert.rejects(store.commit([draft(), broken, draft()]), StoreDown);
    assert.deepEqual(await store.after('global', 0, 10), []);
    const [outcome] = await store.commit([draft()]);
    assert.equal(outcome?.kind === 'stored' && outcome.message.seq, 1);
  }));

test('while another process holds the lock commits are refused after a bounded time, and then go on', () =>
  withStore(async (store, folder) => {
    const other = new DatabaseSync(join(folder, 'chat.sqlite'));
    other.exec('BEGIN IMMEDIATE');
    await assert.rejects(store.commit([draft()]), (error) => error instanceof StoreDown && /lock/.test(error.message));
    assert.deepEqual(await store.after('global', 0, 10), []);
    other.exec('ROLLBACK');
    other.close();
    const [outcome] = await store.commit([draft()]);
    assert.equal(outcome?.kind === 'stored' && outcome.message.seq, 1);
  }));

test('a commit without an answer for 2 s has an unknown fate, and its late answer harms nobody', () => {
  const clock = new ManualClock();
  return withStore(
    async (store) => {
      const sent = draft();
      const commit = store.commit([sent]);
      await microtasks();
      clock.advance(2_000);
      await assert.rejects(commit, StoreUnknown);
      const [outcome] = await store.commit([sent]);
      assert.equal(outcome?.kind, 'duplicate');
    },
    { clock },
  );
});

test('a read without an answer for 2 s rejects', () => {
  const clock = new ManualClock();
  return withStore(
    async (store) => {
      const head = store.head('global');
      await microtasks();
      clock.advance(2_000);
      await assert.rejects(head, /did not answer/);
      assert.equal(await store.head('global'), 0);
      assert.equal(clock.pending, 0);
    },
    { clock },
  );
});

test('when the thread dies, the commit under way has an unknown fate, and the next call starts it again', async () => {
  const workers: Worker[] = [];
  const keep = (worker: Worker): void => void workers.push(worker);
  process.on('worker', keep);
  try {
    const clock = new ManualClock();
    const dies = async (store: MessageStore, folder: string): Promise<void> => {
      const sent = draft();
      await store.commit([sent]);
      // The commit waits for this lock until the thread is gone.
      const other = new DatabaseSync(join(folder, 'chat.sqlite'));
      other.exec('BEGIN IMMEDIATE');
      const commit = store.commit([draft()]);
      const head = store.head('global');
      await microtasks();
      void workers[0]?.terminate();
      await assert.rejects(commit, StoreUnknown);
      await assert.rejects(head, /ended/);
      other.close();
      const [outcome] = await store.commit([sent]);
      assert.equal(outcome?.kind, 'duplicate');
      assert.equal(workers.length, 2);
    };
    await withStore(dies, { clock });
  } finally {
    process.off('worker', keep);
  }
});

test('a new file that took the place of the old one while running is not served', async () => {
  const workers: Worker[] = [];
  const keep = (worker: Worker): void => void workers.push(worker);
  process.on('worker', keep);
  try {
    await withStore(async (store, folder) => {
      await store.commit([draft()]);
      await workers[0]?.terminate();
      for (const end of ['', '-wal', '-shm']) await rm(join(folder, `chat.sqlite${end}`), { force: true });
      const other = await open(folder, { newEpoch: 'other' });
      await other.close();
      await assert.rejects(store.commit([draft()]), (error) => {
        return error instanceof StoreDown && /another file/.test(error.message);
      });
    });
  } finally {
    process.off('worker', keep);
  }
});

test('a folder that cannot be made is told with its path', () =>
  inFolder(async (folder) => {
    await writeFile(join(folder, 'file'), '');
    const below = join(folder, 'file', 'data');
    await assert.rejects(open(below), (error) => error instanceof StoreDown && error.message.includes(below));
  }));

test('a folder in the place of the file is told with its path', () =>
  inFolder(async (folder) => {
    await mkdir(join(folder, 'chat.sqlite'));
    await assert.rejects(open(folder), /cannot open the message store .*chat\.sqlite: .*cannot be opened/);
  }));

test('a file that is no database is refused, and stays as it is', () =>
  inFolder(async (folder) => {
    const text = 'This is a text about databases. '.repeat(100);
    await writeFile(join(folder, 'chat.sqlite'), text);
    await assert.rejects(open(folder), /cannot open the message store .*: the file is not a database/);
    assert.equal(await readFile(join(folder, 'chat.sqlite'), 'utf8'), text);
  }));

test('a file of before there was moderation is brought up, with its messages', () =>
  inFolder(async (folder) => {
    const older = new DatabaseSync(join(folder, 'chat.sqlite'));
    older.exec(`
      CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
      CREATE TABLE room (name TEXT PRIMARY KEY, head INTEGER NOT NULL) STRICT, WITHOUT ROWID;
      CREATE TABLE message (
        room TEXT NOT NULL, seq INTEGER NOT NULL, id TEXT NOT NULL, sender TEXT NOT NULL,
        content TEXT NOT NULL, time INTEGER NOT NULL,
        PRIMARY KEY (room, seq), UNIQUE (room, sender, id)
      ) STRICT, WITHOUT ROWID;
      INSERT INTO meta VALUES ('epoch', 'of-before');
      INSERT INTO room VALUES ('global', 1);
      INSERT INTO message VALUES ('global', 1, 'id', 'ann', 'hello', 5);
      PRAGMA user_version = 1`);
    older.close();
    const store = await openSqliteStore({ folder, clock: systemClock, log: recordingLog().log, newEpoch: 'new' });
    const old = { room: 'global', seq: 1, id: 'id', sender: 'ann', content: 'hello', time: 5 };
    assert.equal(await store.epoch(), 'of-before');
    assert.deepEqual(await store.after('global', 0, 10), [old]);
    const why = { by: 'mod', action: 'delete', target: 'global/1', reason: '', time: 9 };
    assert.deepEqual(await store.moderation.erase('global', 1, why), { room: 'global', seq: 2, target: 1, time: 9 });
    await store.close();
  }));

test('a file of a newer form is refused', () =>
  inFolder(async (folder) => {
    const newer = new DatabaseSync(join(folder, 'chat.sqlite'));
    newer.exec('PRAGMA user_version = 1000');
    newer.close();
    await assert.rejects(open(folder), /form 1000, made by a newer version/);
  }));

test('a folder is made where it is missing', () =>
  inFolder(async (folder) => {
    const store = await open(join(folder, 'a', 'b'));
    assert.equal((await store.commit([draft()])).length, 1);
    await store.close();
  }));

test('of several that open a new file at once one makes it, and all serve the same history', () =>
  inFolder(async (folder) => {
    const stores = await Promise.all(Array.from({ length: 4 }, () => open(folder)));
    const epochs = await Promise.all(stores.map((store) => store.epoch()));
    assert.equal(new Set(epochs).size, 1);
    await Promise.all(stores.map((store) => store.close()));
  }));

test('after kill -9 of a process that commits, every acknowledged message is there, in contiguous order', () =>
  inFolder(async (folder) => {
    const script = fileURLToPath(new URL('./committing-process.ts', import.meta.url));
    const child = spawn(process.execPath, [script, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
    const exited = once(child, 'exit');
    const acknowledged: string[] = [];
    for await (const line of createInterface(child.stdout)) {
      acknowledged.push(line);
      if (acknowledged.length === 500) child.kill('SIGKILL');
    }
    assert.deepEqual(await exited, [null, 'SIGKILL']);
    const store = await open(folder);
    const ids = new Set<string>();
    for (const room of ['room-0', 'room-1']) {
      const messages = messagesOf(await store.after(room, 0, 100_000));
      for (const [i, message] of messages.entries()) assert.equal(message.seq, i + 1);
      assert.equal(await store.head(room), messages.length);
      for (const message of messages) ids.add(message.id);
    }
    await store.close();
    assert.ok(acknowledged.length >= 500);
    assert.deepEqual(
      acknowledged.filter((id) => !ids.has(id)),
      [],
    );
  }));
