import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  packDrafts,
  packOutcomes,
  unpackDrafts,
  unpackOutcomes,
} from '../../../server/engines/embedded/packed-group.ts';
import type { Draft, Outcome } from '../../../server/engines/message-store.ts';

function draft(n: number): Draft {
  return { room: `room-${n}`, id: `id-${n}`, sender: `sender-${n}`, content: `content-${n}`, time: n };
}

test('a group comes out of the thread as it went in', () => {
  const drafts = [1, 2, 3].map(draft);
  assert.deepEqual(unpackDrafts(structuredClone(packDrafts(drafts))), drafts);
  assert.deepEqual(unpackDrafts(packDrafts([])), []);
});

test('what became of each draft comes back in its place, whatever it was', () => {
  const drafts = [1, 2, 3, 4].map(draft);
  const outcomes: Outcome[] = [
    { kind: 'stored', message: { ...draft(1), seq: 7 } },
    { kind: 'conflict' },
    { kind: 'duplicate', message: { ...draft(3), time: 99, seq: 2 } },
    { kind: 'duplicate', message: { ...draft(4), seq: 3 }, deleted: true },
  ];
  assert.deepEqual(unpackOutcomes(structuredClone(packOutcomes(outcomes)), drafts), outcomes);
});
