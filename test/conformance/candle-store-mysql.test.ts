import { randomUUID } from 'node:crypto';
import { after } from 'node:test';
import { systemClock } from '../../server/clock.ts';
import { openMysqlCandleStore } from '../../server/engines/mysql/mysql-candle-store.ts';
import { recordingLog } from '../chat/recording-log.ts';
import { mysqlHost } from '../support/engines/mysql.ts';
import { candleStoreConformance } from './candle-store.ts';

const host = await mysqlHost();
after(() => host.dispose());

candleStoreConformance('MySQL', async () => {
  const url = host.newUrl();
  const { log } = recordingLog();
  return {
    isShared: true,
    open: () => openMysqlCandleStore({ url, clock: systemClock, log, random: Math.random, member: randomUUID() }),
    // The server is removed as a whole, or removes what was made there.
    remove: async () => undefined,
  };
});
