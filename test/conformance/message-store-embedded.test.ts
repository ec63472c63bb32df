import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqliteStore } from '../../server/engines/embedded/sqlite-message-store.ts';
import { recordingLog } from '../chat/recording-log.ts';
import { fastClock } from '../support/fast-clock.ts';
import { messageStoreConformance } from './message-store.ts';

/** A thousand commits at once are as many flushes of a disk that may be slow: 2 s are not enough for the last of them. */
const patient = fastClock(0.1);

messageStoreConformance('SQLite', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'towncrier-'));
  return {
    open: () => openSqliteStore({ folder, clock: patient, log: recordingLog().log, newEpoch: randomUUID() }),
    remove: () => rm(folder, { recursive: true }),
  };
});
