import { Hub } from './hub/hub.ts';
import type { Start } from './start.ts';

/** A client that took no byte for so long is closed, in milliseconds. */
const STALL_TIMEOUT = 30_000;

export function openHub({ clock, settings, opened }: Start): Hub {
  const hub = new Hub({ clock, latencyBudget: settings.LATENCY_BUDGET, stallTimeout: STALL_TIMEOUT });
  opened.defer(() => hub.close());
  return hub;
}
