import type { FastifyInstance } from 'fastify';
import { answers, infoSchema } from './schemas.ts';

/** `standby`: it waits until it is needed. */
export type EngineState = 'up' | 'down' | 'standby';

/** What `/api/info` tells of an engine. */
export interface Engine {
  readonly kind: string;
  state(): EngineState | Promise<EngineState>;
}

/** The engines of an instance, by what they are for. */
export type EnginesByPart = Readonly<Record<string, Engine>>;

/** What `/api/info` tells. */
export interface InstanceInfo {
  readonly version: string;
  readonly instance: string;
  /** Of the message store. */
  readonly epoch: string;
  readonly rooms: readonly string[];
  /** How users sign in. */
  readonly auth: 'guest' | 'jwt';
  readonly engines: EnginesByPart;
  /** The page may watch its own connections; it may not where this is absent. */
  readonly lab?: boolean;
  readonly market: { readonly stale: boolean };
  /** Streams that users declared, by name. */
  readonly streams: ReadonlyMap<string, { readonly policy: 'latest' | 'complete'; readonly reachable: boolean }>;
  /** Seconds since the start. */
  uptime(): number;
}

/** `/api/info`: this instance and its engines. */
export function addInfoRoute(app: FastifyInstance, info: InstanceInfo): void {
  const { version, instance, epoch, rooms, auth } = info;
  app.get(
    '/api/info',
    { schema: { tags: ['server'], summary: 'This instance and its engines', response: answers({ 200: infoSchema }) } },
    async () => {
      const engines = await states(info.engines);
      const state = down(engines).length > 0 ? 'degraded' : 'up';
      const uptime = Math.floor(info.uptime());
      return {
        name: 'towncrier',
        version,
        instance,
        state,
        epoch,
        uptime,
        rooms,
        auth,
        lab: info.lab ?? false,
        engines,
        market: { state: info.market.stale ? 'stale' : 'live' },
        streams: streamsOf(info),
      };
    },
  );
}

function streamsOf({ streams }: InstanceInfo) {
  return Object.fromEntries(
    [...streams].map(([name, { policy, reachable }]) => [name, { policy, state: reachable ? 'up' : 'down' }]),
  );
}

/** The parts whose engine does not answer now. */
export async function degradedParts(engines: EnginesByPart): Promise<string[]> {
  return down(await states(engines));
}

function down(engines: Readonly<Record<string, { state: EngineState }>>): string[] {
  return Object.entries(engines).flatMap(([part, { state }]) => (state === 'down' ? [part] : []));
}

async function states(engines: EnginesByPart): Promise<Record<string, { kind: string; state: EngineState }>> {
  const known = Object.entries(engines).map(
    async ([name, engine]) => [name, { kind: engine.kind, state: await engine.state() }] as const,
  );
  return Object.fromEntries(await Promise.all(known));
}
