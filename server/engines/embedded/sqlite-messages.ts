import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { erasedKey } from '../erased-key.ts';
import type { Draft, Entry, Message, Outcome, Unit, Which } from '../message-store.ts';
import { entryOf, messageOf } from '../rows.ts';
import { splitUnits } from '../units.ts';
import { SqliteModeration } from './sqlite-moderation.ts';
import { bringUp } from './sqlite-schema.ts';
import { inTransaction } from './sqlite-transaction.ts';

export interface SqliteFile {
  /** Path of the database file; its folder is made where it is missing. */
  readonly path: string;
  /** Names the history, where the file is new. */
  readonly newEpoch: string;
  /** How long to wait for the lock of another process, in milliseconds. */
  readonly busyTimeout: number;
  /** The most pages of 4 KiB that the file may grow to: above it the disk counts as full. No bound by default. */
  readonly maxPages?: number | undefined;
}

/** Opens the file with full durability: in WAL mode with FULL each commit is on the disk when it returns. */
function open(file: SqliteFile): DatabaseSync {
  mkdirSync(dirname(file.path), { recursive: true });
  const db = new DatabaseSync(file.path, { timeout: file.busyTimeout });
  try {
    const mode = db.prepare('PRAGMA journal_mode = WAL').get()?.journal_mode;
    if (mode !== 'wal') throw new Error(`its file system does not allow a write-ahead log (journal mode ${mode})`);
    db.exec('PRAGMA synchronous = FULL');
    // What is deleted is overwritten: nothing of it stays in pages that are free.
    db.exec('PRAGMA secure_delete = ON');
    if (file.maxPages !== undefined) db.exec(`PRAGMA max_page_count = ${file.maxPages}`);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** The messages of one SQLite file. Every call blocks until it is done, so this lives in a thread of its own. */
export class SqliteMessages {
  readonly epoch: string;
  readonly moderation: SqliteModeration;
  readonly #db: DatabaseSync;
  readonly #insert: StatementSync;
  readonly #byKey: StatementSync;
  readonly #head: StatementSync;
  readonly #moveHead: StatementSync;
  readonly #ranges: Readonly<Record<Which, { readonly after: StatementSync; readonly before: StatementSync }>>;
  readonly #anyErased: StatementSync;
  readonly #erased: StatementSync;

  constructor(file: SqliteFile) {
    const db = open(file);
    this.#db = db;
    try {
      this.epoch = bringUp(db, file.newEpoch);
    } catch (error) {
      db.close();
      throw error;
    }
    this.#insert = db.prepare(
      `INSERT INTO message (room, seq, id, sender, content, time) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT (room, sender, id) DO NOTHING`,
    );
    this.#byKey = db.prepare('SELECT * FROM message WHERE room = ? AND sender = ? AND id = ?');
    this.#head = db.prepare('SELECT head FROM room WHERE name = ?');
    this.#moveHead = db.prepare(
      'INSERT INTO room (name, head) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET head = excluded.head',
    );
    const ranges = (also: string) => ({
      after: db.prepare(`SELECT * FROM message WHERE room = ? AND seq > ? ${also} ORDER BY seq LIMIT ?`),
      before: db.prepare(`SELECT * FROM message WHERE room = ? AND seq < ? ${also} ORDER BY seq DESC LIMIT ?`),
    });
    this.#ranges = { all: ranges(''), messages: ranges('AND target IS NULL') };
    this.#anyErased = db.prepare('SELECT 1 FROM erased WHERE room = ? LIMIT 1');
    this.#erased = db.prepare('SELECT seq, time FROM erased WHERE room = ? AND key = ?');
    this.moderation = new SqliteModeration(db);
  }

  /** One transaction for the group. Throws `StoreDown` or `StoreUnknown`, and is ready for the next group then. */
  commit(drafts: readonly Draft[], units: readonly Unit[]): Outcome[] {
    return inTransaction(this.#db, () => this.#store(splitUnits(drafts, units)));
  }

  head(room: string): number {
    return Number(this.#head.get(room)?.head ?? 0);
  }

  after(room: string, after: number, limit: number, which: Which): Entry[] {
    return this.#ranges[which].after.all(room, after, limit).map(entryOf);
  }

  before(room: string, before: number, limit: number, which: Which): Entry[] {
    return this.#ranges[which].before.all(room, before, limit).map(entryOf).reverse();
  }

  close(): void {
    this.#db.close();
  }

  #store(units: readonly (readonly Draft[])[]): Outcome[] {
    const heads = new Map<string, number>();
    const outcomes = units.flatMap((unit) =>
      unit.length === 1 ? this.#storeAll(unit, heads) : this.#storeUnit(unit, heads),
    );
    for (const [room, head] of heads) this.#moveHead.run(room, head);
    return outcomes;
  }

  /** All or none. */
  #storeUnit(unit: readonly Draft[], heads: Map<string, number>): Outcome[] {
    const before = new Map(heads);
    this.#db.exec('SAVEPOINT unit');
    const outcomes = this.#storeAll(unit, heads);
    const refused = outcomes.some(({ kind }) => kind === 'conflict');
    this.#db.exec(refused ? 'ROLLBACK TO unit; RELEASE unit' : 'RELEASE unit');
    if (!refused) return outcomes;
    heads.clear();
    for (const [room, head] of before) heads.set(room, head);
    return unit.map(() => ({ kind: 'conflict' }));
  }

  #storeAll(drafts: readonly Draft[], heads: Map<string, number>): Outcome[] {
    return drafts.map((draft): Outcome => {
      const erased = this.#whereErased(draft);
      if (erased !== undefined) return { kind: 'duplicate', message: { ...draft, ...erased }, deleted: true };
      const seq = (heads.get(draft.room) ?? this.head(draft.room)) + 1;
      const { changes } = this.#insert.run(draft.room, seq, draft.id, draft.sender, draft.content, draft.time);
      if (changes === 0) return this.#existing(draft);
      heads.set(draft.room, seq);
      const { room, id, sender, content, time } = draft;
      return { kind: 'stored', message: { room, seq, id, sender, content, time } };
    });
  }

  /** The seq and time that it had, where it was stored and deleted since. Nearly always nothing was ever deleted. */
  #whereErased(draft: Draft): Pick<Message, 'seq' | 'time'> | undefined {
    if (this.#anyErased.get(draft.room) === undefined) return undefined;
    const row = this.#erased.get(draft.room, erasedKey(draft));
    return row === undefined ? undefined : { seq: Number(row.seq), time: Number(row.time) };
  }

  #existing(draft: Draft): Outcome {
    const row = this.#byKey.get(draft.room, draft.sender, draft.id);
    if (row === undefined) throw new Error(`message ${draft.id} is neither new nor there`);
    const message = messageOf(row);
    return message.content === draft.content ? { kind: 'duplicate', message } : { kind: 'conflict' };
  }
}
