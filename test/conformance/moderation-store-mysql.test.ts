import { randomUUID } from 'node:crypto';
import { after } from 'node:test';
import { systemClock } from '../../server/clock.ts';
import { openMysqlStore } from '../../server/engines/mysql/mysql-message-store.ts';
import { recordingLog } from '../chat/recording-log.ts';
import { mysqlHost } from '../support/engines/mysql.ts';
import { moderationStoreConformance } from './moderation-store.ts';

const host = await mysqlHost();
after(() => host.dispose());

moderationStoreConformance('MySQL', async () => {
  const url = host.newUrl();
  const { log } = recordingLog();
  return {
    open: () => openMysqlStore({ url, clock: systemClock, log, newEpoch: randomUUID(), random: Math.random }),
    // The server is removed as a whole, or removes what was made there.
    remove: async () => undefined,
  };
});
