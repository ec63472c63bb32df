import type { Check } from './check.ts';
import type { Say } from './finding.ts';
import { type Info, readInfo } from './info.ts';

/** Requests by which instances are found: of three, taken by turns or by chance, all are met. */
const REQUESTS = 24;
const AT_ONCE = 6;
/** Engines that live in one instance, and the setting that shares them. */
const OWN: Readonly<Record<string, string>> = { sqlite: 'MYSQL_URL', 'in-process': 'REDIS_URL and KAFKA_BROKERS' };

/** Whether the instances behind the URL belong together: one chat, one way between them, one version. */
export function instancesCheck(base: URL): Check {
  return {
    what: 'Instances',
    async run(say, signal) {
      const met = new Map<string, Info>();
      for (let sent = 0; sent < REQUESTS; sent += AT_ONCE) {
        const some = await Promise.all(Array.from({ length: AT_ONCE }, () => readInfo(base, signal)));
        for (const info of some) met.set(info.instance, info);
      }
      compare(say, [...met.values()]);
    },
  };
}

function compare(say: Say, instances: readonly Info[]): void {
  const what = 'Instances';
  const epochs = new Set(instances.map(({ epoch }) => epoch));
  const versions = new Set(instances.map(({ version }) => version));
  const kinds = instances.flatMap(({ engines }) => Object.values(engines).map(({ kind }) => kind));
  const own = instances.length > 1 ? Object.keys(OWN).filter((kind) => kinds.includes(kind)) : [];
  if (epochs.size > 1)
    say(
      'fail',
      what,
      `${instances.length} were met, with ${epochs.size} different chats: give all of them the same MYSQL_URL`,
    );
  else if (own.length > 0)
    say(
      'fail',
      what,
      `${instances.length} were met, and users of one miss what happens on another: set ${own.map((kind) => OWN[kind]).join(' and ')} for all`,
    );
  else if (instances.length === 1) say('ok', what, 'one was met');
  else say('ok', what, `${instances.length} were met, and they share one chat`);
  if (versions.size > 1)
    say(
      'warn',
      'Versions',
      `the instances have ${[...versions].join(' and ')}: end the update, so that all have the same`,
    );
}
