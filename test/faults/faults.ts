import type { Crowd } from './crowd.ts';
import type { System } from './system.ts';

export interface Fault {
  readonly name: string;
  /** Prices must move again so soon, in seconds: a promise to users. */
  readonly within?: number;
  /** Does it, and resolves once what was broken runs again. */
  run(system: System, crowd: Crowd): Promise<void>;
}

interface Engine {
  kill(): Promise<unknown>;
  freeze(): void;
  thaw(): void;
}

/** Another feed takes over within so many seconds (`engines/leadership.ts`). */
const TAKEOVER = 10;
const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
/** How long an engine that was killed stays away, in milliseconds. */
const AWAY = 3_000;

/** Every fault that the guarantees speak of. `freeze` is how long something is frozen, in milliseconds. */
export function allFaults(freeze: number): readonly Fault[] {
  const frozen = (name: string, pick: (system: System) => Engine | Promise<Engine>): Fault => ({
    name: `${name} frozen for ${freeze / 1_000} s`,
    async run(system) {
      const engine = await pick(system);
      engine.freeze();
      await wait(freeze);
      engine.thaw();
    },
  });
  return [
    killed('an instance', first, (system) => first(system).start()),
    killed(
      'Redis',
      ({ redis }) => redis,
      ({ redis }) => redis.restart(),
    ),
    killed(
      'the database',
      ({ mysql }) => mysql,
      ({ mysql }) => mysql.start(),
    ),
    killed(
      'Kafka',
      ({ kafka }) => kafka,
      ({ kafka }) => kafka.run(),
    ),
    frozen('an instance', first),
    frozen('Redis', ({ redis }) => redis),
    frozen('the database', ({ mysql }) => mysql),
    frozen('Kafka', ({ kafka }) => kafka),
    {
      name: 'the active feed killed',
      within: TAKEOVER,
      async run(system) {
        const feed = await system.activeFeed();
        await feed.kill();
        await system.activeFeed();
        await feed.start();
      },
    },
    { ...frozen('the active feed', (system) => system.activeFeed()), within: TAKEOVER },
    { name: 'half of all sockets closed', run: async (_system, crowd) => crowd.cutHalf() },
  ];
}

function first({ apps: [app] }: System) {
  if (app === undefined) throw new Error('there is no instance');
  return app;
}

function killed(name: string, pick: (system: System) => Engine, restart: (system: System) => Promise<void>): Fault {
  return {
    name: `${name} killed and restarted`,
    async run(system) {
      await pick(system).kill();
      await wait(AWAY);
      await restart(system);
    },
  };
}
