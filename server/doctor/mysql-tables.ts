import { escapeId, escape as quote } from 'mysql2';
import { describe, errno, hasErrno } from '../engines/mysql/mysql-errors.ts';
import type { Session } from '../engines/mysql/mysql-session.ts';
import type { MysqlAddress } from '../engines/mysql/mysql-url.ts';
import type { Say } from './finding.ts';
import { missingRights } from './mysql-grants.ts';

/** The form of the tables that this program makes: the number of steps in mysql-schema.ts; a test compares them. */
const NEWEST_FORM = 2;
const TABLES = [
  'chat_meta', 'chat_room', 'chat_message', 'chat_erased', 'chat_mute', 'chat_room_rules', 'chat_word', 'chat_audit',
]; // biome-ignore format: a list of names
/** What storing and reading do, without doing anything: the server checks rights all the same. */
const rehearsal = [
  'INSERT INTO chat_message SELECT * FROM chat_message WHERE 1 = 0',
  'INSERT INTO chat_room SELECT * FROM chat_room WHERE 1 = 0',
  'UPDATE chat_room SET head = head WHERE 1 = 0',
  'DELETE FROM chat_message WHERE 1 = 0',
];

/** Whether the tables are there in the newest form, or will be, and whether our user may use them. */
export async function checkTables(
  say: Say,
  session: Session,
  address: MysqlAddress,
  isNew: boolean,
  collation: string,
): Promise<void> {
  const form = isNew ? 0 : await formOf(session);
  checkForm(say, form, isNew);
  await checkRights(say, session, address, form > 0);
  if (form > 0) await checkCollation(say, session, address.database, collation);
}

/** Steps that the tables have taken; 0 where there are none. */
async function formOf(session: Session): Promise<number> {
  try {
    const [row] = await session.query("SELECT value FROM chat_meta WHERE name = 'version'");
    return Number(row?.value ?? 0);
  } catch (error) {
    // Who may not read it is told of the missing right next.
    if (hasErrno(error, errno.noSuchTable, 1142)) return 0;
    throw error;
  }
}

function checkForm(say: Say, form: number, isNew: boolean): void {
  const what = 'MySQL tables';
  if (form > NEWEST_FORM)
    say('fail', what, `they have form ${form}, made by a newer version of this program: install that one here too`);
  else if (form === NEWEST_FORM) say('ok', what, `they have the newest form, ${form}`);
  else if (form > 0) say('ok', what, `they have form ${form}; the next start brings them to ${NEWEST_FORM}`);
  else say('ok', what, isNew ? 'the first start makes the database and its tables' : 'the first start makes them');
}

async function checkRights(say: Say, session: Session, address: MysqlAddress, made: boolean): Promise<void> {
  const what = 'MySQL rights';
  const help = helpFor(address);
  try {
    if (made) await session.batch(rehearsal);
  } catch (error) {
    say('fail', what, `the user may not store and read messages (${describe(error)}); ${help}`);
    return;
  }
  const rows = await session.query('SHOW GRANTS');
  const missing = missingRights(
    rows.map((row) => String(Object.values(row)[0])),
    address.database,
  );
  if (missing === undefined)
    say('warn', what, `they come by roles and cannot be seen from here; if a start fails, ${help}`);
  else if (missing.length === 0) say('ok', what, 'the user may read, store and change the tables');
  else if (made)
    say('warn', what, `a newer version may have to change the tables, and ${missing.join(', ')} is missing; ${help}`);
  else say('fail', what, `${missing.join(', ')} is missing to make the tables; ${help}`);
}

function helpFor({ database, user }: MysqlAddress): string {
  const name = escapeId(database, true);
  const rights = 'SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER, INDEX';
  return `as its administrator run: CREATE DATABASE IF NOT EXISTS ${name}; GRANT ${rights} ON ${name}.* TO '${user}'`;
}

async function checkCollation(say: Say, session: Session, database: string, wanted: string): Promise<void> {
  const what = 'MySQL collation';
  const names = TABLES.map((table) => quote(table)).join(', ');
  const rows = await session.query(
    `SELECT TABLE_NAME AS name, TABLE_COLLATION AS collation FROM information_schema.TABLES WHERE TABLE_SCHEMA = ${quote(database)} AND TABLE_NAME IN (${names})`,
  );
  const wrong = rows.filter((row) => row.collation !== wanted).map((row) => `${row.name} (${row.collation})`);
  if (wrong.length === 0) say('ok', what, `${wanted}, so that names and ids differ when a letter does`);
  else
    say(
      'fail',
      what,
      `${wrong.join(', ')} must be ${wanted}, or ids that differ in case are taken for one: ALTER TABLE … CONVERT TO CHARACTER SET utf8mb4 COLLATE ${wanted}`,
    );
}
