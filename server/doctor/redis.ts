import type { Clock } from '../clock.ts';
import { inTime, type RedisClient } from '../engines/redis/redis-client.ts';
import { dial, HASH_TAG } from '../engines/redis/redis-dial.ts';
import { refusalOf, saidBy } from '../engines/redis/redis-errors.ts';
import { parseRedisUrl, type RedisTarget } from '../engines/redis/redis-url.ts';
import type { Check } from './check.ts';
import { compareClocks } from './clocks.ts';
import type { Say } from './finding.ts';
import { checkRedisState } from './redis-state.ts';

export interface RedisPlace {
  readonly url: string;
  readonly prefix: string;
}

/** What is asked for, with a client of its own to listen by: one that listens may not publish. */
interface Visit extends RedisPlace {
  readonly target: RedisTarget;
  readonly clock: Clock;
  readonly id: string;
  readonly client: RedisClient;
  readonly listening: RedisClient;
}

/** How long what is written there for a try stays, in milliseconds. */
const TRY_EXPIRY = '1000';
const TRY = `redis.call('SET', KEYS[1], '', 'PX', ARGV[1])`;

/** Whether Redis carries messages between instances, and may hold who is here. What it writes is gone after a second. */
export function redisCheck(place: RedisPlace, clock: Clock, newId: () => string): Check {
  return {
    what: 'Redis',
    async run(say, signal) {
      const target = parseRedisUrl(place.url);
      const options = { clock, target, tls: undefined, name: 'towncrier-doctor' };
      const dialled = await Promise.allSettled([dial(options), dial(options)]);
      const clients = dialled.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
      const end = (): void => {
        for (const each of clients) each.destroy();
      };
      signal.addEventListener('abort', end);
      const [client, listening] = clients;
      const failure = dialled.find((each) => each.status === 'rejected');
      if (client === undefined || listening === undefined) say('fail', 'Redis', wordsFor(failure?.reason, target));
      else {
        say('ok', 'Redis', `${target.label} answers`);
        await examine(say, { ...place, target, clock, id: newId(), client, listening });
      }
    },
  };
}

async function examine(say: Say, visit: Visit): Promise<void> {
  const { client, clock, target } = visit;
  const about = async (what: string, look: () => Promise<void>): Promise<void> => {
    try {
      await look();
    } catch (error) {
      say('fail', what, refusalOf(error, target.label)?.message ?? `it does not work: ${saidBy(error)}`);
    }
  };
  await checkRedisState(say, () => inTime(clock, client.sendCommand(['INFO'])));
  await about('Redis pub/sub', () => checkPubSub(say, visit));
  await about('Redis writing', () => checkWriting(say, visit));
  await about('Redis clock', () => compareClocks(say, 'Redis', clock, () => timeOf(visit)));
}

async function checkPubSub(say: Say, { client, listening, clock, prefix, id }: Visit): Promise<void> {
  const channel = `${prefix}doctor-${id}-channel`;
  const heard = Promise.withResolvers<void>();
  await inTime(
    clock,
    listening.subscribe(channel, (payload) => payload === id && heard.resolve()),
  );
  await inTime(clock, client.publish(channel, id));
  await inTime(clock, heard.promise);
  say('ok', 'Redis pub/sub', 'what is published is heard');
}

/** By the same kind of script and key as the users who are here are kept with. */
async function checkWriting(say: Say, { client, clock, prefix, id }: Visit): Promise<void> {
  const keys = [`${prefix}${HASH_TAG}:presence:doctor-${id}`];
  try {
    await inTime(clock, client.eval(TRY, { keys, arguments: [TRY_EXPIRY] }));
    say('ok', 'Redis writing', 'who is here can be kept');
  } catch (error) {
    const said = saidBy(error);
    if (!said.includes('READONLY')) throw error;
    const advice = 'name the master in REDIS_URL, or the Sentinels, who know it';
    say(
      'fail',
      'Redis writing',
      `it is a read-only replica, so nobody is counted and messages may come late: ${advice}`,
    );
  }
}

async function timeOf({ client, clock }: Visit): Promise<number> {
  const answer: unknown = await inTime(clock, client.sendCommand(['TIME']));
  const [seconds, micros] = Array.isArray(answer) ? answer : [];
  return Number(seconds) * 1_000 + Number(micros) / 1_000;
}

function wordsFor(error: unknown, { label }: RedisTarget): string {
  return (
    refusalOf(error, label)?.message ?? `does not answer at ${label} (${saidBy(error)}): start it, or correct REDIS_URL`
  );
}
