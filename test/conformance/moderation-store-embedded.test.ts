import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../server/clock.ts';
import { openSqliteStore } from '../../server/engines/embedded/sqlite-message-store.ts';
import { recordingLog } from '../chat/recording-log.ts';
import { moderationStoreConformance } from './moderation-store.ts';

moderationStoreConformance('SQLite', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'towncrier-'));
  return {
    open: () => openSqliteStore({ folder, clock: systemClock, log: recordingLog().log, newEpoch: randomUUID() }),
    remove: () => rm(folder, { recursive: true }),
  };
});
