import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../server/clock.ts';
import { openSqliteCandleStore } from '../../server/engines/embedded/sqlite-candle-store.ts';
import { candleStoreConformance } from './candle-store.ts';

candleStoreConformance('SQLite', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'towncrier-'));
  return {
    isShared: false,
    open: () => openSqliteCandleStore({ folder, clock: systemClock }),
    remove: () => rm(folder, { recursive: true }),
  };
});
