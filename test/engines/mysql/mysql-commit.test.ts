import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { systemClock } from '../../../server/clock.ts';
import { type Draft, StoreDown, StoreUnknown } from '../../../server/engines/message-store.ts';
import { openSession, type Session } from '../../../server/engines/mysql/mysql-session.ts';
import { parseMysqlUrl } from '../../../server/engines/mysql/mysql-url.ts';
import { MysqlServer } from '../../support/engines/mysql.ts';
import { StallingProxy } from './stalling-proxy.ts';
import { commitAtLast, draft, drafts, everything, pause, withStores } from './stores.ts';

let server: MysqlServer;
before(async () => {
  server = await MysqlServer.start();
});
after(() => server.dispose());

/** The last trip of the careful way: the lock of the room is held when it is sent. */
const CAREFUL_COMMIT = /COMMIT;\s*SET SESSION wait_timeout = DEFAULT/;

async function withSession(url: string, mark: string, run: (session: Session) => Promise<void>): Promise<void> {
  const session = await openSession({ address: parseMysqlUrl(url), clock: systemClock, mark });
  try {
    await run(session);
  } finally {
    session.destroy();
  }
}

function contiguous(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i + 1);
}

test('three stores commit to the same rooms at once, each message once and without gaps', () => {
  const url = server.newUrl();
  return withStores([url, url, url], async (...stores) => {
    const rooms = ['b', 'a', 'c'];
    const group = (i: number): Draft[] =>
      rooms.flatMap((room) => drafts(1 + (i % 4), { room })).toSorted(() => 0.5 - Math.random());
    const groups = contiguous(90).map(group);
    await Promise.all(groups.map((one, i) => stores[i % 3]?.commit(one)));
    for (const room of rooms) {
      const stored = await everything(stores[0] ?? assert.fail(), room);
      const sent = groups.flat().filter((one) => one.room === room);
      assert.deepEqual(
        stored.map(({ seq }) => seq),
        contiguous(sent.length),
      );
      assert.deepEqual(stored.map(({ id }) => id).toSorted(), sent.map(({ id }) => id).toSorted());
    }
  });
});

test('the same message sent through several stores at once is stored once, and disturbs nobody in its groups', () => {
  const url = server.newUrl();
  return withStores([url, url], async (one, other) => {
    for (let round = 0; round < 10; round++) {
      const same = drafts(5);
      const groups = [one, other, one, other].map((store) => store.commit([draft(), ...same, draft()]));
      const outcomes = (await Promise.all(groups)).flat();
      const stored = outcomes.filter(({ kind }) => kind === 'stored').length;
      assert.equal(stored, 4 * 2 + 5);
      assert.equal(outcomes.filter(({ kind }) => kind === 'duplicate').length, 3 * 5);
    }
    const all = await everything(one);
    assert.deepEqual(
      all.map(({ seq }) => seq),
      contiguous(130),
    );
    assert.equal(await other.head('global'), 130);
  });
});

test('what a resend is told is the message as it was stored first', () => {
  const url = server.newUrl();
  return withStores([url, url], async (one, other) => {
    const sent = draft({ time: 5 });
    await one.commit([draft({ room: 'other' }), sent]);
    const outcomes = await other.commit([draft(), { ...sent, time: 9 }, { ...sent, content: 'else' }]);
    assert.deepEqual(outcomes.slice(1), [{ kind: 'duplicate', message: { ...sent, seq: 1 } }, { kind: 'conflict' }]);
  });
});

test('a group that the server refuses stores nothing, and the next one is not disturbed', () =>
  withStores([server.newUrl()], async (store) => {
    // What the types forbid, and a text that no column takes.
    const broken = [draft({ content: undefined as unknown as string }), draft({ id: 'x'.repeat(200) })];
    for (const one of broken) {
      await assert.rejects(store.commit([draft(), one, draft()]), StoreDown);
      assert.deepEqual(await everything(store), []);
    }
    const [outcome] = await store.commit([draft()]);
    assert.equal(outcome?.kind === 'stored' && outcome.message.seq, 1);
    assert.equal(store.up, true);
  }));

test('while somebody holds the lock of a room commits to it are refused, others and reading go on', () => {
  const url = server.newUrl();
  return withStores([url], async (store) => {
    await store.commit([draft()]);
    await withSession(url, 'somebody', async (session) => {
      await session.batch(['START TRANSACTION', "SELECT * FROM chat_room WHERE name = 'global' FOR UPDATE"]);
      const refused = assert.rejects(store.commit([draft()]), (error) => {
        return error instanceof StoreDown && /another session holds the lock of the room/.test(error.message);
      });
      await store.commit([draft({ room: 'other' })]);
      assert.equal(await store.head('global'), 1);
      await refused;
      await session.query('ROLLBACK');
    });
    const [outcome] = await store.commit([draft()]);
    assert.equal(outcome?.kind === 'stored' && outcome.message.seq, 2);
  });
});

test('a group that the server rolls back to end a deadlock is committed all the same', () => {
  const url = server.newUrl();
  return withStores([url], async (store) => {
    await store.commit([draft({ room: 'a' }), draft({ room: 'b' })]);
    // Against the order in which stores lock, and with more to lose: the server gives up on the other.
    await withSession(url, 'against', async (session) => {
      const work = 'INSERT INTO chat_meta (name, value) VALUES';
      const rows = contiguous(200).map((i) => `('row ${i}', '')`);
      const lock = (room: string): string => `UPDATE chat_room SET head = head + 0 WHERE name = '${room}'`;
      await session.batch([
        'START TRANSACTION',
        `${work} ${rows.join(', ')}`,
        "SELECT * FROM chat_room WHERE name = 'b' FOR UPDATE",
      ]);
      const commit = store.commit([draft({ room: 'a' }), draft({ room: 'b' })]);
      await pause(100);
      await session.query(lock('a'));
      await session.query('ROLLBACK');
      const outcomes = await commit;
      assert.deepEqual(
        outcomes.map((one) => one.kind === 'stored' && one.message.seq),
        [2, 2],
      );
    });
  });
});

test('a session ends another by its mark, though it may nothing but use its own database', async () => {
  await server.administer(
    "CREATE DATABASE small; CREATE USER small@'%' IDENTIFIED BY 'x'; GRANT SELECT ON small.* TO small@'%'",
  );
  const url = `mysql://small:x@127.0.0.1:${server.port}/small`;
  await withSession(url, 'victim', (victim) =>
    withSession(url, 'killer', async (killer) => {
      const lost = new Promise<void>((resolve) => {
        victim.onLost = resolve;
      });
      await killer.kill('victim');
      await lost;
      assert.notEqual(victim.lost, undefined);
      await killer.kill('victim');
      await killer.kill('nobody');
    }),
  );
});

test('a commit whose answer does not come has an unknown fate, and the lock that it holds goes', async () => {
  const url = server.newUrl();
  const proxy = await StallingProxy.create(server.port);
  try {
    const stalled = `mysql://root@127.0.0.1:${proxy.port}${new URL(url).pathname}`;
    await withStores([url, stalled], async (direct, far) => {
      const known = draft();
      await far.commit([known]);
      proxy.stallAt(CAREFUL_COMMIT);
      const group = [known, draft()];
      await assert.rejects(far.commit(group), StoreUnknown);
      const [mine] = await commitAtLast(direct, [draft()]);
      assert.equal(mine?.kind === 'stored' && mine.message.seq, 2);
      const outcomes = await commitAtLast(far, group);
      assert.deepEqual(
        outcomes.map((one) => one.kind !== 'conflict' && [one.kind, one.message.seq]),
        [
          ['duplicate', 1],
          ['stored', 3],
        ],
      );
    });
  } finally {
    proxy.close();
  }
});

test('the lock of an instance whose network is gone goes too', async () => {
  const url = server.newUrl();
  const proxy = await StallingProxy.create(server.port);
  try {
    const stalled = `mysql://root@127.0.0.1:${proxy.port}${new URL(url).pathname}`;
    await withStores([url, stalled], async (direct, far) => {
      const known = draft();
      await far.commit([known]);
      proxy.stallAt(CAREFUL_COMMIT, true);
      await assert.rejects(far.commit([known, draft()]), StoreUnknown);
      const [outcome] = await commitAtLast(direct, [draft()]);
      assert.equal(outcome?.kind, 'stored');
      assert.equal(far.up, false);
      await assert.rejects(far.commit([draft()]), StoreDown);
      proxy.mend();
      await commitAtLast(far, [draft()]);
      assert.equal(far.up, true);
    });
  } finally {
    proxy.close();
  }
});
