import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { erasedKey } from '../erased-key.ts';
import type { Deletion } from '../message-store.ts';
import type { Action, AuditEntry, Bounds, Change, ModerationState } from '../moderation-store.ts';
import { auditEntryOf, beyond, muteOf, type Row, rulesOf } from '../rows.ts';
import { inTransaction } from './sqlite-transaction.ts';

/** Moderation in the SQLite file of the messages: see `ModerationStore`. Lives in the same thread. */
export class SqliteModeration {
  readonly #db: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  constructor(db: DatabaseSync) {
    this.#db = db;
  }

  read(known?: number): ModerationState | undefined {
    const revision = this.#revision();
    if (revision === known) return undefined;
    return {
      revision,
      mutes: this.#all('SELECT * FROM mute ORDER BY room, key').map(muteOf),
      rooms: this.#all('SELECT * FROM room_rules ORDER BY room').map(rulesOf),
      words: this.#all('SELECT word FROM word ORDER BY word').map(({ word }) => String(word)),
    };
  }

  change(change: Change, action: Action | undefined): number {
    return inTransaction(this.#db, () => {
      this.#apply(change);
      if (action !== undefined) {
        this.#run('DELETE FROM mute WHERE until <= ?', action.time);
        this.#note(action);
      }
      this.#run("INSERT INTO meta VALUES ('moderation', '1') ON CONFLICT DO UPDATE SET value = value + 1");
      return this.#revision();
    });
  }

  erase(room: string, seq: number, action: Action): Deletion | undefined {
    const { deletion, now } = inTransaction(this.#db, () => {
      const done = this.#one('SELECT deletion AS seq, time FROM erased WHERE room = ? AND seq = ?', room, seq);
      if (done !== undefined) return { deletion: deletionOf(room, seq, done), now: false };
      const message = this.#one('SELECT * FROM message WHERE room = ? AND seq = ? AND target IS NULL', room, seq);
      if (message === undefined) return { deletion: undefined, now: false };
      return { deletion: this.#erase(room, seq, message, action), now: true };
    });
    // The log of what was written still has the text, until it is cut. Where somebody reads just now, that is later.
    if (now) this.#db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    return deletion;
  }

  trim(room: string, bounds: Bounds, limit: number): number {
    return inTransaction(this.#db, () => {
      const head = Number(this.#one('SELECT head FROM room WHERE name = ?', room)?.head ?? 0);
      const oldest = this.#all('SELECT seq, time FROM message WHERE room = ? ORDER BY seq LIMIT ?', room, limit);
      const gone = beyond(oldest, head, bounds);
      const last = gone.at(-1);
      if (last === undefined) return 0;
      this.#run('DELETE FROM message WHERE room = ? AND seq <= ?', room, Number(last.seq));
      this.#run('DELETE FROM erased WHERE room = ? AND seq <= ?', room, Number(last.seq));
      return gone.length;
    });
  }

  audit(before: number, limit: number): AuditEntry[] {
    return this.#all('SELECT * FROM audit WHERE id < ? ORDER BY id DESC LIMIT ?', before, limit).map(auditEntryOf);
  }

  note(action: Action): void {
    inTransaction(this.#db, () => this.#note(action));
  }

  #apply(change: Change): void {
    switch (change.kind) {
      case 'mute': {
        const { room, key, name, until, addresses } = change.mute;
        this.#run(
          'INSERT OR REPLACE INTO mute VALUES (?, ?, ?, ?, ?)',
          room,
          key,
          name,
          until,
          JSON.stringify(addresses),
        );
        return;
      }
      case 'cover': {
        const { room, key, until, addresses } = change.mute;
        const sql = 'UPDATE mute SET addresses = ? WHERE room = ? AND key = ? AND until = ?';
        this.#run(sql, JSON.stringify(addresses), room, key, until);
        return;
      }
      case 'unmute':
        this.#run('DELETE FROM mute WHERE room = ? AND key = ?', change.room, change.key);
        return;
      case 'room': {
        const { room, slowMode, closed } = change.rules;
        this.#run('INSERT OR REPLACE INTO room_rules VALUES (?, ?, ?)', room, slowMode, Number(closed));
        return;
      }
      case 'add-word':
        this.#run('INSERT INTO word VALUES (?) ON CONFLICT DO NOTHING', change.word);
        return;
      case 'remove-word':
        this.#run('DELETE FROM word WHERE word = ?', change.word);
    }
  }

  #erase(room: string, seq: number, message: Row, action: Action): Deletion {
    const own = Number(this.#one('SELECT head FROM room WHERE name = ?', room)?.head ?? 0) + 1;
    const key = erasedKey({ sender: String(message.sender), id: String(message.id) });
    // Nobody has an empty name, so places without a message never have the key of one.
    const emptied = "UPDATE message SET sender = '', id = ?, content = '', target = ? WHERE room = ? AND seq = ?";
    this.#run(emptied, String(seq), seq, room, seq);
    this.#run("INSERT INTO message VALUES (?, ?, ?, '', '', ?, ?)", room, own, String(own), action.time, seq);
    this.#run('INSERT INTO erased VALUES (?, ?, ?, ?, ?)', room, seq, key, own, action.time);
    this.#run('UPDATE room SET head = ? WHERE name = ?', own, room);
    this.#note(action);
    return { room, seq: own, target: seq, time: action.time };
  }

  #note({ time, by, action, target, reason }: Action): void {
    this.#run(
      'INSERT INTO audit (time, by, action, target, reason) VALUES (?, ?, ?, ?, ?)',
      ...[time, by, action, target, reason],
    );
  }

  #revision(): number {
    return Number(this.#one("SELECT value FROM meta WHERE name = 'moderation'")?.value ?? 0);
  }

  #run(sql: string, ...values: (string | number)[]): void {
    this.#prepared(sql).run(...values);
  }

  #one(sql: string, ...values: (string | number)[]): Row | undefined {
    return this.#prepared(sql).get(...values);
  }

  #all(sql: string, ...values: (string | number)[]): Row[] {
    return this.#prepared(sql).all(...values);
  }

  #prepared(sql: string): StatementSync {
    const statement = this.#statements.get(sql) ?? this.#db.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }
}

function deletionOf(room: string, target: number, { seq, time }: Row): Deletion {
  return { room, seq: Number(seq), target, time: Number(time) };
}
