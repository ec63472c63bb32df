import { StoreDown, StoreUnknown } from '../message-store.ts';

/** The server did not answer in time. */
export class NoAnswer extends Error {
  override name = 'NoAnswer';
}

/** The server answers, and may do later what it cannot do yet. */
export class NotYet extends Error {
  override name = 'NotYet';
}

/** Numbers of errors that the server answers with (MySQL's error reference, MariaDB's error codes), by what we do. */
export const errno = {
  noDatabase: 1046,
  unknownDatabase: 1049,
  duplicateEntry: 1062,
  columnIsNull: 1048,
  duplicateColumn: 1060,
  noSuchTable: 1146,
  noSuchThread: 1094,
  deadlock: 1213,
} as const;

const READ_ONLY = [1290, 1792, 1836];
/** The server ends, or ended the statement from outside: a COMMIT among the statements may have been done. */
const FATE_OPEN = [1053, 1180, 1317, 1927, 1969, 3024];
/** Refusals that end by themselves: too many connections, stopping, lock waits, read-only (until a failover is over). */
const PASSING = [1040, 1047, 1053, 1129, 1203, 1205, 1213, 1226, 1317, 1927, 4031, ...READ_ONLY];
const UNREACHABLE = [
  'EAI_AGAIN', 'ECONNREFUSED', 'ECONNRESET', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOTFOUND', 'EPIPE', 'ETIMEDOUT',
  'PROTOCOL_CONNECTION_LOST',
]; // biome-ignore format: a list of names

/** What an error tells an operator, by the server's number or the system's code. */
const causes: Readonly<Record<string | number, string>> = {
  1021: 'the disk of the database is full',
  1040: 'the database has as many connections as it allows: raise max_connections',
  1044: 'the user has no right to this database, or to create it',
  1045: 'the user or the password is wrong (or this user must come by TLS: ?ssl=true)',
  1114: 'the disk of the database is full',
  1129: 'the database blocks this host after many broken connections: run FLUSH HOSTS or mysqladmin flush-hosts there',
  1130: 'the database does not let this host in: the user must be created for it',
  1142: 'the user lacks a right on the tables',
  1205: 'another session holds the lock of the room',
  1290: 'the database is read-only',
  1698: 'the user may not come in by password: create one that may',
  1792: 'the database is read-only',
  1836: 'the database is read-only',
  3159: 'the database wants TLS: add ?ssl=true to its URL',
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'there is no such host',
  ETIMEDOUT: 'it does not answer',
  HANDSHAKE_NO_SSL_SUPPORT: 'it speaks no TLS, which ?ssl=true asks for',
  HANDSHAKE_SSL_ERROR:
    'its certificate is not trusted: name its authority by ?sslCa=/path/of/ca.pem, and the host as it does',
};

interface DriverError extends Error {
  readonly code?: unknown;
  readonly errno?: unknown;
  readonly sqlMessage?: unknown;
  readonly fatal?: unknown;
}

function asDriverError(error: unknown): DriverError | undefined {
  return error instanceof Error ? error : undefined;
}

/** Whether the server itself said so, and the session goes on. */
export function isAnswer(error: unknown): boolean {
  return typeof asDriverError(error)?.sqlMessage === 'string';
}

export function hasErrno(error: unknown, ...numbers: readonly number[]): boolean {
  const number = asDriverError(error)?.errno;
  return isAnswer(error) && typeof number === 'number' && numbers.includes(number);
}

/**
 * Whether this may be another server or database than the one that was opened, after a failover or a restore: it is
 * read-only, or the tables or the database are not there.
 */
export function isElsewhere(error: unknown): boolean {
  return hasErrno(error, ...READ_ONLY, errno.noDatabase, errno.unknownDatabase, errno.noSuchTable);
}

/** Whether it is worth to try again: the server is not there yet, or does not take us yet. */
export function isPassing(error: unknown): boolean {
  if (error instanceof NoAnswer || error instanceof NotYet || hasErrno(error, ...PASSING)) return true;
  return UNREACHABLE.includes(String(asDriverError(error)?.code));
}

/** Whether statements with a COMMIT among them that failed so may have been committed. */
export function isFateOpen(error: unknown): boolean {
  return !isAnswer(error) || hasErrno(error, ...FATE_OPEN);
}

/** What went wrong, in a sentence for the log: the cause where the number names one, and the server's own words. */
export function describe(error: unknown): string {
  const { errno: number, code } = asDriverError(error) ?? {};
  const cause = causes[String(isAnswer(error) ? number : code)];
  const own = error instanceof Error ? error.message || String(code) : String(error);
  return cause === undefined ? own : `${cause} (${own})`;
}

/** What a failed group means. `committing`: the statement that failed had the COMMIT in it. */
export function commitFailure(error: unknown, committing: boolean): StoreDown | StoreUnknown {
  if (error instanceof StoreDown || error instanceof StoreUnknown) return error;
  const Failure = committing && isFateOpen(error) ? StoreUnknown : StoreDown;
  return new Failure(describe(error), { cause: error });
}
