import { commitFailure, isFateOpen } from './mysql-errors.ts';
import type { Session } from './mysql-session.ts';

/**
 * While a lock waits for us, the server ends our session after so many seconds of silence: an instance that was stopped
 * in the middle, or whose network is gone, must not hold up the others.
 */
export const HELD_LIMIT = 3;

/** Runs `work` as one transaction. Rejects with `StoreDown` or `StoreUnknown`; it is rolled back then, or the session lost. */
export async function transact<T>(session: Session, work: () => Promise<T>): Promise<T> {
  let committing = false;
  try {
    await session.batch([`SET SESSION wait_timeout = ${HELD_LIMIT}`, 'START TRANSACTION']);
    const result = await work();
    committing = true;
    await session.batch(['COMMIT', 'SET SESSION wait_timeout = DEFAULT']);
    return result;
  } catch (error) {
    await rollBack(session);
    throw commitFailure(error, committing && isFateOpen(error));
  }
}

/** Ends the transaction. A session where that fails is given up, which ends it as well. */
export async function rollBack(session: Session): Promise<void> {
  if (session.lost !== undefined) return;
  try {
    await session.batch(['ROLLBACK', 'SET SESSION wait_timeout = DEFAULT']);
  } catch (error) {
    session.giveUp(error);
  }
}
