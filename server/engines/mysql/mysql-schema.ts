import { escape as quote } from 'mysql2';
import { errno, hasErrno, NotYet } from './mysql-errors.ts';
import type { Session } from './mysql-session.ts';

/** Servers differ in the name of the collation that compares letter by letter, trailing blanks included. */
export type Collation = 'utf8mb4_0900_bin' | 'utf8mb4_nopad_bin';

/** Steps from an empty database to tables of the present form; each is the statements that take it. */
export type Migrations = readonly ((collation: Collation) => readonly string[])[];

/**
 * How the tables came to their present form, one step a version: `chat_meta` counts the steps that were taken. A step that
 * was released is never changed; a new one is added at the end. The server commits each statement by itself, so a step
 * must stand being begun again in its middle.
 */
const migrations: Migrations = [
  (collation) => {
    const form = `ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE ${collation}`;
    return [
      `CREATE TABLE IF NOT EXISTS chat_meta (name VARCHAR(64) PRIMARY KEY, value VARCHAR(255) NOT NULL) ${form}`,
      `CREATE TABLE IF NOT EXISTS chat_room (name VARCHAR(64) PRIMARY KEY, head BIGINT NOT NULL) ${form}`,
      `CREATE TABLE IF NOT EXISTS chat_message (
         room VARCHAR(64) NOT NULL, seq BIGINT NOT NULL, id VARCHAR(128) NOT NULL, sender VARCHAR(200) NOT NULL,
         content MEDIUMTEXT NOT NULL, time BIGINT NOT NULL,
         PRIMARY KEY (room, seq), UNIQUE KEY one_id (room, sender, id)
       ) ${form}`,
    ];
  },
  (collation) => {
    const form = `ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE ${collation}`;
    return [
      'ALTER TABLE chat_message ADD COLUMN target BIGINT NULL',
      `CREATE TABLE IF NOT EXISTS chat_erased (
         room VARCHAR(64) NOT NULL, seq BIGINT NOT NULL, erased_key CHAR(32) NOT NULL, deletion BIGINT NOT NULL,
         time BIGINT NOT NULL, PRIMARY KEY (room, seq), UNIQUE KEY one_key (room, erased_key)
       ) ${form}`,
      `CREATE TABLE IF NOT EXISTS chat_mute (
         room VARCHAR(64) NOT NULL, mute_key VARCHAR(200) NOT NULL, name VARCHAR(200) NOT NULL, until BIGINT NOT NULL,
         addresses TEXT NOT NULL, PRIMARY KEY (room, mute_key)
       ) ${form}`,
      `CREATE TABLE IF NOT EXISTS chat_room_rules (
         room VARCHAR(64) PRIMARY KEY, slow_mode INT NOT NULL, closed TINYINT NOT NULL
       ) ${form}`,
      `CREATE TABLE IF NOT EXISTS chat_word (word VARCHAR(200) PRIMARY KEY) ${form}`,
      `CREATE TABLE IF NOT EXISTS chat_audit (
         id BIGINT PRIMARY KEY AUTO_INCREMENT, time BIGINT NOT NULL, moderator VARCHAR(200) NOT NULL,
         action VARCHAR(64) NOT NULL, target VARCHAR(300) NOT NULL, reason TEXT NOT NULL
       ) ${form}`,
    ];
  },
];

const LOCK = 'towncrier-migrations';
/** A change of the tables may take so long, in milliseconds. */
const STEP_LIMIT = 600_000;
/** Room for a group of 500 of the largest messages. */
const LEAST_PACKET = 8 * 1024 * 1024;
/** What a group does to the tables, without doing anything: the server checks rights and read-only all the same. */
const rehearsal = [
  'INSERT INTO chat_message SELECT * FROM chat_message WHERE 1 = 0',
  'INSERT INTO chat_room SELECT * FROM chat_room WHERE 1 = 0',
  'UPDATE chat_room SET head = head WHERE 1 = 0',
  // Of retention, and of mutes that are over.
  'DELETE FROM chat_message WHERE 1 = 0',
];

/**
 * Brings the session's database to the newest form and returns its epoch: `newEpoch` where it is new. Rejects with a
 * sentence for a server that is too old, settings too small, tables of a newer form; with the server's error where
 * rights are missing.
 */
export async function prepareSchema(session: Session, newEpoch: string): Promise<string> {
  const collation = await checkServer(session);
  await bringUp(session, collation, { version: 'version', migrations, initial: { epoch: newEpoch } });
  await session.batch(rehearsal);
  const epoch = await readEpoch(session);
  if (epoch === undefined) throw new Error('its table chat_meta has no epoch: the tables were damaged');
  return epoch;
}

/** The name of the history that the session's database holds. Rejects where there are no tables. */
export async function readEpoch(session: Session): Promise<string | undefined> {
  const [row] = await session.query("SELECT value FROM chat_meta WHERE name = 'epoch'");
  return row === undefined ? undefined : String(row.value);
}

/** What names compare by on this server. Throws for one that is too old or set too small. */
export async function checkServer(session: Session): Promise<Collation> {
  const [row] = await session.query('SELECT VERSION() AS version, @@max_allowed_packet AS packet');
  const version = String(row?.version);
  const packet = Number(row?.packet);
  if (packet < LEAST_PACKET) {
    throw new Error(`its max_allowed_packet is ${packet} bytes: set it to ${LEAST_PACKET} (8M) or more`);
  }
  return collationOf(version);
}

/** By the version that a server tells. Throws for one that is too old. */
export function collationOf(version: string): Collation {
  const [major = 0, minor = 0, patch = 0] = (/^\d+\.\d+(?:\.\d+)?/.exec(version)?.[0] ?? '').split('.').map(Number);
  const isMariaDb = /mariadb/i.test(version);
  const [needed, asNumber] = isMariaDb ? ['10.11', 10_011_000] : ['8.0.17', 8_000_017];
  if (major * 1_000_000 + minor * 1_000 + patch < asNumber) {
    throw new Error(`it is version ${version}: ${isMariaDb ? 'MariaDB' : 'MySQL'} ${needed} or later is needed`);
  }
  return isMariaDb ? 'utf8mb4_nopad_bin' : 'utf8mb4_0900_bin';
}

/** Tables that belong together and change together. */
export interface TableSet {
  /** Under this name `chat_meta` counts the steps that were taken. */
  readonly version: string;
  readonly migrations: Migrations;
  /** Values that `chat_meta` gets where it has none of their names. */
  readonly initial?: Readonly<Record<string, string>>;
}

/** Brings a set of tables to its newest form. Rejects where a newer program made them. */
export async function bringUp(session: Session, collation: Collation, tables: TableSet): Promise<void> {
  if ((await readVersion(session, tables)) < tables.migrations.length) await migrate(session, collation, tables);
}

/** Steps taken. Throws for a form that a newer program made. */
async function readVersion(session: Session, { version: name, migrations }: TableSet): Promise<number> {
  let version = 0;
  try {
    const [row] = await session.query(`SELECT value FROM chat_meta WHERE name = ${quote(name)}`);
    version = Number(row?.value ?? 0);
  } catch (error) {
    if (!hasErrno(error, errno.noSuchTable)) throw error;
  }
  if (version > migrations.length) {
    throw new Error(
      `its tables have form ${version}, made by a newer version of this program that knows more than ours`,
    );
  }
  return version;
}

/** Of several instances at a new database one makes the tables, and the others find them made. */
async function migrate(session: Session, collation: Collation, tables: TableSet): Promise<void> {
  const [row] = await session.query(`SELECT GET_LOCK('${LOCK}', 1) AS got`);
  if (row?.got !== 1) throw new NotYet('another instance is changing the tables');
  try {
    for (let version = await readVersion(session, tables); version < tables.migrations.length; version++) {
      for (const statement of tables.migrations[version]?.(collation) ?? []) await change(session, statement);
      for (const [name, value] of Object.entries(tables.initial ?? {}))
        await session.query(setMeta(name, value, 'value'));
      await session.query(setMeta(tables.version, String(version + 1), 'VALUES(value)'));
    }
  } finally {
    // A session that was lost gave the lock back by that.
    if (session.lost === undefined) await session.query(`SELECT RELEASE_LOCK('${LOCK}')`);
  }
}

async function change(session: Session, statement: string): Promise<void> {
  try {
    await session.query(statement, STEP_LIMIT);
  } catch (error) {
    // Of MySQL there is no "ADD COLUMN IF NOT EXISTS": a step that was cut has added it already.
    if (!hasErrno(error, errno.duplicateColumn)) throw error;
  }
}

/** `otherwise`: what becomes of a value that is there. */
function setMeta(name: string, value: string, otherwise: 'value' | 'VALUES(value)'): string {
  const row = `(${quote(name)}, ${quote(value)})`;
  return `INSERT INTO chat_meta (name, value) VALUES ${row} ON DUPLICATE KEY UPDATE value = ${otherwise}`;
}
