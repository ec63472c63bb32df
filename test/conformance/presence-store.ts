import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PresenceStore } from '../../server/engines/presence-store.ts';

/** One set of reports that instances share; nobody else is on it. */
export interface PresencePlace {
  connect(): Promise<PresenceStore>;
  /** Lets so much time pass for the store, in milliseconds. */
  pass(ms: number): Promise<void>;
  remove(): Promise<void>;
}

/** What the port `PresenceStore` promises, as tests of whatever implements it. */
export function presenceStoreConformance(name: string, place: () => Promise<PresencePlace>): void {
  type Run = (connect: () => Promise<PresenceStore>, here: PresencePlace) => Promise<void>;
  const conforms = (sentence: string, run: Run): void => {
    test(`${name}: ${sentence}`, async () => {
      const here = await place();
      const stores: PresenceStore[] = [];
      try {
        await run(async () => {
          const store = await here.connect();
          stores.push(store);
          return store;
        }, here);
      } finally {
        for (const store of stores) await store.close();
        await here.remove();
      }
    });
  };

  conforms('nobody is here at first', async (connect) => {
    assert.deepEqual(await (await connect()).totals(), { users: 0, connections: 0, instances: 0 });
  });

  conforms('names are counted once over all instances, connections each', async (connect) => {
    const [a, b] = [await connect(), await connect()];
    await a.report('a', { users: ['ann', 'bob', 'ann'], connections: 5 });
    await b.report('b', { users: ['bob', 'cyd', 'Bob'], connections: 2 });
    const totals = { users: 4, connections: 7, instances: 2 };
    assert.deepEqual([await a.totals(), await b.totals()], [totals, totals]);
  });

  conforms('a report replaces the last one of its instance', async (connect) => {
    const store = await connect();
    await store.report('a', { users: ['ann', 'bob'], connections: 2 });
    await store.report('a', { users: ['cyd'], connections: 1 });
    assert.deepEqual(await store.totals(), { users: 1, connections: 1, instances: 1 });
    await store.report('a', { users: [], connections: 0 });
    assert.deepEqual(await store.totals(), { users: 0, connections: 0, instances: 1 });
  });

  conforms('names of any text count as they are', async (connect) => {
    const store = await connect();
    const users = ['é', 'e\u0301', '😀', 'a,b', 'a b', '', '0', '__proto__', 'שלום'];
    await store.report('a', { users, connections: 0 });
    assert.equal((await store.totals()).users, users.length);
  });

  conforms('an instance that has not reported for 30 s counts no more', async (connect, here) => {
    const [dead, living] = [await connect(), await connect()];
    await dead.report('dead', { users: ['ann', 'bob'], connections: 2 });
    await here.pass(20_000);
    await living.report('living', { users: ['bob'], connections: 1 });
    assert.deepEqual(await living.totals(), { users: 2, connections: 3, instances: 2 });
    await here.pass(10_000);
    assert.deepEqual(await living.totals(), { users: 1, connections: 1, instances: 1 });
  });

  conforms('an instance that reports again in time goes on counting', async (connect, here) => {
    const store = await connect();
    for (let round = 0; round < 4; round++) {
      await store.report('a', { users: ['ann'], connections: 1 });
      await here.pass(20_000);
    }
    assert.equal((await store.totals()).users, 1);
  });

  conforms('closing withdraws the report, and calls reject from then on', async (connect) => {
    const [leaving, staying] = [await connect(), await connect()];
    await leaving.report('leaving', { users: ['ann'], connections: 1 });
    await staying.report('staying', { users: ['bob'], connections: 1 });
    await leaving.close();
    assert.deepEqual(await staying.totals(), { users: 1, connections: 1, instances: 1 });
    await assert.rejects(leaving.totals());
    await assert.rejects(leaving.report('leaving', { users: [], connections: 0 }));
  });
}
