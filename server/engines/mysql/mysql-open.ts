import { escapeId } from 'mysql2';
import type { Clock } from '../../clock.ts';
import type { Logger } from '../../log.ts';
import { StoreDown } from '../message-store.ts';
import { describe, errno, hasErrno, isPassing } from './mysql-errors.ts';
import { openSession, type Session, type SessionOptions } from './mysql-session.ts';
import { type MysqlAddress, shown } from './mysql-url.ts';

export interface StartOptions<T> {
  readonly address: MysqlAddress;
  readonly clock: Clock;
  readonly log: Logger;
  /** A number in [0, 1). */
  readonly random: () => number;
  /** How long to wait at most for a server that is not there, in milliseconds. */
  readonly patience: number;
  /** Ends the wait: it rejects with the reason. */
  readonly signal?: AbortSignal;
  mark(): string;
  /** Makes the tables ready, in a session of the database; see `prepareSchema`. */
  prepare(session: Session): Promise<T>;
}

/** The first pause between two attempts and the longest, in milliseconds. */
const FIRST_PAUSE = 100;
const LONGEST_PAUSE = 5_000;

/**
 * Waits for the server, makes the database and its tables ready, and returns what `prepare` does. Rejects with a sentence for the
 * operator: at once where waiting does not help, else when patience is at its end.
 */
export async function prepareDatabase<T>(options: StartOptions<T>): Promise<T> {
  const { address, clock, log, random, patience, signal } = options;
  const name = shown(address);
  const deadline = clock.monotonic() + patience;
  for (let pause = FIRST_PAUSE; ; pause = Math.min(2 * pause, LONGEST_PAUSE)) {
    signal?.throwIfAborted();
    try {
      return await attempt(options);
    } catch (error) {
      const over = clock.monotonic() >= deadline;
      if (over || !isPassing(error)) throw refusal(address, error, over ? patience : 0);
      log.warn({ err: error }, `waiting for the database ${name}: ${describe(error)}`);
    }
    await rest(clock, pause * (0.5 + random() / 2), signal);
  }
}

/** Resolves after so many milliseconds, or as soon as the signal says that nobody waits any more. */
function rest(clock: Clock, ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      timer.cancel();
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = clock.after(ms, done);
    signal?.addEventListener('abort', done);
  });
}

async function attempt<T>(options: StartOptions<T>): Promise<T> {
  const session = await enter(options);
  try {
    return await options.prepare(session);
  } finally {
    await session.end();
  }
}

/** A session in the database, which is made where it is missing. */
async function enter<T>({ address, clock, mark }: StartOptions<T>): Promise<Session> {
  const options: SessionOptions = { address, clock, mark: mark() };
  try {
    return await openSession(options);
  } catch (error) {
    if (!hasErrno(error, errno.unknownDatabase)) throw error;
  }
  const session = await openSession({ ...options, withoutDatabase: true });
  try {
    await session.query(`CREATE DATABASE IF NOT EXISTS ${escapeId(address.database, true)} CHARACTER SET utf8mb4`);
  } finally {
    await session.end();
  }
  return openSession(options);
}

function refusal(address: MysqlAddress, error: unknown, waited: number): StoreDown {
  const after = waited > 0 ? ` after ${Math.round(waited / 1_000)} s` : '';
  const help = isAboutRights(error) ? `; ${rightsHelp(address)}` : waited > 0 ? ': start it, or correct MYSQL_URL' : '';
  const text = `cannot use the database ${shown(address)}${after}: ${describe(error)}${help}`;
  return new StoreDown(text, { cause: error });
}

/** Refused is: the database (1044), a table (1142), a column (1143), a statement (1227). */
function isAboutRights(error: unknown): boolean {
  return hasErrno(error, 1044, 1142, 1143, 1227);
}

function rightsHelp({ database, user }: MysqlAddress): string {
  const name = escapeId(database, true);
  const rights = 'SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER, INDEX';
  return `as its administrator run: CREATE DATABASE IF NOT EXISTS ${name}; GRANT ${rights} ON ${name}.* TO '${user}'`;
}
