import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { after, before, beforeEach, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { StoreDown, StoreUnknown } from '../../../server/engines/message-store.ts';
import type { MysqlStore } from '../../../server/engines/mysql/mysql-message-store.ts';
import { recordingLog } from '../../chat/recording-log.ts';
import { MysqlServer } from '../../support/engines/mysql.ts';
import { commitAtLast, draft, drafts, everything, open, until, withStores } from './stores.ts';

let server: MysqlServer;
before(async () => {
  server = await MysqlServer.start();
});
// Also after a test that failed while the server was away.
beforeEach(() => server.start());
after(() => server.dispose());

/** Commits groups until told to stop, each until its fate is known. Resolves to the seq that each id was told. */
async function commitOn(store: MysqlStore, told: Map<string, number>, stopped: () => boolean): Promise<void> {
  while (!stopped()) {
    for (const outcome of await commitAtLast(store, drafts(20))) {
      assert.notEqual(outcome.kind, 'conflict');
      if (outcome.kind !== 'conflict') told.set(outcome.message.id, outcome.message.seq);
    }
  }
}

test('through kill -9 and a restart of the server every message is stored once, in one order', () => {
  const url = server.newUrl();
  return withStores([url, url], async (one, other) => {
    const told = new Map<string, number>();
    let stopped = false;
    const work = [one, other].map((store) => commitOn(store, told, () => stopped));
    const grown = (): Promise<void> => {
      const more = told.size + 400;
      return until(() => told.size >= more);
    };
    for (let round = 0; round < 2; round++) {
      await grown();
      await server.kill();
      await until(() => !one.up && !other.up);
      await server.start();
    }
    await grown();
    stopped = true;
    await Promise.all(work);
    const all = await everything(one);
    assert.deepEqual(
      all.map(({ seq }) => seq),
      Array.from(all, (_, i) => i + 1),
    );
    assert.deepEqual(new Map(all.map(({ id, seq }) => [id, seq])), new Map([...told].toSorted((a, b) => a[1] - b[1])));
    assert.ok(one.up && other.up);
  });
});

test('while nothing listens calls are refused at once, also without having been asked before, and the log says so once', async () => {
  const { log, lines } = recordingLog();
  const store = await open(server.newUrl(), { log });
  try {
    await store.commit([draft()]);
    await server.kill();
    await until(() => !store.up);
    await assert.rejects(store.commit([draft()]), (error) => {
      return error instanceof StoreDown && /the database is away/.test(error.message);
    });
    await assert.rejects(store.head('global'), StoreDown);
    await assert.rejects(store.after('global', 0, 1), StoreDown);
    await server.start();
    await until(() => store.up);
    assert.equal(await store.head('global'), 1);
    assert.deepEqual(
      lines.map(({ level, text }) => `${level}: ${text.replace(/mysql:\S+ /, '').replace(/:.*/, '')}`),
      ['error: the database is away', 'info: the database is back'],
    );
  } finally {
    await store.close();
  }
});

test('a frozen server leaves the fate of a commit unknown, the next ones are refused at once, and it recovers', () =>
  withStores([server.newUrl()], async (store) => {
    await store.commit([draft()]);
    const group = drafts(3);
    server.freeze();
    try {
      await assert.rejects(store.commit(group), StoreUnknown);
      assert.equal(store.up, false);
      await assert.rejects(store.commit([draft()]), StoreDown);
      await assert.rejects(store.head('global'), StoreDown);
    } finally {
      server.thaw();
    }
    const outcomes = await commitAtLast(store, group);
    assert.deepEqual(
      outcomes.map((one) => one.kind !== 'conflict' && one.message.seq),
      [2, 3, 4],
    );
    assert.equal((await everything(store)).length, 4);
    assert.equal(store.up, true);
  }));

test('a store closes while its server is frozen', async () => {
  const store = await open(server.newUrl());
  await store.commit([draft()]);
  server.freeze();
  try {
    const commit = assert.rejects(store.commit([draft()]), StoreUnknown);
    await Promise.all([commit, store.close()]);
  } finally {
    server.thaw();
  }
});

test('a read-only server refuses commits with the cause, serves reads, and takes commits again when it may', async () => {
  await server.administer("CREATE USER plain@'%' IDENTIFIED BY 'x'; GRANT ALL ON plain.* TO plain@'%'");
  await withStores([`mysql://plain:x@127.0.0.1:${server.port}/plain`], async (store) => {
    await store.commit([draft()]);
    await server.administer('SET GLOBAL read_only = 1');
    await assert.rejects(store.commit([draft()]), (error) => {
      return error instanceof StoreDown && /the database is read-only/.test(error.message);
    });
    assert.equal(await store.head('global'), 1);
    await server.administer('SET GLOBAL read_only = 0');
    const [outcome] = await store.commit([draft()]);
    assert.equal(outcome?.kind === 'stored' && outcome.message.seq, 2);
  });
});

test('another history under the same name is not served', async () => {
  const url = server.newUrl();
  const database = new URL(url).pathname.slice(1);
  const { log, lines } = recordingLog();
  const store = await open(url, { log });
  try {
    await store.commit([draft()]);
    await server.administer(`DROP DATABASE ${database}`);
    await assert.rejects(store.commit([draft()]), StoreDown);
    await withStores([url], async () => undefined);
    await until(() => !store.up);
    await assert.rejects(store.commit([draft()]), StoreDown);
    await until(() => lines.length > 0);
    await withStores([url], async (fresh) => assert.equal(await fresh.head('global'), 0));
  } finally {
    await store.close();
  }
});

test('after kill -9 of an instance every acknowledged message is there, in contiguous order, and others go on', async () => {
  const url = server.newUrl();
  await withStores([url], async (store) => {
    const script = fileURLToPath(new URL('./committing-process.ts', import.meta.url));
    const child = spawn(process.execPath, [script, url], { stdio: ['ignore', 'pipe', 'inherit'] });
    const exited = once(child, 'exit');
    const acknowledged: string[] = [];
    for await (const line of createInterface(child.stdout)) {
      acknowledged.push(line);
      if (acknowledged.length === 400) child.kill('SIGKILL');
    }
    assert.deepEqual(await exited, [null, 'SIGKILL']);
    await commitAtLast(store, [draft({ room: 'a' }), draft({ room: 'b' })]);
    const ids = new Set<string>();
    for (const room of ['a', 'b']) {
      const all = await everything(store, room);
      assert.deepEqual(
        all.map(({ seq }) => seq),
        Array.from(all, (_, i) => i + 1),
      );
      for (const { id } of all) ids.add(id);
    }
    assert.deepEqual(
      acknowledged.filter((id) => !ids.has(id)),
      [],
    );
  });
});
