import { randomUUID } from 'node:crypto';
import { writeSync } from 'node:fs';
import { systemClock } from '../../../server/clock.ts';
import { openSqliteStore } from '../../../server/engines/embedded/sqlite-message-store.ts';
import { recordingLog } from '../../chat/recording-log.ts';

// Commits until it is killed, and prints the id of each message once its commit has resolved.

const store = await openSqliteStore({
  folder: process.argv[2] ?? '',
  clock: systemClock,
  log: recordingLog().log,
  newEpoch: randomUUID(),
});

for (let group = 0; ; group++) {
  const drafts = Array.from({ length: 7 }, (_, i) => ({
    room: `room-${i % 2}`,
    id: `${group}-${i}`,
    sender: 'ann',
    content: 'x'.repeat(100 * i),
    time: systemClock.now(),
  }));
  await store.commit(drafts);
  writeSync(1, `${drafts.map((draft) => draft.id).join('\n')}\n`);
}
