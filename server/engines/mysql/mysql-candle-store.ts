import { escape as quote } from 'mysql2';
import type {
  CandleInterval,
  CandleRange,
  CandleRecord,
  CandleStore,
  CountedCandle,
  NewestCandle,
} from '../candle-store.ts';
import { candleOf, type Row } from '../rows.ts';
import type { MysqlStoreOptions } from './mysql-message-store.ts';
import { prepareDatabase } from './mysql-open.ts';
import { bringUp, checkServer, type Migrations } from './mysql-schema.ts';
import { openSession, type Session } from './mysql-session.ts';
import { Sessions } from './mysql-sessions.ts';
import { parseMysqlUrl, shown } from './mysql-url.ts';
import { type Use, useOf } from './mysql-use.ts';

export interface MysqlCandleStoreOptions extends Omit<MysqlStoreOptions, 'newEpoch'> {
  /** Names this member among those who may write. */
  readonly member: string;
}

/** See `mysql-schema.ts`: a step that was released is never changed. */
const migrations: Migrations = [
  (collation) => {
    const form = `ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE ${collation}`;
    return [
      `CREATE TABLE IF NOT EXISTS chat_meta (name VARCHAR(64) PRIMARY KEY, value VARCHAR(255) NOT NULL) ${form}`,
      `CREATE TABLE IF NOT EXISTS market_candle (
         symbol VARCHAR(64) NOT NULL, period VARCHAR(8) NOT NULL, time BIGINT NOT NULL, open DOUBLE NOT NULL,
         high DOUBLE NOT NULL, low DOUBLE NOT NULL, close DOUBLE NOT NULL, volume DOUBLE NOT NULL, ticks BIGINT NOT NULL,
         PRIMARY KEY (symbol, period, time), KEY age (period, time)
       ) ${form}`,
      `CREATE TABLE IF NOT EXISTS market_writer (
         name VARCHAR(64) PRIMARY KEY, holder VARCHAR(128) NOT NULL, expires BIGINT NOT NULL
       ) ${form}`,
    ];
  },
];

const PATIENCE = 60_000;
/** One writes, another reads for charts; chat has sessions of its own. */
const MOST_SESSIONS = 2;
/** See `CandleStore.claim`, in seconds. */
const CLAIMED = 30;
const COLUMNS = ['open', 'high', 'low', 'close', 'volume'] as const;

/** Opens the candles of a MySQL or MariaDB server, as `openMysqlStore` does the messages. */
export async function openMysqlCandleStore(options: MysqlCandleStoreOptions): Promise<CandleStore> {
  const { clock, random } = options;
  const address = parseMysqlUrl(options.url);
  const part = (): string => Math.floor(random() * 2 ** 53).toString(36);
  const mark = (): string => `towncrier-${part()}-${part()}`;
  const prepare = async (session: Session): Promise<void> =>
    bringUp(session, await checkServer(session), { version: 'market_version', migrations });
  await prepareDatabase({ ...options, address, mark, prepare, patience: options.patience ?? PATIENCE });
  const open = (): Promise<Session> => openSession({ address, clock, mark: mark() });
  const sessions = new Sessions({ ...options, name: shown(address), open, most: MOST_SESSIONS });
  return new MysqlCandleStore(sessions, options.member);
}

/** Candles that many instances share. */
class MysqlCandleStore implements CandleStore {
  readonly #sessions: Sessions;
  readonly #use: Use;
  readonly #member: string;

  constructor(sessions: Sessions, member: string) {
    this.#sessions = sessions;
    this.#use = useOf(sessions);
    this.#member = member;
  }

  /** By the clock of the database, which is the same for all. */
  async claim(): Promise<boolean> {
    const statements = [
      // Assignments are made one after the other, so the second one knows who holds it now.
      `INSERT INTO market_writer VALUES ('candles', ${quote(this.#member)}, UNIX_TIMESTAMP() + ${CLAIMED})
       ON DUPLICATE KEY UPDATE holder = IF(expires < UNIX_TIMESTAMP(), VALUES(holder), holder),
         expires = IF(holder = VALUES(holder), VALUES(expires), expires)`,
      `SELECT holder = ${quote(this.#member)} AS mine FROM market_writer WHERE name = 'candles'`,
    ];
    const [, [row] = []] = await this.#use((session) => session.batch(statements));
    return row?.mine === 1;
  }

  async put(candles: readonly CandleRecord[]): Promise<void> {
    if (candles.length === 0) return;
    // The number of ticks is compared by all the others, so it is assigned last.
    const fuller = COLUMNS.map((name) => `${name} = IF(VALUES(ticks) > ticks, VALUES(${name}), ${name})`);
    await this.#query(
      `INSERT INTO market_candle VALUES ${candles.map(valuesOf).join()}
       ON DUPLICATE KEY UPDATE ${fuller.join()}, ticks = GREATEST(ticks, VALUES(ticks))`,
    );
  }

  async newest(): Promise<NewestCandle[]> {
    const rows = await this.#query(
      'SELECT symbol, period, MAX(time) AS time FROM market_candle GROUP BY symbol, period',
    );
    return rows.map(({ symbol, period, time }) => ({
      symbol: String(symbol),
      interval: String(period) as CandleInterval, // only such are put in
      time: Number(time),
    }));
  }

  async read({ symbol, interval, from, before, limit, end }: CandleRange): Promise<CountedCandle[]> {
    const where = `symbol = ${quote(symbol)} AND period = ${quote(interval)} AND time >= ${from} AND time < ${before}`;
    const order = end === 'newest' ? 'DESC' : 'ASC';
    const rows = await this.#query(`SELECT * FROM market_candle WHERE ${where} ORDER BY time ${order} LIMIT ${limit}`);
    const candles = rows.map(candleOf);
    return end === 'newest' ? candles.reverse() : candles;
  }

  async forget(interval: CandleInterval, before: number, limit: number): Promise<number> {
    const where = `period = ${quote(interval)} AND time < ${before}`;
    return this.#use(async (session) => {
      const results = await session.batch([
        `DELETE FROM market_candle WHERE ${where} ORDER BY time LIMIT ${limit}`,
        'SELECT ROW_COUNT() AS deleted',
      ]);
      return Number(results[1]?.[0]?.deleted ?? 0);
    });
  }

  close(): Promise<void> {
    return this.#sessions.close();
  }

  #query(sql: string): Promise<Row[]> {
    return this.#use((session) => session.query(sql));
  }
}

function valuesOf({ symbol, interval, time, open, high, low, close, volume, ticks }: CandleRecord): string {
  return `(${[symbol, interval, time, open, high, low, close, volume, ticks].map((value) => quote(value)).join()})`;
}
