import { readFileSync } from 'node:fs';
import { connect, isIP, type Socket } from 'node:net';
import { type Connection, type ConnectionOptions, createConnection, type FieldPacket } from 'mysql2/promise';
import type { Clock } from '../../clock.ts';
import type { Row } from '../rows.ts';
import { errno, hasErrno, isAnswer, NoAnswer } from './mysql-errors.ts';
import type { MysqlAddress } from './mysql-url.ts';

export type { Row };

export interface SessionOptions {
  readonly address: MysqlAddress;
  readonly clock: Clock;
  /** Names the session to others, on this server: who wants to end it finds it by this. At most 64 characters. */
  readonly mark: string;
  /** Without a database of its own, where that may not be there yet. */
  readonly withoutDatabase?: boolean;
}

/** What takes longer than this, in milliseconds, counts as unanswered. */
const QUERY_LIMIT = 2_000;
const CONNECT_LIMIT = 1_000;
/** A connection that says nothing for so long is asked by TCP whether it lives, in milliseconds. */
const KEEP_ALIVE = 10_000;
/** How long a statement waits for a row lock, in seconds: the smallest there is, and less than a query may take. */
const LOCK_WAIT = 1;

/**
 * Every session is brought to one state, whatever the server's settings are: what our SQL and its quoting count on.
 * Each statement of READ COMMITTED sees what is committed when it begins, so what is read after a lock is the newest.
 */
const preparation = [
  'SET NAMES utf8mb4',
  `SET SESSION sql_mode = 'STRICT_ALL_TABLES', autocommit = 1, innodb_lock_wait_timeout = ${LOCK_WAIT}`,
  'SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED',
];

/** Opens a session. Rejects with the driver's or the server's error. */
export async function openSession(options: SessionOptions): Promise<Session> {
  const { address, clock, mark } = options;
  const socket = openSocket(address);
  try {
    const session = new Session(await createConnection(driverOptions(options, socket)), socket, clock, mark);
    await session.batch([...preparation, `SELECT GET_LOCK('${mark}', 0)`]);
    return session;
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

/** Our own socket, because the driver only half-closes its: with a server that hangs it would stay for ever. */
function openSocket({ host, port }: MysqlAddress): Socket {
  const socket = connect({ host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE });
  // What happens to it is told by the driver, and by `close`.
  socket.on('error', () => undefined);
  return socket;
}

function driverOptions({ address, withoutDatabase }: SessionOptions, socket: Socket): ConnectionOptions {
  const { host, port, user, password, database, tls } = address;
  return {
    // The socket is ours, so this is only the name that the certificate must have. Of a bare IP address the driver would
    // forget to ask for it, and any certificate for "localhost" would do; as a name with its last dot it is compared.
    host: isIP(host) === 0 ? host : `${host}.`,
    port,
    user,
    password,
    ...(withoutDatabase === true ? {} : { database }),
    charset: 'utf8mb4',
    multipleStatements: true,
    connectTimeout: CONNECT_LIMIT,
    stream: () => socket,
    ...(tls && {
      ssl: {
        rejectUnauthorized: true,
        verifyIdentity: true,
        ...(tls.caFile !== undefined && { ca: authorityOf(tls.caFile) }),
      },
    }),
  };
}

/** The certificates of a file. Throws a sentence for the operator. */
function authorityOf(file: string): string {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new Error(`the file of ?sslCa cannot be read: ${error instanceof Error ? error.message : error}`);
  }
  if (text.includes('-----BEGIN CERTIFICATE-----')) return text;
  throw new Error(`the file of ?sslCa, ${file}, holds no certificate in PEM form`);
}

/** One connection to the server, used by one at a time. Each query has a time limit; one that misses it ends the session. */
export class Session {
  readonly mark: string;
  /** Called once when the connection ends without having been asked to. */
  onLost: () => void = () => undefined;
  readonly #connection: Connection;
  readonly #socket: Socket;
  readonly #clock: Clock;
  #lost: unknown;
  #ended = false;

  constructor(connection: Connection, socket: Socket, clock: Clock, mark: string) {
    this.#connection = connection;
    this.#socket = socket;
    this.#clock = clock;
    this.mark = mark;
    connection.on('error', (error) => this.giveUp(error));
    socket.once('close', () => this.giveUp(new Error('the server closed the connection')));
  }

  /** Why the connection is no more; `undefined` while it is. */
  get lost(): unknown {
    return this.#lost;
  }

  /** One statement; resolves to its rows. */
  async query(sql: string, limit = QUERY_LIMIT): Promise<Row[]> {
    const [rows] = await this.#run(sql, limit);
    return rowsOf(rows);
  }

  /** At least two statements in one round trip; resolves to the rows of each. The first that fails ends the batch. */
  async batch(statements: readonly string[]): Promise<Row[][]> {
    const [results] = await this.#run(statements.join(';\n'), QUERY_LIMIT);
    return Array.isArray(results) ? results.map(rowsOf) : [];
  }

  /** Ends another session of this server, so that its locks go. Resolves too when there is none of this mark. */
  async kill(mark: string): Promise<void> {
    const [row] = await this.query(`SELECT IS_USED_LOCK('${mark}') AS id`);
    if (typeof row?.id !== 'number') return;
    try {
      await this.query(`KILL ${row.id}`);
    } catch (error) {
      if (!hasErrno(error, errno.noSuchThread)) throw error;
    }
  }

  /** The session cannot be used any more, for this reason. */
  giveUp(error: unknown): void {
    if (this.#lost !== undefined || this.#ended) return;
    this.#lost = error;
    this.#socket.destroy();
    this.onLost();
  }

  /** Cuts the connection at once. */
  destroy(): void {
    this.#ended = true;
    this.#socket.destroy();
  }

  /** Says goodbye; the server has a moment to take it. */
  async end(): Promise<void> {
    this.#ended = true;
    await this.#limited(this.#connection.end(), CONNECT_LIMIT).catch(() => undefined);
    this.#socket.destroy();
  }

  async #run(sql: string, limit: number): Promise<[unknown, FieldPacket[]]> {
    try {
      return await this.#limited(this.#connection.query(sql), limit);
    } catch (error) {
      if (!isAnswer(error)) this.giveUp(error);
      throw error;
    }
  }

  async #limited<T>(work: Promise<T>, limit: number): Promise<T> {
    const late = Promise.withResolvers<never>();
    const timer = this.#clock.after(limit, () => late.reject(new NoAnswer(`no answer within ${limit} ms`)));
    try {
      return await Promise.race([work, late.promise]);
    } finally {
      timer.cancel();
    }
  }
}

/** A statement that returns no rows is answered by counts. */
function rowsOf(result: unknown): Row[] {
  return Array.isArray(result) ? result : [];
}
