import { degradedParts, type EnginesByPart } from './info.ts';
import type { Readiness } from './readiness.ts';

/** What `/health/ready` tells. */
export interface Health {
  readonly ready: boolean;
  /** `degraded`: ready, but something does not answer. */
  readonly state: 'ready' | 'degraded' | 'unready';
  /** Why it is not ready. */
  readonly reasons: readonly string[];
  /** What does not answer now. It makes no instance unready, as all share their engines. */
  readonly degraded: readonly string[];
}

export async function healthOf({ reasons }: Readiness, engines: EnginesByPart): Promise<Health> {
  return health(reasons, await degradedParts(engines));
}

/**
 * The health of several workers that share a port: ready while one of them is, because those that are not get no
 * connections. `undefined` is a worker that does not answer.
 * @param stopping - all were told to stop
 */
export function healthOfWorkers(workers: ReadonlyMap<number, Health | undefined>, stopping = false): Health {
  const all = [...workers];
  const unready = all.flatMap(([id, of]) => (of?.ready === true ? [] : [`worker ${id}: ${reasonsOf(of)}`]));
  const parts = new Set(all.flatMap(([, of]) => of?.degraded ?? []));
  if (stopping) return health(['stopping'], [...parts]);
  if (unready.length === all.length) return health(unready.length > 0 ? unready : ['no workers'], [...parts]);
  return health([], [...unready, ...parts]);
}

function reasonsOf(health: Health | undefined): string {
  return health === undefined ? 'does not answer' : health.reasons.join(', ');
}

function health(reasons: readonly string[], degraded: readonly string[]): Health {
  const ready = reasons.length === 0;
  const state = !ready ? 'unready' : degraded.length > 0 ? 'degraded' : 'ready';
  return { ready, state, reasons, degraded };
}
