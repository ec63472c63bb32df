import type { DatabaseSync } from 'node:sqlite';

/** Steps from nothing to the newest form of a file, one a version. A step that was released is never changed. */
export type Migrations = readonly string[];

/**
 * Brings a file to its newest form, and does `more` in the same transaction. Throws where the file has a form newer than all of
 * these.
 */
export function migrate<T>(db: DatabaseSync, migrations: Migrations, more: () => T): T {
  // The write lock comes first, so that of two processes at a new file one makes it and the other finds it made.
  db.exec('BEGIN IMMEDIATE');
  try {
    const version = Number(db.prepare('PRAGMA user_version').get()?.user_version);
    if (version > migrations.length) {
      throw new Error(`it has form ${version}, made by a newer version of this program that knows more than ours`);
    }
    for (const step of migrations.slice(version)) db.exec(step);
    db.exec(`PRAGMA user_version = ${migrations.length}`);
    const result = more();
    db.exec('COMMIT');
    return result;
  } finally {
    if (db.isTransaction) db.exec('ROLLBACK');
  }
}
