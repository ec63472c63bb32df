import type { Clock } from '../clock.ts';
import type { Settings } from '../config/settings.ts';
import type { Check } from './check.ts';
import { dataFolderCheck } from './data-folder.ts';
import { heartBeatCheck } from './heart-beats.ts';
import { infoCheck } from './info.ts';
import { instancesCheck } from './instances.ts';
import { kafkaCheck } from './kafka.ts';
import { fileLimitCheck, type Machine, nodeCheck } from './machine.ts';
import { mysqlCheck } from './mysql.ts';
import { redisCheck } from './redis.ts';
import { streamCheck } from './stream.ts';
import { websocketCheck } from './websocket.ts';

/** What looking takes. */
export interface Instruments {
  readonly clock: Clock;
  readonly newId: () => string;
  /** To look behind the sign-in of a server that asks for one. */
  readonly token?: string | undefined;
}

/** What is right of every machine that a server runs on. */
export function machineChecks(machine: Machine): Check[] {
  return [nodeCheck(machine), fileLimitCheck(machine)];
}

/** The engines that these settings choose. */
export function engineChecks(settings: Settings, { clock, newId }: Instruments): Check[] {
  const { MYSQL_URL: mysql, REDIS_URL: redis, REDIS_PREFIX: prefix, KAFKA_BROKERS: brokers } = settings;
  return [
    mysql === '' ? dataFolderCheck(settings.DATA_DIR) : mysqlCheck(mysql, clock, newId),
    ...(redis === '' ? [] : [redisCheck({ url: redis, prefix }, clock, newId)]),
    ...(brokers.length === 0 ? [] : [kafkaCheck(settings, clock)]),
  ];
}

/** The way from a browser to the instances. `long` stays for a heart-beat as well. */
export function publicChecks(base: URL, long: boolean, { clock, token }: Instruments): Check[] {
  const ways = [websocketCheck(base, clock, undefined, token), streamCheck(base, clock, undefined, token)];
  const quick = [infoCheck(base), instancesCheck(base), ...ways];
  return long ? [...quick, heartBeatCheck(base, clock, undefined, token)] : quick;
}
