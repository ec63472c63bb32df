import { escape as quote } from 'mysql2';
import type { Draft, Message, Outcome } from '../message-store.ts';
import type { Row } from './mysql-session.ts';

/** A group of drafts: the SQL that stores it, and what its results mean. Nothing here talks to the server. */
export class Group {
  /** Names of its rooms, in the one order in which everybody locks them, so that no two wait for each other. */
  readonly rooms: readonly string[];
  readonly #drafts: readonly Draft[];
  /** The drafts of different keys: of several with one key, the first. */
  readonly #first = new Map<string, Draft>();

  constructor(drafts: readonly Draft[]) {
    this.#drafts = drafts;
    for (const draft of drafts) {
      const key = keyOf(draft);
      if (!this.#first.has(key)) this.#first.set(key, draft);
    }
    this.rooms = [...new Set(drafts.map((draft) => draft.room))].sort();
  }

  /**
   * The whole transaction in one round trip, for the usual case that every id is new and every room has its row: the
   * lock is held while the server works and never while it waits for us. Where an id is there already the server
   * refuses the insert (1062), where a room has no row yet it refuses a seq that is null (1048). The last result has the
   * heads as they were.
   */
  storeAll(): string[] {
    const heads = this.rooms.map((_, i) => `@head${i}`);
    const counts = new Map<string, number>();
    const rows = [...this.#first.values()].map((draft) => {
      const count = (counts.get(draft.room) ?? 0) + 1;
      counts.set(draft.room, count);
      return rowOf(draft, `@head${this.rooms.indexOf(draft.room)} + ${count}`);
    });
    return [
      `SET ${heads.map((head) => `${head} = NULL`).join(', ')}`,
      'START TRANSACTION',
      ...this.rooms.map(
        (room, i) => `SELECT head INTO ${heads[i]} FROM chat_room WHERE name = ${quote(room)} FOR UPDATE`,
      ),
      insert(rows),
      ...this.rooms.map((room, i) => moveHead(room, `${heads[i]} + ${counts.get(room)}`)),
      'COMMIT',
      `SELECT ${heads.map((head, i) => `${head} AS h${i}`).join(', ')}`,
    ];
  }

  /** What `storeAll` did, by the row of its last result. */
  allStored(row: Row | undefined): Outcome[] {
    const heads = new Map(this.rooms.map((room, i) => [room, Number(row?.[`h${i}`])]));
    return this.#outcomes(this.#numbered(heads, new Map()), new Map());
  }

  /** Locks the rooms and reads their heads, a statement each: no row means that the room has none yet. */
  lockHeads(): string[] {
    return this.rooms.map((room) => `SELECT head FROM chat_room WHERE name = ${quote(room)} FOR UPDATE`);
  }

  /** Reads which of the messages are there already. */
  findExisting(): string {
    const keys = [...this.#first.values()].map(
      ({ room, sender, id }) => `(${quote(room)}, ${quote(sender)}, ${quote(id)})`,
    );
    return `SELECT * FROM chat_message WHERE (room, sender, id) IN (${keys.join(', ')})`;
  }

  /** Stores what is not there, and commits: the statements, and the outcomes once they are done. */
  storeNew(heads: ReadonlyMap<string, number>, found: readonly Row[]): { statements: string[]; outcomes: Outcome[] } {
    const existing = new Map(found.map(messageOf).map((message) => [keyOf(message), message]));
    const stored = this.#numbered(heads, existing);
    const moved = new Map([...stored.values()].map(({ room, seq }) => [room, seq]));
    const rows = [...stored.values()].map((message) => rowOf(message, String(message.seq)));
    const statements = [
      ...(rows.length > 0 ? [insert(rows)] : []),
      ...[...moved].map(([room, head]) => moveHead(room, String(head))),
      'COMMIT',
    ];
    return { statements, outcomes: this.#outcomes(stored, existing) };
  }

  /** Numbers what does not exist yet, by key. */
  #numbered(heads: ReadonlyMap<string, number>, existing: ReadonlyMap<string, Message>): Map<string, Message> {
    const next = new Map(heads);
    const stored = new Map<string, Message>();
    for (const [key, draft] of this.#first) {
      if (existing.has(key)) continue;
      const seq = (next.get(draft.room) ?? 0) + 1;
      next.set(draft.room, seq);
      const { room, id, sender, content, time } = draft;
      stored.set(key, { room, seq, id, sender, content, time });
    }
    return stored;
  }

  #outcomes(stored: ReadonlyMap<string, Message>, existing: ReadonlyMap<string, Message>): Outcome[] {
    const untold = new Set(stored.keys());
    return this.#drafts.map((draft): Outcome => {
      const key = keyOf(draft);
      const message = stored.get(key) ?? existing.get(key);
      if (message === undefined) throw new Error(`message ${draft.id} is neither new nor there`);
      if (untold.delete(key)) return { kind: 'stored', message };
      return message.content === draft.content ? { kind: 'duplicate', message } : { kind: 'conflict' };
    });
  }
}

/** A room that has no row yet gets one; one that has keeps it. */
export function createRoom(room: string): string {
  return `INSERT INTO chat_room (name, head) VALUES (${quote(room)}, 0) ON DUPLICATE KEY UPDATE head = head`;
}

export function messageOf(row: Row): Message {
  return {
    room: String(row.room),
    seq: Number(row.seq),
    id: String(row.id),
    sender: String(row.sender),
    content: String(row.content),
    time: Number(row.time),
  };
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
