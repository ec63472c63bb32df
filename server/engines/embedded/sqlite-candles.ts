import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type { CandleInterval, CandleRange, CandleRecord, CountedCandle, NewestCandle } from '../candle-store.ts';
import { candleOf } from '../rows.ts';
import { type Migrations, migrate } from './sqlite-migrate.ts';

const migrations: Migrations = [
  `CREATE TABLE candle (
     symbol TEXT NOT NULL, interval TEXT NOT NULL, time INTEGER NOT NULL, open REAL NOT NULL, high REAL NOT NULL,
     low REAL NOT NULL, close REAL NOT NULL, volume REAL NOT NULL, ticks INTEGER NOT NULL,
     PRIMARY KEY (symbol, interval, time)
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX candle_age ON candle (interval, time);`,
];

/** What the thread of the candles is started with. */
export interface CandleFile {
  readonly path: string;
  /** How long another process may hold the write lock, in milliseconds. */
  readonly busyTimeout: number;
}

/** The candles of one SQLite file. Every call blocks until it is done, so this lives in a thread of its own. */
export class SqliteCandles {
  readonly #db: DatabaseSync;
  readonly #put: StatementSync;
  readonly #ranges: { readonly [End in CandleRange['end']]: StatementSync };
  readonly #newest: StatementSync;
  readonly #forget: StatementSync;

  constructor({ path, busyTimeout }: CandleFile) {
    mkdirSync(dirname(path), { recursive: true });
    const db = new DatabaseSync(path, { timeout: busyTimeout });
    this.#db = db;
    try {
      // What a power cut takes of the last commits can be made again of ticks, or is lost with them.
      db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL');
      migrate(db, migrations, () => undefined);
    } catch (error) {
      db.close();
      throw error;
    }
    this.#put = db.prepare(
      `INSERT INTO candle (symbol, interval, time, open, high, low, close, volume, ticks)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET open = excluded.open, high = excluded.high, low = excluded.low, close = excluded.close,
         volume = excluded.volume, ticks = excluded.ticks
       WHERE excluded.ticks > candle.ticks`,
    );
    const range = 'SELECT * FROM candle WHERE symbol = ? AND interval = ? AND time >= ? AND time < ? ORDER BY time';
    this.#ranges = { oldest: db.prepare(`${range} LIMIT ?`), newest: db.prepare(`${range} DESC LIMIT ?`) };
    this.#newest = db.prepare('SELECT symbol, interval, MAX(time) AS time FROM candle GROUP BY symbol, interval');
    this.#forget = db.prepare(
      `DELETE FROM candle WHERE (symbol, interval, time) IN
         (SELECT symbol, interval, time FROM candle WHERE interval = ? AND time < ? LIMIT ?)`,
    );
  }

  put(candles: readonly CandleRecord[]): void {
    this.#db.exec('BEGIN IMMEDIATE');
    try {
      for (const { symbol, interval, time, open, high, low, close, volume, ticks } of candles)
        this.#put.run(symbol, interval, time, open, high, low, close, volume, ticks);
      this.#db.exec('COMMIT');
    } finally {
      // Some failures end a transaction by themselves, some do not.
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK');
    }
  }

  newest(): NewestCandle[] {
    return this.#newest.all().map(({ symbol, interval, time }) => ({
      symbol: String(symbol),
      interval: interval as CandleInterval, // only such are put in
      time: Number(time),
    }));
  }

  read({ symbol, interval, from, before, limit, end }: CandleRange): CountedCandle[] {
    const candles = this.#ranges[end].all(symbol, interval, from, before, limit).map(candleOf);
    return end === 'newest' ? candles.reverse() : candles;
  }

  forget(interval: CandleInterval, before: number, limit: number): number {
    return Number(this.#forget.run(interval, before, limit).changes);
  }

  close(): void {
    this.#db.close();
  }
}
