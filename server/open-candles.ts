import type { Settings } from './config/settings.ts';
import type { CandleInterval, CandleRecord, CandleStore } from './engines/candle-store.ts';
import { openSqliteCandleStore } from './engines/embedded/sqlite-candle-store.ts';
import { CandleHistory } from './market/candle-history.ts';
import { CandleRecorder } from './market/candle-recorder.ts';
import { readSeeds } from './market/candle-seeds.ts';
import type { Market } from './market/market.ts';
import { type EngineStart, patienceOf } from './open-engines.ts';

// Loaded where it is chosen, as in `open-engines.ts`.
const mysql = () => import('./engines/mysql/mysql-candle-store.ts');

/** MySQL where `MYSQL_URL` is set, else SQLite in `DATA_DIR`. */
export async function openCandleStore(start: EngineStart): Promise<CandleStore> {
  const { settings, opened, clock, log, random, signal, newId } = start;
  const url = settings.MYSQL_URL;
  const store =
    url === ''
      ? await openSqliteCandleStore({ folder: settings.DATA_DIR, clock })
      : await (await mysql()).openMysqlCandleStore({
          url,
          clock,
          log,
          random,
          signal,
          patience: patienceOf(start),
          member: newId(),
        });
  opened.defer(() => store.close());
  return store;
}

/** What a market whose log is empty goes on with. A store that fails now is one without candles. */
export function seedsOf(store: CandleStore, { log }: EngineStart): () => Promise<readonly CandleRecord[]> {
  return () =>
    readSeeds(store).catch((error: unknown) => {
      log.warn({ err: error }, 'the stored candles cannot be read: charts begin anew');
      return [];
    });
}

/** Begins to store candles; resolves to what reads them. */
export function openCandles(start: EngineStart, store: CandleStore, market: Market) {
  const { settings, opened, clock, log } = start;
  const { recent } = market;
  const recorder = new CandleRecorder({ recent, store, clock, log, days: daysOf(settings) });
  opened.defer(() => recorder.close());
  return { recorder, history: new CandleHistory({ recent, store, has: (symbol) => market.has(symbol) }) };
}

function daysOf({ CANDLE_RETENTION }: Settings): { [I in CandleInterval]?: number } {
  // The pattern of the setting is made of the intervals and a number.
  return Object.fromEntries(
    CANDLE_RETENTION.map((item) => item.split(':')).map(([name, days]) => [name, Number(days)]),
  );
}
