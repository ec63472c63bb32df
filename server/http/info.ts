import type { FastifyInstance } from 'fastify';
import { answers, infoSchema } from './schemas.ts';

export type EngineState = 'up' | 'down';

/** What `/api/info` tells of an engine. */
interface Engine {
  readonly kind: string;
  state(): EngineState | Promise<EngineState>;
}

/** What `/api/info` tells. */
export interface InstanceInfo {
  readonly version: string;
  readonly instance: string;
  /** Of the message store. */
  readonly epoch: string;
  readonly rooms: readonly string[];
  readonly engines: Readonly<Record<string, Engine>>;
  /** Seconds since the start. */
  uptime(): number;
}

/** `/api/info`: this instance and its engines. */
export function addInfoRoute(app: FastifyInstance, info: InstanceInfo): void {
  const { version, instance, epoch, rooms } = info;
  app.get(
    '/api/info',
    { schema: { tags: ['server'], summary: 'This instance and its engines', response: answers({ 200: infoSchema }) } },
    async () => ({
      name: 'towncrier',
      version,
      instance,
      epoch,
      uptime: Math.floor(info.uptime()),
      rooms,
      engines: await states(info.engines),
    }),
  );
}

async function states(engines: InstanceInfo['engines']): Promise<Record<string, { kind: string; state: EngineState }>> {
  const known = Object.entries(engines).map(
    async ([name, engine]) => [name, { kind: engine.kind, state: await engine.state() }] as const,
  );
  return Object.fromEntries(await Promise.all(known));
}
