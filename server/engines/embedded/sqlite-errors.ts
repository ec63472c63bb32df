import { StoreDown, StoreUnknown } from '../message-store.ts';

/** Primary result codes of SQLite (https://www.sqlite.org/rescode.html), and what they tell an operator. */
const causes: Readonly<Record<number, string>> = {
  5: 'another process holds the write lock of the database',
  6: 'another process holds the write lock of the database',
  8: 'the database is read-only',
  10: 'the disk does not read or write',
  11: 'the database is damaged',
  13: 'the disk is full',
  14: 'the database file cannot be opened',
  26: 'the file is not a database',
};
const IO_ERROR = 10;

function primaryCode(error: unknown): number | undefined {
  const extended = error instanceof Error && 'errcode' in error ? error.errcode : undefined;
  return typeof extended === 'number' ? extended & 0xff : undefined;
}

/** What went wrong, in a sentence for the log: the cause where SQLite names a usual one, and its own words. */
export function describe(error: unknown): string {
  const cause = causes[primaryCode(error) ?? -1];
  const own = error instanceof Error ? error.message : String(error);
  return cause === undefined ? own : `${cause} (${own})`;
}

/**
 * What a failed transaction means. A failure before COMMIT stored nothing, and so did a COMMIT that had no room. Only
 * one whose bytes the disk may or may not have taken leaves its fate open: its frames could come back after a crash.
 */
export function commitFailure(error: unknown, committing: boolean): StoreDown | StoreUnknown {
  const Failure = committing && primaryCode(error) === IO_ERROR ? StoreUnknown : StoreDown;
  return new Failure(describe(error), { cause: error });
}
