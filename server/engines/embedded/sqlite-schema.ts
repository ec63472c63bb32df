import type { DatabaseSync } from 'node:sqlite';
import { type Migrations, migrate } from './sqlite-migrate.ts';

/**
 * How the file came to its present form, one step a version: `PRAGMA user_version` counts the steps that were taken.
 * A step that was released is never changed; a new one is added at the end.
 */
const migrations: Migrations = [
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
export function bringUp(db: DatabaseSync, newEpoch: string): string {
  return migrate(db, migrations, () => {
    db.prepare("INSERT INTO meta (name, value) VALUES ('epoch', ?) ON CONFLICT DO NOTHING").run(newEpoch);
    return String(db.prepare("SELECT value FROM meta WHERE name = 'epoch'").get()?.value);
  });
}
