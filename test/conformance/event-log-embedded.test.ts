import { systemClock } from '../../server/clock.ts';
import { createEventRing } from '../../server/engines/embedded/event-ring.ts';
import { eventLogConformance } from './event-log.ts';

eventLogConformance('the ring', async () => ({
  isShared: false,
  open: async () => createEventRing({ clock: systemClock, random: Math.random }),
  remove: async () => undefined,
}));
