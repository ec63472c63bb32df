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
      };
    },
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
