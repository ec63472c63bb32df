import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Draft, type Entry, isDeletion, StoreDown } from '../../server/engines/message-store.ts';
import type { Action, ModeratedStore, Mute } from '../../server/engines/moderation-store.ts';

/** One set of data, empty at first, that may be opened several times, also at once. */
export interface ModerationStorePlace {
  open(): Promise<ModeratedStore>;
  remove(): Promise<void>;
}

const T0 = 1_700_000_000_000;
let made = 0;

function draft(fields: Partial<Draft> = {}): Draft {
  made++;
  return { room: 'global', id: `id-${made}`, sender: 'ann', content: `text ${made}`, time: T0, ...fields };
}

function drafts(count: number, fields: (i: number) => Partial<Draft> = () => ({})): Draft[] {
  return Array.from({ length: count }, (_, i) => draft(fields(i)));
}

function action(fields: Partial<Action> = {}): Action {
  return { by: 'mod', action: 'test', target: 'x', reason: 'why', time: T0 + 1_000, ...fields };
}

function mute(fields: Partial<Mute> = {}): Mute {
  return { key: 'ann', name: 'Ann', room: '', until: T0 + 60_000, addresses: [], ...fields };
}

function shown(entries: readonly Entry[]): (number | string)[] {
  return entries.map((entry) => (isDeletion(entry) ? `${entry.seq} deletes ${entry.target}` : entry.seq));
}

/** What the port `ModerationStore` promises, as tests of whatever implements it. */
export function moderationStoreConformance(name: string, place: () => Promise<ModerationStorePlace>): void {
  const conforms = (
    sentence: string,
    run: (store: ModeratedStore, place: ModerationStorePlace) => Promise<void>,
  ): void => {
    test(`${name}: ${sentence}`, async () => {
      const here = await place();
      const store = await here.open();
      try {
        await run(store, here);
      } finally {
        await store.close();
        await here.remove();
      }
    });
  };

  conforms('a deletion takes the next seq, and its message becomes an empty place', async (store) => {
    const sent = drafts(3);
    await store.commit(sent);
    const deletion = await store.moderation.erase('global', 2, action());
    assert.deepEqual(deletion, { room: 'global', seq: 4, target: 2, time: T0 + 1_000 });
    assert.deepEqual(await store.after('global', 0, 10), [
      { ...sent[0], seq: 1 },
      { room: 'global', seq: 2, target: 2, time: T0 },
      { ...sent[2], seq: 3 },
      { room: 'global', seq: 4, target: 2, time: T0 + 1_000 },
    ]);
    assert.equal(await store.head('global'), 4);
    const [next] = await store.commit([draft()]);
    assert.equal(next?.kind === 'stored' && next.message.seq, 5);
  });

  conforms('ranges of messages alone are as long as there are messages', async (store) => {
    await store.commit(drafts(6));
    for (const seq of [2, 5]) await store.moderation.erase('global', seq, action());
    assert.deepEqual(shown(await store.before('global', 100, 3, 'messages')), [3, 4, 6]);
    assert.deepEqual(shown(await store.before('global', 6, 3, 'messages')), [1, 3, 4]);
    assert.deepEqual(shown(await store.after('global', 1, 2, 'messages')), [3, 4]);
    assert.deepEqual(shown(await store.before('global', 100, 3)), [6, '7 deletes 2', '8 deletes 5']);
  });

  conforms('deleting again gives the same answer, and one audit entry', async (store, place) => {
    await store.commit(drafts(2));
    const first = await store.moderation.erase('global', 1, action());
    assert.deepEqual(await store.moderation.erase('global', 1, action({ by: 'other', time: T0 + 9 })), first);
    const other = await place.open();
    assert.deepEqual(await other.moderation.erase('global', 1, action()), first);
    await other.close();
    assert.equal(await store.head('global'), 3);
    assert.equal((await store.moderation.audit(Number.MAX_SAFE_INTEGER, 10)).length, 1);
  });

  conforms('two who delete the same at once get one deletion', async (store, place) => {
    await store.commit(drafts(20));
    const other = await place.open();
    const asked = drafts(20).flatMap((_, i) => [
      store.moderation.erase('global', i + 1, action()),
      other.moderation.erase('global', i + 1, action()),
    ]);
    const deletions = await Promise.all(asked);
    await other.close();
    for (let i = 0; i < 40; i += 2) assert.deepEqual(deletions[i], deletions[i + 1]);
    const seqs = deletions.map((deletion) => deletion?.seq ?? 0);
    assert.deepEqual(
      [...new Set(seqs)].sort((a, b) => a - b),
      drafts(20).map((_, i) => 21 + i),
    );
    assert.equal(await store.head('global'), 40);
  });

  conforms('what is not there, and what is no message, is not deleted', async (store) => {
    await store.commit(drafts(1));
    await store.moderation.erase('global', 1, action());
    for (const [room, seq] of [
      ['global', 2],
      ['global', 99],
      ['global', 0],
      ['nowhere', 1],
    ] as const)
      assert.equal(await store.moderation.erase(room, seq, action()), undefined, `${room}/${seq}`);
    assert.equal(await store.head('global'), 2);
    assert.equal((await store.moderation.audit(Number.MAX_SAFE_INTEGER, 10)).length, 1);
  });

  conforms(
    'a resend of a deleted message is a duplicate, whatever it says, and shows nobody anything',
    async (store) => {
      const sent = draft();
      await store.commit([sent, draft()]);
      await store.moderation.erase('global', 1, action());
      const again = { ...sent, time: T0 + 5, content: 'other' };
      const outcomes = await store.commit([draft(), again, draft(), sent]);
      assert.deepEqual(
        outcomes.map((outcome) =>
          outcome.kind === 'conflict' ? 0 : [outcome.kind, outcome.message.seq, outcome.deleted],
        ),
        [
          ['stored', 4, undefined],
          ['duplicate', 1, true],
          ['stored', 5, undefined],
          ['duplicate', 1, true],
        ],
      );
      assert.deepEqual(shown(await store.after('global', 0, 10)), ['1 deletes 1', 2, '3 deletes 1', 4, 5]);
    },
  );

  conforms('a resend in a unit is found there too, and one alone as well', async (store) => {
    const sent = draft();
    await store.commit([sent]);
    await store.moderation.erase('global', 1, action());
    const unit = [draft(), sent, draft()];
    const outcomes = await store.commit(unit, [{ from: 0, to: 3 }]);
    assert.deepEqual(
      outcomes.map(({ kind }) => kind),
      ['stored', 'duplicate', 'stored'],
    );
    const [alone] = await store.commit([sent]);
    assert.equal(alone?.kind === 'duplicate' && alone.deleted, true);
    assert.equal(await store.head('global'), 4);
  });

  conforms(
    'the key of a deleted message is still its own: others with the same id or sender are stored',
    async (store) => {
      const sent = draft({ id: 'x', sender: 'ann' });
      await store.commit([sent]);
      await store.moderation.erase('global', 1, action());
      const others = [{ sender: 'bob' }, { id: 'y' }, { room: 'b' }].map((fields) => ({ ...sent, ...fields }));
      const outcomes = await store.commit(others);
      assert.deepEqual(
        outcomes.map(({ kind }) => kind),
        ['stored', 'stored', 'stored'],
      );
    },
  );

  conforms('commits and deletions at once, of two openers, make one contiguous order', async (store, place) => {
    await store.commit(drafts(40));
    const other = await place.open();
    const work = Array.from({ length: 40 }, (_, i): Promise<unknown> => {
      const by = i % 2 === 0 ? store : other;
      return i % 4 < 2 ? by.commit(drafts(1 + (i % 3))) : by.moderation.erase('global', i + 1, action());
    });
    await Promise.all(work);
    const entries = await other.after('global', 0, 1_000);
    await other.close();
    assert.deepEqual(
      entries.map(({ seq }) => seq),
      entries.map((_, i) => i + 1),
    );
    assert.equal(entries.filter(isDeletion).length, 40, 'twenty places and twenty deletions');
    assert.equal(await store.head('global'), entries.length);
  });

  conforms('without a change the revision is 0 and nothing is ruled', async (store) => {
    assert.deepEqual(await store.moderation.read(), { revision: 0, mutes: [], rooms: [], words: [] });
    assert.equal(await store.moderation.read(0), undefined);
  });

  conforms('changes come back as they were made, and raise the revision', async (store) => {
    const { moderation } = store;
    const addresses = [{ address: '192.0.2.1', until: T0 + 30_000 }];
    const muted = mute({ key: '𝒳\0"', name: "'X\\", room: 'b', addresses });
    assert.equal(await moderation.change({ kind: 'mute', mute: muted }, action()), 1);
    assert.equal(await moderation.change({ kind: 'mute', mute: mute() }, action()), 2);
    const rules = { room: 'global', slowMode: 30, closed: true };
    assert.equal(await moderation.change({ kind: 'room', rules }, action()), 3);
    await moderation.change({ kind: 'add-word', word: 'été*' }, action());
    assert.equal(await moderation.change({ kind: 'add-word', word: 'ete*' }, action()), 5);
    assert.deepEqual(await moderation.read(4), {
      revision: 5,
      mutes: [mute(), muted],
      rooms: [rules],
      words: ['ete*', 'été*'],
    });
    assert.equal(await moderation.read(5), undefined);
  });

  conforms('a change replaces what has its key, and is taken back', async (store) => {
    const { moderation } = store;
    await moderation.change({ kind: 'mute', mute: mute() }, action());
    await moderation.change({ kind: 'mute', mute: mute({ until: T0 + 90_000 }) }, action());
    for (const word of ['a', 'a', 'b']) await moderation.change({ kind: 'add-word', word }, action());
    for (const slowMode of [5, 0])
      await moderation.change({ kind: 'room', rules: { room: 'r', slowMode, closed: false } }, action());
    await moderation.change({ kind: 'remove-word', word: 'a' }, action());
    const state = await moderation.read();
    assert.deepEqual(state?.mutes, [mute({ until: T0 + 90_000 })]);
    assert.deepEqual(state?.rooms, [{ room: 'r', slowMode: 0, closed: false }]);
    assert.deepEqual(state?.words, ['b']);
    await moderation.change({ kind: 'unmute', key: 'ann', room: 'elsewhere' }, action());
    assert.equal((await moderation.read())?.mutes.length, 1);
    await moderation.change({ kind: 'unmute', key: 'ann', room: '' }, action());
    assert.deepEqual((await moderation.read())?.mutes, []);
  });

  conforms('addresses are added to a mute that is there, and never bring one back', async (store) => {
    const { moderation } = store;
    const covered = mute({ addresses: [{ address: '192.0.2.1', until: T0 + 5 }] });
    await moderation.change({ kind: 'cover', mute: covered }, undefined);
    assert.deepEqual((await moderation.read())?.mutes, []);
    await moderation.change({ kind: 'mute', mute: mute() }, action());
    await moderation.change({ kind: 'cover', mute: { ...covered, until: T0 + 1 } }, undefined);
    assert.deepEqual((await moderation.read())?.mutes, [mute()]);
    await moderation.change({ kind: 'cover', mute: covered }, undefined);
    assert.deepEqual((await moderation.read())?.mutes, [covered]);
    assert.equal((await moderation.audit(Number.MAX_SAFE_INTEGER, 10)).length, 1);
  });

  conforms('mutes that are over are forgotten with the next change', async (store) => {
    const { moderation } = store;
    await moderation.change({ kind: 'mute', mute: mute({ until: T0 + 500 }) }, action({ time: T0 }));
    assert.equal((await moderation.read())?.mutes.length, 1);
    await moderation.change({ kind: 'add-word', word: 'a' }, action({ time: T0 + 500 }));
    assert.deepEqual((await moderation.read())?.mutes, []);
  });

  conforms('changes of two openers at once are all there', async (store, place) => {
    const other = await place.open();
    const words = Array.from({ length: 30 }, (_, i) => `word${String(i).padStart(2, '0')}`);
    const revisions = await Promise.all(
      words.map((word, i) => (i % 2 === 0 ? store : other).moderation.change({ kind: 'add-word', word }, action())),
    );
    await other.close();
    assert.deepEqual(
      revisions.sort((a, b) => a - b),
      words.map((_, i) => i + 1),
    );
    assert.deepEqual((await store.moderation.read())?.words, words);
  });

  conforms('the audit tells who did what, the newest first, page by page', async (store) => {
    const { moderation } = store;
    await store.commit(drafts(1));
    const acts = [
      action({ by: 'Zoë', action: 'add-word', target: 'a', reason: "it's 'rude' 😀" }),
      action({ action: 'delete', target: 'global/1', reason: '' }),
      action({ action: 'export', target: 'global', time: T0 + 2_000 }),
    ];
    await moderation.change({ kind: 'add-word', word: 'a' }, acts[0]);
    await moderation.erase('global', 1, acts[1] ?? action());
    await moderation.note(acts[2] ?? action());
    const all = await moderation.audit(Number.MAX_SAFE_INTEGER, 10);
    assert.deepEqual(
      all.map(({ id, ...entry }) => entry),
      acts.toReversed(),
    );
    const [newest] = await moderation.audit(Number.MAX_SAFE_INTEGER, 1);
    assert.deepEqual(newest, all[0]);
    assert.deepEqual(await moderation.audit(newest?.id ?? 0, 10), all.slice(1));
  });

  conforms(
    'retention takes the oldest rows above a number, in steps, and leaves the rest contiguous',
    async (store) => {
      await store.commit(drafts(10));
      await store.commit(drafts(3).map((one) => ({ ...one, room: 'b' })));
      const bounds = { rows: 4, before: 0 };
      assert.equal(await store.moderation.trim('global', bounds, 5), 5);
      assert.deepEqual(shown(await store.after('global', 0, 20)), [6, 7, 8, 9, 10]);
      assert.equal(await store.moderation.trim('global', bounds, 5), 1);
      assert.equal(await store.moderation.trim('global', bounds, 5), 0);
      assert.deepEqual(shown(await store.after('global', 0, 20)), [7, 8, 9, 10]);
      assert.deepEqual(shown(await store.after('b', 0, 20)), [1, 2, 3]);
      const [next] = await store.commit([draft()]);
      assert.equal(next?.kind === 'stored' && next.message.seq, 11);
    },
  );

  conforms(
    'retention takes what is older than a time, up to the first that is not, and never the newest',
    async (store) => {
      const times = [1, 2, 30, 4, 5];
      for (const time of times) await store.commit([draft({ time: T0 + time })]);
      const bounds = { rows: 0, before: T0 + 10 };
      assert.equal(await store.moderation.trim('global', bounds, 100), 2);
      assert.deepEqual(shown(await store.after('global', 0, 20)), [3, 4, 5]);
      assert.equal(await store.moderation.trim('global', { rows: 0, before: T0 + 1_000 }, 100), 2);
      assert.deepEqual(shown(await store.after('global', 0, 20)), [5]);
      assert.equal(await store.moderation.trim('nowhere', bounds, 100), 0);
    },
  );

  conforms('what retention took is new when it is sent again, also what was deleted before', async (store) => {
    const sent = drafts(3);
    await store.commit(sent);
    await store.moderation.erase('global', 1, action());
    await store.moderation.trim('global', { rows: 1, before: 0 }, 100);
    const outcomes = await store.commit(sent);
    assert.deepEqual(
      outcomes.map((outcome) => outcome.kind !== 'conflict' && [outcome.kind, outcome.message.seq]),
      [
        ['stored', 5],
        ['stored', 6],
        ['stored', 7],
      ],
    );
    assert.equal(await store.moderation.erase('global', 1, action()), undefined);
  });

  conforms('two who trim at once take the same rows', async (store, place) => {
    await store.commit(drafts(400));
    const other = await place.open();
    const bounds = { rows: 100, before: 0 };
    await Promise.all(
      Array.from({ length: 8 }, (_, i) => (i % 2 ? store : other).moderation.trim('global', bounds, 50)),
    );
    while ((await store.moderation.trim('global', bounds, 50)) > 0);
    await other.close();
    const entries = await store.after('global', 0, 1_000);
    assert.deepEqual([entries.length, entries[0]?.seq], [100, 301]);
  });

  conforms('all of it is there after a restart', async (store, place) => {
    await store.commit(drafts(2));
    const deletion = await store.moderation.erase('global', 1, action());
    await store.moderation.change({ kind: 'mute', mute: mute() }, action());
    await store.close();
    const again = await place.open();
    try {
      assert.deepEqual((await again.moderation.read())?.mutes, [mute()]);
      assert.deepEqual(await again.moderation.erase('global', 1, action()), deletion);
      assert.equal((await again.moderation.audit(Number.MAX_SAFE_INTEGER, 10)).length, 2);
    } finally {
      await again.close();
    }
  });

  conforms('after close every call rejects with StoreDown', async (store) => {
    const { moderation } = store;
    await store.close();
    for (const call of [
      () => moderation.read(),
      () => moderation.change({ kind: 'add-word', word: 'a' }, action()),
      () => moderation.erase('global', 1, action()),
      () => moderation.trim('global', { rows: 1, before: 0 }, 1),
      () => moderation.audit(1, 1),
      () => moderation.note(action()),
    ])
      await assert.rejects(call, StoreDown);
  });
}
