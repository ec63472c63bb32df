import { escape as quote } from 'mysql2';
import { erasedKey } from '../erased-key.ts';
import type { Draft, Message, Outcome, Unit } from '../message-store.ts';
import { messageOf, type Row } from '../rows.ts';
import { splitUnits } from '../units.ts';

/** A group of drafts: the SQL that stores it, and what its results mean. Nothing here talks to the server. */
export class Group {
  /** Names of its rooms, in the one order in which everybody locks them, so that no two wait for each other. */
  readonly rooms: readonly string[];
  /** What is stored all or none, in order. */
  readonly #units: readonly (readonly Draft[])[];
  /** The keys of all drafts, each once. */
  readonly #keys: ReadonlyMap<string, Draft>;
  /** What is stored where nothing of it exists yet, with seqs as if all rooms were empty. */
  readonly #fresh: Plan;

  constructor(drafts: readonly Draft[], units: readonly Unit[] = []) {
    this.#units = splitUnits(drafts, units);
    this.#keys = new Map(drafts.map((draft) => [keyOf(draft), draft]));
    this.rooms = [...new Set(drafts.map((draft) => draft.room))].sort();
    this.#fresh = this.#plan(new Map(), new Map());
  }

  /** Whether it can have anything to store: not where every unit contradicts itself. */
  get hasNew(): boolean {
    return this.#fresh.stored.length > 0;
  }

  /**
   * The whole transaction in one round trip, for the usual case that every id is new and every room has its row: the
   * lock is held while the server works and never while it waits for us. Where an id is there already the server
   * refuses the insert (1062), where a room has no row yet, or an id was deleted, it refuses a seq that is null (1048). The
   * last result has the heads as they were.
   */
  storeAll(): string[] {
    const heads = this.rooms.map((_, i) => `@head${i}`);
    const rows = this.#fresh.stored.map((each) => rowOf(each, `@head${this.rooms.indexOf(each.room)} + ${each.seq}`));
    return [
      `SET ${heads.map((head) => `${head} = NULL`).join(', ')}`,
      'START TRANSACTION',
      ...this.rooms.map(
        (room, i) => `SELECT head INTO ${heads[i]} FROM chat_room WHERE name = ${quote(room)} FOR UPDATE`,
      ),
      // A statement of its own: it sees what was committed before the lock was ours.
      `SET @head0 = IF(EXISTS (SELECT 1 FROM chat_erased WHERE ${this.#erasedKeys()}), NULL, @head0)${heads
        .slice(1)
        .map((head) => `, ${head} = IF(@head0 IS NULL, NULL, ${head})`)
        .join('')}`,
      insert(rows),
      ...this.rooms.map((room, i) => moveHead(room, `${heads[i]} + ${this.#fresh.heads.get(room) ?? 0}`)),
      'COMMIT',
      `SELECT ${heads.map((head, i) => `${head} AS h${i}`).join(', ')}`,
    ];
  }

  /** What `storeAll` did, by the row of its last result. */
  allStored(row: Row | undefined): Outcome[] {
    const heads = new Map(this.rooms.map((room, i) => [room, Number(row?.[`h${i}`])]));
    return this.#plan(heads, new Map()).outcomes;
  }

  /** Locks the rooms and reads their heads, a statement each: no row means that the room has none yet. */
  lockHeads(): string[] {
    return this.rooms.map((room) => `SELECT head FROM chat_room WHERE name = ${quote(room)} FOR UPDATE`);
  }

  /** Reads which of the messages are there already. */
  findExisting(): string {
    const keys = [...this.#keys.values()].map(
      ({ room, sender, id }) => `(${quote(room)}, ${quote(sender)}, ${quote(id)})`,
    );
    return `SELECT * FROM chat_message WHERE (room, sender, id) IN (${keys.join(', ')})`;
  }

  /** Reads which of them were there and are deleted. */
  findErased(): string {
    return `SELECT * FROM chat_erased WHERE ${this.#erasedKeys()}`;
  }

  /** Stores what is not there, and commits: the statements, and the outcomes once they are done. */
  storeNew(
    heads: ReadonlyMap<string, number>,
    found: readonly Row[],
    erased: readonly Row[],
  ): { statements: string[]; outcomes: Outcome[] } {
    const existing = new Map(found.map(messageOf).map((message) => [keyOf(message), message]));
    const { stored, heads: moved, outcomes } = this.#plan(heads, existing, this.#deletedOf(erased));
    const rows = stored.map((message) => rowOf(message, String(message.seq)));
    const statements = [
      ...(rows.length > 0 ? [insert(rows)] : []),
      ...[...moved].map(([room, head]) => moveHead(room, String(head))),
      'COMMIT',
    ];
    return { statements, outcomes };
  }

  #erasedKeys(): string {
    // Room by room: a list of one column costs the server far less than one of pairs.
    const rooms = Map.groupBy(this.#keys.values(), ({ room }) => room);
    const parts = [...rooms].map(([room, drafts]) => {
      const keys = drafts.map((draft) => quote(erasedKey(draft)));
      return `(room = ${quote(room)} AND erased_key IN (${keys.join(', ')}))`;
    });
    return parts.join(' OR ');
  }

  #deletedOf(rows: readonly Row[]): Deleted {
    const found = new Map(
      rows.map(({ room, erased_key, seq, time }) => [
        `${room} ${erased_key}`,
        { seq: Number(seq), time: Number(time) },
      ]),
    );
    const deleted = new Map<string, Pick<Message, 'seq' | 'time'>>();
    if (found.size === 0) return deleted;
    for (const [key, draft] of this.#keys) {
      const one = found.get(`${draft.room} ${erasedKey(draft)}`);
      if (one !== undefined) deleted.set(key, one);
    }
    return deleted;
  }

  /** What becomes of the drafts, unit by unit, where the rooms have these heads and these messages exist. */
  #plan(
    heads: ReadonlyMap<string, number>,
    existing: ReadonlyMap<string, Message>,
    deleted: Deleted = new Map(),
  ): Plan {
    const known = new Map(existing);
    const plan: Plan = { stored: [], heads: new Map(), outcomes: [] };
    for (const unit of this.#units) {
      const { added, outcomes } = outcomesOf(
        unit,
        { known, deleted },
        (room) => plan.heads.get(room) ?? heads.get(room) ?? 0,
      );
      const refused = outcomes.some(({ kind }) => kind === 'conflict');
      plan.outcomes.push(...(refused ? unit.map((): Outcome => ({ kind: 'conflict' })) : outcomes));
      if (refused) continue;
      for (const message of added) {
        known.set(keyOf(message), message);
        plan.stored.push(message);
        plan.heads.set(message.room, message.seq);
      }
    }
    return plan;
  }
}

/** The seq and time of messages that are deleted, by their keys. */
type Deleted = ReadonlyMap<string, Pick<Message, 'seq' | 'time'>>;

/** What a group does: the new messages, the heads of their rooms after it, and what is told of each draft. */
interface Plan {
  readonly stored: Message[];
  readonly heads: Map<string, number>;
  readonly outcomes: Outcome[];
}

/** What becomes of the drafts of one unit, if none is refused, and which of them are new. */
function outcomesOf(
  unit: readonly Draft[],
  { known, deleted }: { readonly known: ReadonlyMap<string, Message>; readonly deleted: Deleted },
  headOf: (room: string) => number,
): { added: Message[]; outcomes: Outcome[] } {
  const added = new Map<string, Message>();
  const counts = new Map<string, number>();
  const outcomes = unit.map((draft): Outcome => {
    const key = keyOf(draft);
    const gone = deleted.get(key);
    if (gone !== undefined) return { kind: 'duplicate', message: { ...draft, ...gone }, deleted: true };
    const there = known.get(key) ?? added.get(key);
    if (there !== undefined)
      return there.content === draft.content ? { kind: 'duplicate', message: there } : { kind: 'conflict' };
    const { room, id, sender, content, time } = draft;
    const count = (counts.get(room) ?? 0) + 1;
    counts.set(room, count);
    const message: Message = { room, seq: headOf(room) + count, id, sender, content, time };
    added.set(key, message);
    return { kind: 'stored', message };
  });
  return { added: [...added.values()], outcomes };
}

/** A room that has no row yet gets one; one that has keeps it. */
export function createRoom(room: string): string {
  return `INSERT INTO chat_room (name, head) VALUES (${quote(room)}, 0) ON DUPLICATE KEY UPDATE head = head`;
}

/** JSON keeps the three apart, whatever characters they hold. */
function keyOf({ room, sender, id }: Pick<Draft, 'room' | 'sender' | 'id'>): string {
  return JSON.stringify([room, sender, id]);
}

function rowOf({ room, id, sender, content, time }: Draft, seq: string): string {
  return `(${quote(room)}, ${seq}, ${quote(id)}, ${quote(sender)}, ${quote(content)}, ${quote(time)})`;
}

function insert(rows: readonly string[]): string {
  return `INSERT INTO chat_message (room, seq, id, sender, content, time) VALUES ${rows.join(', ')}`;
}

function moveHead(room: string, head: string): string {
  return `UPDATE chat_room SET head = ${head} WHERE name = ${quote(room)}`;
}
