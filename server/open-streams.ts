import { createEventRing } from './engines/embedded/event-ring.ts';
import type { EventLog } from './engines/event-log.ts';
import type { Hub } from './hub/hub.ts';
import { type EngineStart, withKafka } from './open-engines.ts';
import { type OwnStream, openOwnStream, type StreamPolicy } from './streams/own-stream.ts';

// Loaded where it is chosen, as in `open-engines.ts`.
const kafkaLog = () => import('./engines/kafka/event-log.ts');

/** Opens the streams of `STREAMS`: a topic each where `KAFKA_BROKERS` is set, else in this process. */
export async function openStreams(start: EngineStart, hub: Hub): Promise<ReadonlyMap<string, OwnStream>> {
  const { settings, opened, clock, log: logger } = start;
  const streams = new Map<string, OwnStream>();
  const others = settings.MYSQL_URL !== '' || settings.REDIS_URL !== '';
  if (settings.STREAMS.length > 0 && settings.KAFKA_BROKERS.length === 0 && others)
    logger.warn({}, 'STREAMS is set and KAFKA_BROKERS is not: each instance has streams of its own');
  for (const item of settings.STREAMS) {
    const [name = '', policy] = item.split(':');
    const log = await openLog(start, name);
    opened.defer(() => log.close());
    // The pattern of the setting allows these two.
    const own = await openOwnStream({ name, policy: policy as StreamPolicy, log, hub, clock });
    opened.defer(() => own.close());
    streams.set(name, own);
  }
  return streams;
}

async function openLog(start: EngineStart, name: string): Promise<EventLog> {
  const { settings, clock, random } = start;
  if (settings.KAFKA_BROKERS.length === 0) return createEventRing({ clock, random });
  const topic = `${settings.KAFKA_PREFIX}stream-${name}`;
  return await withKafka(start, async (options) => (await kafkaLog()).openKafkaEventLog({ ...options, topic }));
}
