import { escape as quote } from 'mysql2';
import type { Clock } from '../../clock.ts';
import type { Logger } from '../../log.ts';
import type { Draft, Entry, Outcome, Unit, Which } from '../message-store.ts';
import type { ModeratedStore, ModerationStore } from '../moderation-store.ts';
import { entryOf, type Row } from '../rows.ts';
import { commitGroup } from './mysql-commit.ts';
import { Group } from './mysql-group.ts';
import { mysqlModeration } from './mysql-moderation.ts';
import { prepareDatabase } from './mysql-open.ts';
import { prepareSchema, readEpoch } from './mysql-schema.ts';
import { openSession, type Session } from './mysql-session.ts';
import { Sessions } from './mysql-sessions.ts';
import { type MysqlAddress, parseMysqlUrl, shown } from './mysql-url.ts';
import { type Use, useOf } from './mysql-use.ts';

export interface MysqlStoreOptions {
  /** `mysql://user:password@host:port/database?ssl=true&sslCa=path`; the database is `websockets_db` by default. */
  readonly url: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** Names the history, where the database is new. */
  readonly newEpoch: string;
  /** A number in [0, 1), like `Math.random`: for pauses, and for names that must differ between instances. */
  readonly random: () => number;
  /** How long to wait at the start for a server that is not there, in milliseconds; for ever by `Infinity`. 60 s by default. */
  readonly patience?: number;
  /** Ends that wait: it rejects with the reason. */
  readonly signal?: AbortSignal;
}

/** A message store that tells whether its server answered when it was last asked. */
export interface MysqlStore extends ModeratedStore {
  readonly up: boolean;
}

const PATIENCE = 60_000;
/** Before a group is begun again that was in a deadlock, at most, in milliseconds. */
const DEADLOCK_PAUSE = 20;

/**
 * Opens the message store of a MySQL 8 or MariaDB 10.11 server, or later; waits for the server, saying so in the log, and
 * makes database and tables where they are missing. Rejects with a sentence for the operator where that cannot be.
 */
export async function openMysqlStore(options: MysqlStoreOptions): Promise<MysqlStore> {
  const address = parseMysqlUrl(options.url);
  // Two numbers of 53 bits: no other session of the server has that name.
  const part = (): string => Math.floor(options.random() * 2 ** 53).toString(36);
  const mark = (): string => `towncrier-${part()}-${part()}`;
  const prepare = (session: Session): Promise<string> => prepareSchema(session, options.newEpoch);
  const epoch = await prepareDatabase({ ...options, address, mark, prepare, patience: options.patience ?? PATIENCE });
  return new MysqlMessageStore(options, address, mark, epoch);
}

/** The message store that many instances share: one lock a room gives them one order. */
class MysqlMessageStore implements MysqlStore {
  readonly moderation: ModerationStore;
  readonly #options: MysqlStoreOptions;
  readonly #address: MysqlAddress;
  readonly #mark: () => string;
  readonly #epoch: string;
  readonly #sessions: Sessions;
  readonly #use: Use;

  constructor(options: MysqlStoreOptions, address: MysqlAddress, mark: () => string, epoch: string) {
    this.#options = options;
    this.#address = address;
    this.#mark = mark;
    this.#epoch = epoch;
    this.#sessions = new Sessions({ ...options, name: shown(address), open: () => this.#open() });
    // A new session sees, too, whether the server has the same history.
    this.#use = useOf(this.#sessions);
    this.moderation = mysqlModeration(this.#use);
  }

  get up(): boolean {
    return this.#sessions.up;
  }

  /** Known since the start, and still that of every session: see `#open`. */
  async epoch(): Promise<string> {
    this.#sessions.refuseIfClosed();
    return this.#epoch;
  }

  async commit(drafts: readonly Draft[], units: readonly Unit[] = []): Promise<Outcome[]> {
    this.#sessions.refuseIfClosed();
    if (drafts.length === 0) return [];
    const group = new Group(drafts, units);
    return this.#use((session) => commitGroup(session, group, () => this.#pause()));
  }

  async head(room: string): Promise<number> {
    const [row] = await this.#read(`SELECT head FROM chat_room WHERE name = ${quote(room)}`);
    return Number(row?.head ?? 0);
  }

  async after(room: string, after: number, limit: number, which: Which = 'all'): Promise<Entry[]> {
    const where = `room = ${quote(room)} AND seq > ${quote(after)}${only(which)}`;
    const oldest = `SELECT * FROM chat_message WHERE ${where} ORDER BY seq LIMIT ${quote(limit)}`;
    return (await this.#read(oldest)).map(entryOf);
  }

  async before(room: string, before: number, limit: number, which: Which = 'all'): Promise<Entry[]> {
    const where = `room = ${quote(room)} AND seq < ${quote(before)}${only(which)}`;
    const newest = `SELECT * FROM chat_message WHERE ${where} ORDER BY seq DESC LIMIT ${quote(limit)}`;
    return (await this.#read(newest)).map(entryOf).reverse();
  }

  close(): Promise<void> {
    return this.#sessions.close();
  }

  #read(sql: string): Promise<Row[]> {
    return this.#use((session) => session.query(sql));
  }

  /** A session of the same history as at the start: positions of another would mean other messages. */
  async #open(): Promise<Session> {
    const session = await openSession({ address: this.#address, clock: this.#options.clock, mark: this.#mark() });
    try {
      if ((await readEpoch(session)) === this.#epoch) return session;
      throw new Error('another database has taken its place since the start: start this instance again');
    } catch (error) {
      session.destroy();
      throw error;
    }
  }

  #pause(): Promise<void> {
    const { clock, random } = this.#options;
    return new Promise((resolve) => void clock.after(DEADLOCK_PAUSE * random(), resolve));
  }
}

function only(which: Which): string {
  return which === 'messages' ? ' AND target IS NULL' : '';
}
