import type { Clock } from '../clock.ts';
import { describe, errno, hasErrno } from '../engines/mysql/mysql-errors.ts';
import { collationOf } from '../engines/mysql/mysql-schema.ts';
import { openSession, type Row, type Session } from '../engines/mysql/mysql-session.ts';
import { type MysqlAddress, parseMysqlUrl, shown } from '../engines/mysql/mysql-url.ts';
import type { Check } from './check.ts';
import { compareClocks } from './clocks.ts';
import type { Say } from './finding.ts';
import { checkTables } from './mysql-tables.ts';

/** Room for a group of 500 of the largest messages: a start refuses less. */
const LEAST_PACKET = 8 * 1024 * 1024;
/** To hand what was committed to the disk at once. */
const FLUSH_EACH = 1;
/** As a `SELECT` of all that is looked at, where both MySQL and MariaDB know the names. */
const STATE =
  'SELECT VERSION() AS version, @@max_allowed_packet AS packet, @@global.read_only AS readOnly, @@global.innodb_flush_log_at_trx_commit AS flush';

/** Whether the message store can be used, and will keep what it accepts. Changes nothing there. */
export function mysqlCheck(url: string, clock: Clock, newId: () => string): Check {
  return {
    what: 'MySQL',
    async run(say, signal) {
      const address = parseMysqlUrl(url);
      const entered = await enter(address, clock, `towncrier-doctor-${newId()}`).catch((error: unknown) => {
        say('fail', 'MySQL', `${shown(address)} cannot be used: ${describe(error)}; mend that, or correct MYSQL_URL`);
      });
      if (entered === undefined) return;
      const { session, isNew } = entered;
      signal.addEventListener('abort', () => session.destroy());
      try {
        say('ok', 'MySQL', `${shown(address)} answers`);
        await examine(say, session, address, isNew, clock);
      } catch (error) {
        throw new Error(describe(error), { cause: error });
      } finally {
        await session.end();
      }
    },
  };
}

/** A session in the database; where that is not there yet, one without. */
async function enter(
  address: MysqlAddress,
  clock: Clock,
  mark: string,
): Promise<{ readonly session: Session; readonly isNew: boolean }> {
  try {
    return { session: await openSession({ address, clock, mark }), isNew: false };
  } catch (error) {
    // A user without any right there is told that it is denied (1044), be it there or not.
    if (!hasErrno(error, errno.unknownDatabase, 1044)) throw error;
  }
  return { session: await openSession({ address, clock, mark, withoutDatabase: true }), isNew: true };
}

async function examine(say: Say, session: Session, address: MysqlAddress, isNew: boolean, clock: Clock): Promise<void> {
  const [state = {}] = await session.query(STATE);
  const collation = checkVersion(say, String(state.version));
  checkSettings(say, state);
  await compareClocks(say, 'MySQL', clock, async () => {
    const [row] = await session.query('SELECT UNIX_TIMESTAMP(NOW(6)) * 1000 AS time');
    return Number(row?.time);
  });
  if (collation !== undefined) await checkTables(say, session, address, isNew, collation);
}

/** The collation that our tables have on this server; `undefined` where it is too old. */
function checkVersion(say: Say, version: string): string | undefined {
  const what = 'MySQL version';
  try {
    const collation = collationOf(version);
    say('ok', what, version);
    return collation;
  } catch (error) {
    say('fail', what, error instanceof Error ? error.message : String(error));
    return undefined;
  }
}

function checkSettings(say: Say, { packet, readOnly, flush }: Row): void {
  const what = 'MySQL settings';
  let right = true;
  const wrong = (level: 'warn' | 'fail', text: string): void => {
    right = false;
    say(level, what, text);
  };
  if (Number(packet) < LEAST_PACKET)
    wrong('fail', `max_allowed_packet is ${packet} bytes: set it to ${LEAST_PACKET} (8M) or more`);
  // MariaDB has names besides numbers: NO_LOCK and the like are all of a server that is not to be written.
  if (!['0', 'OFF'].includes(String(readOnly)))
    wrong('fail', 'the server is read-only, perhaps a replica: name the primary in MYSQL_URL');
  if (Number(flush) !== FLUSH_EACH)
    wrong(
      'warn',
      `innodb_flush_log_at_trx_commit is ${flush}: a crash of its machine loses messages that were accepted; set it to ${FLUSH_EACH}`,
    );
  if (right) say('ok', what, 'it can be written, takes large groups, and keeps what it committed');
}
