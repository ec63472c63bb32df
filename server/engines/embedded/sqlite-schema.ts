import type { DatabaseSync } from 'node:sqlite';

/**
 * How the file came to its present form, one step a version: `PRAGMA user_version` counts the steps that were taken.
 * A step that was released is never changed; a new one is added at the end.
 */
const migrations: readonly string[] = [
  `CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
   CREATE TABLE room (name TEXT PRIMARY KEY, head INTEGER NOT NULL) STRICT, WITHOUT ROWID;
   CREATE TABLE message (
     room TEXT NOT NULL, seq INTEGER NOT NULL, id TEXT NOT NULL, sender TEXT NOT NULL,
     content TEXT NOT NULL, time INTEGER NOT NULL,
     PRIMARY KEY (room, seq), UNIQUE (room, sender, id)
   ) STRICT, WITHOUT ROWID;`,
  `ALTER TABLE message ADD COLUMN target INTEGER;
   CREATE TABLE erased (
     room TEXT NOT NULL, seq INTEGER NOT NULL, key TEXT NOT NULL, deletion INTEGER NOT NULL, time INTEGER NOT NULL,
     PRIMARY KEY (room, seq), UNIQUE (room, key)
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE mute (
     room TEXT NOT NULL, key TEXT NOT NULL, name TEXT NOT NULL, until INTEGER NOT NULL, addresses TEXT NOT NULL,
     PRIMARY KEY (room, key)
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE room_rules (room TEXT PRIMARY KEY, slow_mode INTEGER NOT NULL, closed INTEGER NOT NULL) STRICT, WITHOUT ROWID;
   CREATE TABLE word (word TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
   CREATE TABLE audit (
     id INTEGER PRIMARY KEY AUTOINCREMENT, time INTEGER NOT NULL, by TEXT NOT NULL, action TEXT NOT NULL,
     target TEXT NOT NULL, reason TEXT NOT NULL
   ) STRICT;`,
];

/** Brings a file to the newest form, and returns its epoch: `newEpoch` where the file is new. Throws for a newer form. */
export function migrate(db: DatabaseSync, newEpoch: string): string {
  // The write lock comes first, so that of two processes at a new file one makes it and the other finds it made.
  db.exec('BEGIN IMMEDIATE');
  try {
    const version = Number(db.prepare('PRAGMA user_version').get()?.user_version);
    if (version > migrations.length) {
      throw new Error(`it has form ${version}, made by a newer version of this program that knows more than ours`);
    }
    for (const step of migrations.slice(version)) db.exec(step);
    db.exec(`PRAGMA user_version = ${migrations.length}`);
    db.prepare("INSERT INTO meta (name, value) VALUES ('epoch', ?) ON CONFLICT DO NOTHING").run(newEpoch);
    const epoch = db.prepare("SELECT value FROM meta WHERE name = 'epoch'").get()?.value;
    db.exec('COMMIT');
    return String(epoch);
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK');
    throw error;
  }
}
