import type { Setting } from './settings.ts';

/** How an instance says goodbye to its clients; see `Setting`. */
export const drainSettings = {
  DRAIN_DELAY: {
    type: 'integer',
    default: 0,
    min: 0,
    max: 600,
    unit: 's',
    text: 'How long an instance that is told to stop still takes new clients: the time in which a load balancer sees that it is not ready.',
  },
  DRAIN_WINDOW: {
    type: 'integer',
    default: 10,
    min: 0,
    max: 3_600,
    unit: 's',
    text: 'The longest time over which an instance that stops tells its clients to go elsewhere; up to 200 clients it takes less than a second.',
  },
} as const satisfies Record<string, Setting>;
