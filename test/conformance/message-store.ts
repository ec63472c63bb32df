import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Draft, type Message, type MessageStore, StoreDown } from '../../server/engines/message-store.ts';
import { messagesOf } from '../support/messages.ts';

/** One set of data, empty at first, that may be opened several times, also at once. */
export interface MessageStorePlace {
  open(): Promise<MessageStore>;
  remove(): Promise<void>;
}

let made = 0;

function draft(fields: Partial<Draft> = {}): Draft {
  made++;
  return {
    room: 'global',
    id: `id-${made}`,
    sender: 'ann',
    content: `text ${made}`,
    time: 1_700_000_000_000,
    ...fields,
  };
}

function drafts(count: number, fields: Partial<Draft> = {}): Draft[] {
  return Array.from({ length: count }, () => draft(fields));
}

async function everything(store: MessageStore, room = 'global'): Promise<Message[]> {
  const all: Message[] = [];
  for (;;) {
    const page = await store.after(room, all.at(-1)?.seq ?? 0, 200);
    if (page.length === 0) return all;
    all.push(...messagesOf(page));
  }
}

/** What the port `MessageStore` promises, as tests of whatever implements it. */
export function messageStoreConformance(name: string, place: () => Promise<MessageStorePlace>): void {
  const conforms = (sentence: string, run: (store: MessageStore, place: MessageStorePlace) => Promise<void>): void => {
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

  conforms('an empty room has head 0 and empty ranges', async (store) => {
    assert.equal(await store.head('nobody-was-here'), 0);
    assert.deepEqual(await store.after('nobody-was-here', 0, 10), []);
    assert.deepEqual(await store.before('nobody-was-here', 10, 10), []);
    assert.deepEqual(await store.commit([]), []);
  });

  conforms('a message is stored as it came, with the next seq', async (store) => {
    const first = draft();
    const [outcome] = await store.commit([first]);
    assert.deepEqual(outcome, { kind: 'stored', message: { ...first, seq: 1 } });
    const [second] = await store.commit([draft()]);
    assert.equal(second?.kind === 'stored' && second.message.seq, 2);
    assert.deepEqual((await everything(store))[0], { ...first, seq: 1 });
    assert.equal(await store.head('global'), 2);
  });

  conforms('outcomes are in the order of the drafts, and each room counts for itself', async (store) => {
    const group = [draft({ room: 'a' }), draft({ room: 'b' }), draft({ room: 'a' }), draft({ room: 'b' })];
    const outcomes = await store.commit(group);
    const told = outcomes.map((outcome) => (outcome.kind === 'conflict' ? 'conflict' : outcome.message.seq));
    assert.deepEqual(told, [1, 1, 2, 2]);
    assert.deepEqual(
      outcomes.map((outcome) => outcome.kind !== 'conflict' && outcome.message.id),
      group.map((one) => one.id),
    );
  });

  conforms('a resend with the same id is stored once', async (store) => {
    const sent = draft();
    await store.commit([sent, draft()]);
    const [again] = await store.commit([{ ...sent, time: sent.time + 5 }]);
    assert.deepEqual(again, { kind: 'duplicate', message: { ...sent, seq: 1 } });
    assert.equal(await store.head('global'), 2);
  });

  conforms('a resend in the same group is stored once', async (store) => {
    const sent = draft();
    const outcomes = await store.commit([sent, sent, draft()]);
    assert.deepEqual(
      outcomes.map((outcome) => outcome.kind),
      ['stored', 'duplicate', 'stored'],
    );
    assert.equal(await store.head('global'), 2);
  });

  conforms('the same id with other content is a conflict and disturbs nobody in its group', async (store) => {
    const sent = draft();
    await store.commit([sent]);
    const outcomes = await store.commit([draft(), { ...sent, content: 'other' }, draft()]);
    assert.deepEqual(
      outcomes.map((outcome) => outcome.kind),
      ['stored', 'conflict', 'stored'],
    );
    assert.deepEqual(
      (await everything(store)).map((message) => message.seq),
      [1, 2, 3],
    );
  });

  conforms('a conflict inside one group is told like one of two groups', async (store) => {
    const sent = draft();
    const outcomes = await store.commit([sent, { ...sent, content: 'other' }]);
    assert.deepEqual(
      outcomes.map((outcome) => outcome.kind),
      ['stored', 'conflict'],
    );
  });

  conforms('a unit is stored whole, in order, with nothing between', async (store) => {
    const group = [draft(), ...drafts(3), draft(), ...drafts(2, { room: 'b' }), draft({ room: 'b' })];
    const units = [
      { from: 1, to: 4 },
      { from: 5, to: 7 },
    ];
    const outcomes = await store.commit(group, units);
    assert.deepEqual(
      outcomes.map((outcome) => outcome.kind !== 'conflict' && outcome.message.seq),
      [1, 2, 3, 4, 5, 1, 2, 3],
    );
    assert.deepEqual(
      (await everything(store)).map(({ id }) => id),
      group.slice(0, 5).map(({ id }) => id),
    );
  });

  conforms('one conflict refuses its unit, and disturbs nobody else in the group', async (store) => {
    const sent = draft();
    await store.commit([sent]);
    const bad = [draft(), { ...sent, content: 'other' }, draft()];
    const outcomes = await store.commit(
      [draft(), ...bad, draft(), ...drafts(2)],
      [
        { from: 1, to: 4 },
        { from: 5, to: 7 },
      ],
    );
    assert.deepEqual(
      outcomes.map((outcome) => (outcome.kind === 'conflict' ? outcome.kind : outcome.message.seq)),
      [2, 'conflict', 'conflict', 'conflict', 3, 4, 5],
    );
    assert.equal((await everything(store)).length, 5);
    assert.equal(await store.head('global'), 5);
  });

  conforms('a unit that was refused is as if it had not been there', async (store) => {
    const [one, two] = [draft(), draft()];
    const units = [{ from: 0, to: 3 }];
    const outcomes = await store.commit([one, two, { ...one, content: 'other' }, two, one], units);
    assert.deepEqual(
      outcomes.map((outcome) => (outcome.kind === 'conflict' ? outcome.kind : [outcome.kind, outcome.message.seq])),
      ['conflict', 'conflict', 'conflict', ['stored', 1], ['stored', 2]],
    );
  });

  conforms('a group of nothing but refused units stores nothing, also in a room that is new', async (store) => {
    const one = draft({ room: 'new' });
    const units = [{ from: 0, to: 2 }];
    const outcomes = await store.commit([one, { ...one, content: 'other' }], units);
    assert.deepEqual(outcomes, [{ kind: 'conflict' }, { kind: 'conflict' }]);
    assert.equal(await store.head('new'), 0);
  });

  conforms('a unit that is sent again is found whole, and what was missing of it is stored', async (store) => {
    const unit = drafts(3);
    const units = [{ from: 0, to: 3 }];
    await store.commit(unit.slice(0, 2), [{ from: 0, to: 2 }]);
    const kinds = async (): Promise<string[]> => (await store.commit(unit, units)).map(({ kind }) => kind);
    assert.deepEqual(await kinds(), ['duplicate', 'duplicate', 'stored']);
    assert.deepEqual(await kinds(), ['duplicate', 'duplicate', 'duplicate']);
    assert.equal(await store.head('global'), 3);
  });

  conforms('whatever the units and the ids are, the outcomes are those of one unit after the other', async (store) => {
    const ids = fc.array(fc.record({ id: fc.constantFrom('a', 'b', 'c', 'd'), content: fc.constantFrom('1', '2') }), {
      minLength: 1,
      maxLength: 4,
    });
    let rooms = 0;
    const property = fc.asyncProperty(fc.array(ids, { minLength: 1, maxLength: 6 }), async (lists) => {
      rooms++;
      const group = (room: string) => lists.map((list) => list.map((fields) => draft({ ...fields, room, time: 1 })));
      const units = (parts: readonly Draft[][]) => {
        let from = 0;
        return parts.map(({ length }) => {
          from += length;
          return { from: from - length, to: from };
        });
      };
      const [together, apart] = [group(`together-${rooms}`), group(`apart-${rooms}`)];
      const outcomes = await store.commit(together.flat(), units(together));
      const expected = [];
      for (const part of apart) expected.push(...(await store.commit(part, units([part]))));
      const told = (all: typeof outcomes) =>
        all.map((outcome) => (outcome.kind === 'conflict' ? outcome.kind : [outcome.kind, outcome.message.seq]));
      assert.deepEqual(told(outcomes), told(expected));
      const texts = (messages: Message[]) => messages.map(({ seq, id, content }) => [seq, id, content]);
      assert.deepEqual(
        texts(await everything(store, `together-${rooms}`)),
        texts(await everything(store, `apart-${rooms}`)),
      );
    });
    await fc.assert(property, { numRuns: 40 });
  });

  conforms('the key of a message is room, sender and id, letter by letter', async (store) => {
    const sent = draft({ id: 'x', sender: 'ann' });
    const others: Partial<Draft>[] = [
      { room: 'b' },
      { sender: 'Ann' },
      { sender: 'ann ' },
      { id: 'X' },
      { sender: 'änn' },
    ];
    const outcomes = await store.commit([sent, ...others.map((other) => ({ ...sent, ...other }))]);
    assert.deepEqual([...new Set(outcomes.map((outcome) => outcome.kind))], ['stored']);
  });

  conforms('ranges are oldest first, exclusive and bounded', async (store) => {
    await store.commit(drafts(10));
    const seqs = (messages: readonly { readonly seq: number }[]): number[] => messages.map((message) => message.seq);
    assert.deepEqual(seqs(await store.after('global', 3, 3)), [4, 5, 6]);
    assert.deepEqual(seqs(await store.after('global', 8, 5)), [9, 10]);
    assert.deepEqual(seqs(await store.after('global', 10, 5)), []);
    assert.deepEqual(seqs(await store.before('global', 4, 2)), [2, 3]);
    assert.deepEqual(seqs(await store.before('global', 3, 5)), [1, 2]);
    assert.deepEqual(seqs(await store.before('global', 1, 5)), []);
    assert.deepEqual(seqs(await store.before('global', Number.MAX_SAFE_INTEGER, 2)), [9, 10]);
  });

  conforms('every kind of text comes back as it went in', async (store) => {
    const texts = [
      'a', ' ', ' both ends ', '\0', 'a\0b', '\n\r\t', '😀', '👩‍👩‍👧‍👦', 'e\u0301 is not é', 'שלום עולם', '\u202eabc', '日本語', '𝒳',
      "'; DROP TABLE message; --", '\\', '%_?', '<script>&amp;', '\u2028\u2029', '\ufeffbom', '\uffff', '1', 'null', '0x10',
    ]; // biome-ignore format: one text after the other
    const group = texts.map((content, i) => draft({ content, sender: `s\0${content}`, id: `${i}` }));
    await store.commit(group);
    const stored = await everything(store);
    assert.deepEqual(
      stored.map(({ content, sender }) => ({ content, sender })),
      group.map(({ content, sender }) => ({ content, sender })),
    );
  });

  conforms('any text without lone surrogates comes back as it went in', async (store) => {
    const text = fc.string({ unit: 'binary', maxLength: 60 });
    const group = fc.array(text, { minLength: 1, maxLength: 40 });
    const property = fc.asyncProperty(group, async (contents) => {
      const outcomes = await store.commit(contents.map((content) => draft({ content })));
      const first = outcomes[0]?.kind === 'stored' ? outcomes[0].message.seq : Number.NaN;
      const stored = await store.after('global', first - 1, contents.length);
      assert.deepEqual(
        messagesOf(stored).map((message) => message.content),
        contents,
      );
    });
    await fc.assert(property, { numRuns: 20 });
  });

  conforms('the largest messages fit, 500 in a group', async (store) => {
    const group = drafts(500, { content: '😀'.repeat(2_000), sender: '𝒳'.repeat(100) });
    const outcomes = await store.commit(group);
    assert.equal(outcomes.filter((outcome) => outcome.kind === 'stored').length, 500);
    assert.equal(messagesOf(await store.after('global', 499, 1))[0]?.content, group[499]?.content);
  });

  conforms('a thousand commits at once get contiguous numbers', async (store) => {
    const outcomes = await Promise.all(drafts(1_000).map((one) => store.commit([one])));
    const seqs = outcomes.map(([outcome]) => (outcome?.kind === 'stored' ? outcome.message.seq : 0));
    assert.deepEqual(
      seqs.sort((a, b) => a - b),
      Array.from({ length: 1_000 }, (_, i) => i + 1),
    );
  });

  conforms('two openers number as one', async (store, place) => {
    const other = await place.open();
    try {
      const group = (i: number): Draft[] => drafts(1 + (i % 5));
      await Promise.all(Array.from({ length: 60 }, (_, i) => (i % 2 === 0 ? store : other).commit(group(i))));
      assert.deepEqual(await everything(other), await everything(store));
      const all = await everything(store);
      assert.deepEqual(
        all.map((message) => message.seq),
        Array.from({ length: 180 }, (_, i) => i + 1),
      );
      assert.equal(await other.epoch(), await store.epoch());
    } finally {
      await other.close();
    }
  });

  conforms('units of two openers do not mix', async (store, place) => {
    const other = await place.open();
    try {
      const sizes = Array.from({ length: 60 }, (_, i) => 2 + (i % 4));
      const groups = sizes.map((size) => drafts(size));
      await Promise.all(
        groups.map((group, i) => (i % 2 === 0 ? store : other).commit(group, [{ from: 0, to: group.length }])),
      );
      const ids = (await everything(store)).map(({ id }) => id);
      for (const group of groups) {
        const first = ids.indexOf(group[0]?.id ?? '');
        assert.deepEqual(
          ids.slice(first, first + group.length),
          group.map(({ id }) => id),
        );
      }
    } finally {
      await other.close();
    }
  });

  conforms(
    'what was committed is there after a restart, under the same epoch, and counting goes on',
    async (store, place) => {
      const epoch = await store.epoch();
      const sent = draft();
      await store.commit([sent, ...drafts(4)]);
      await store.close();
      const again = await place.open();
      try {
        assert.equal(await again.epoch(), epoch);
        assert.equal(await again.head('global'), 5);
        const outcomes = await again.commit([sent, draft()]);
        assert.deepEqual(
          outcomes.map((outcome) => outcome.kind === 'conflict' || [outcome.kind, outcome.message.seq]),
          [
            ['duplicate', 1],
            ['stored', 6],
          ],
        );
      } finally {
        await again.close();
      }
    },
  );

  conforms('a call under way at close is finished first', async (store, place) => {
    const under = [store.commit(drafts(100)), store.commit(drafts(100))];
    await store.close();
    const outcomes = (await Promise.all(under)).flat();
    assert.equal(outcomes.filter((outcome) => outcome.kind === 'stored').length, 200);
    const again = await place.open();
    assert.equal(await again.head('global'), 200);
    await again.close();
  });

  conforms('after close every call rejects with StoreDown, and close may be called again', async (store) => {
    await store.close();
    await store.close();
    await assert.rejects(store.commit([draft()]), StoreDown);
    await assert.rejects(store.head('global'), StoreDown);
    await assert.rejects(store.after('global', 0, 1), StoreDown);
    await assert.rejects(store.before('global', 9, 1), StoreDown);
    await assert.rejects(store.epoch(), StoreDown);
  });

  test(`${name}: two places have two epochs`, async () => {
    const places = [await place(), await place()];
    const stores = await Promise.all(places.map((one) => one.open()));
    const epochs = await Promise.all(stores.map((store) => store.epoch()));
    assert.equal(new Set(epochs).size, 2);
    for (const store of stores) await store.close();
    for (const one of places) await one.remove();
  });
}
