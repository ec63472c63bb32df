import type { Draft, Outcome } from '../message-store.ts';

// What goes to the thread of the database and back is copied value by value, and of an object the names of its fields too: a
// group as one flat list costs a third of what its objects do.

/** The fields of the drafts of a group, one draft after the other. */
export type PackedDrafts = readonly (string | number)[];
/** For a draft that was stored its seq, for each other one what became of it. */
export type PackedOutcomes = readonly (number | Outcome)[];

const FIELDS = 5;

export function packDrafts(drafts: readonly Draft[]): PackedDrafts {
  const packed: (string | number)[] = [];
  for (const { room, id, sender, content, time } of drafts) packed.push(room, id, sender, content, time);
  return packed;
}

export function unpackDrafts(packed: PackedDrafts): Draft[] {
  const drafts: Draft[] = [];
  for (let at = 0; at < packed.length; at += FIELDS) {
    // As `packDrafts` has laid them.
    const [room, id, sender, content, time] = packed.slice(at, at + FIELDS) as [string, string, string, string, number];
    drafts.push({ room, id, sender, content, time });
  }
  return drafts;
}

export function packOutcomes(outcomes: readonly Outcome[]): PackedOutcomes {
  return outcomes.map((outcome) => (outcome.kind === 'stored' ? outcome.message.seq : outcome));
}

/** `drafts` are those that were packed: what was stored is told of by them. */
export function unpackOutcomes(packed: PackedOutcomes, drafts: readonly Draft[]): Outcome[] {
  return packed.map((outcome, i): Outcome => {
    const draft = drafts[i];
    if (typeof outcome !== 'number' || draft === undefined) return outcome as Outcome; // one for each draft
    const { room, id, sender, content, time } = draft;
    return { kind: 'stored', message: { room, seq: outcome, id, sender, content, time } };
  });
}
