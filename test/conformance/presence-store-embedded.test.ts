import { InProcessPresenceStore, type Report } from '../../server/engines/embedded/in-process-presence-store.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { presenceStoreConformance } from './presence-store.ts';

presenceStoreConformance('in process', async () => {
  const clock = new ManualClock();
  const reports = new Map<string, Report>();
  return {
    connect: async () => new InProcessPresenceStore(clock, reports),
    pass: async (ms) => clock.advance(ms),
    remove: async () => undefined,
  };
});
