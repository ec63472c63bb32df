import type { Outcome } from '../message-store.ts';
import type { Row } from '../rows.ts';
import { commitFailure, errno, hasErrno, isFateOpen } from './mysql-errors.ts';
import { createRoom, type Group } from './mysql-group.ts';
import type { Session } from './mysql-session.ts';
import { HELD_LIMIT, rollBack } from './mysql-transaction.ts';

/** How often a group is begun again that the server rolled back to end a deadlock. */
const MOST_TRIES = 6;
/**
 * Commits a group in one transaction. Rejects with `StoreDown` or `StoreUnknown`; the session is out of the transaction
 * then, or lost. `pause` lets the others of a deadlock go first.
 */
export async function commitGroup(session: Session, group: Group, pause: () => Promise<void>): Promise<Outcome[]> {
  for (let tries = 1; ; tries++) {
    try {
      return (await storeAll(session, group)) ?? (await storeNew(session, group));
    } catch (error) {
      if (!hasErrno(error, errno.deadlock) || tries >= MOST_TRIES) throw commitFailure(error, false);
    }
    await pause();
  }
}

/** The usual way, in one round trip. Resolves to `undefined`, with nothing stored, where it is not that simple. */
async function storeAll(session: Session, group: Group): Promise<Outcome[] | undefined> {
  if (!group.hasNew) return undefined;
  try {
    const results = await step(session, group.storeAll(), true);
    return group.allStored(results.at(-1)?.[0]);
  } catch (error) {
    if (hasErrno(error, errno.duplicateEntry, errno.columnIsNull)) return undefined;
    throw error;
  }
}

/** The careful way, in two round trips: looks under the lock what is there already, and stores the rest. */
async function storeNew(session: Session, group: Group): Promise<Outcome[]> {
  const { heads, existing, erased } = await lockAndFind(session, group);
  const missing = group.rooms.filter((room) => !heads.has(room));
  if (missing.length > 0) {
    await rollBack(session);
    for (const room of missing) await session.query(createRoom(room));
    return storeNew(session, group);
  }
  const { statements, outcomes } = group.storeNew(heads, existing, erased);
  await step(session, [...statements, 'SET SESSION wait_timeout = DEFAULT'], true);
  return outcomes;
}

interface Found {
  readonly heads: ReadonlyMap<string, number>;
  readonly existing: readonly Row[];
  readonly erased: readonly Row[];
}

async function lockAndFind(session: Session, group: Group): Promise<Found> {
  const begin = [`SET SESSION wait_timeout = ${HELD_LIMIT}`, 'START TRANSACTION'];
  const find = [group.findExisting(), group.findErased()];
  const results = await step(session, [...begin, ...group.lockHeads(), ...find], false);
  const heads = new Map<string, number>();
  for (const [i, room] of group.rooms.entries()) {
    const row = results[begin.length + i]?.[0];
    if (row !== undefined) heads.set(room, Number(row.head));
  }
  const [existing = [], erased = []] = results.slice(-find.length);
  return { heads, existing, erased };
}

/** Part of a transaction. Where it fails all is rolled back; `committing`: the COMMIT is in it, so its fate may be open. */
async function step(session: Session, statements: readonly string[], committing: boolean): Promise<Row[][]> {
  try {
    return await session.batch(statements);
  } catch (error) {
    await rollBack(session);
    throw committing && isFateOpen(error) ? commitFailure(error, true) : error;
  }
}
