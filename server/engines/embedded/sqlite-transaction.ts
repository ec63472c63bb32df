import type { DatabaseSync } from 'node:sqlite';
import { commitFailure } from './sqlite-errors.ts';

/**
 * Runs `work` as one transaction under the write lock. Throws `StoreDown` or `StoreUnknown`, and is ready for the next one
 * then.
 */
export function inTransaction<T>(db: DatabaseSync, work: () => T): T {
  let committing = false;
  try {
    rollBack(db);
    db.exec('BEGIN IMMEDIATE');
    const result = work();
    committing = true;
    db.exec('COMMIT');
    return result;
  } catch (error) {
    const failure = commitFailure(error, committing);
    try {
      rollBack(db);
    } catch {
      // The next one rolls back first; what went wrong here is told by the failure of the transaction itself.
    }
    throw failure;
  }
}

/** Some failures end a transaction by themselves (a full disk), some do not. */
function rollBack(db: DatabaseSync): void {
  if (db.isTransaction) db.exec('ROLLBACK');
}
