import { systemClock } from '../../server/clock.ts';
import { createTickRing } from '../../server/engines/embedded/tick-ring.ts';
import { tickLogConformance } from './tick-log.ts';

tickLogConformance('in process', async () => {
  return { log: createTickRing({ clock: systemClock, random: Math.random }), remove: async () => undefined };
});
