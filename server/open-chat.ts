import { type Chat, createChat } from './chat/chat.ts';
import { Retention } from './chat/retention.ts';
import { watchEngine } from './http/engine-watch.ts';
import type { Hub } from './hub/hub.ts';
import { openBackplane, openPresenceStore, openStore } from './open-engines.ts';
import { openHub } from './open-hub.ts';
import { openTracer } from './open-tracer.ts';
import type { EnginesSoFar, Start } from './start.ts';

/** The hub of an instance with clients, and its chat, on the engines that the settings name. */
export async function openChat(
  start: Start,
  instance: string,
  engines: EnginesSoFar,
): Promise<{ hub: Hub; chat: Chat }> {
  const { opened, settings, clock, log, newId } = start;
  const store = await openStore(start);
  engines.messageStore = watchEngine(store);
  const backplane = await openBackplane(start);
  engines.backplane = watchEngine(backplane);
  const presenceStore = await openPresenceStore(start);
  engines.presenceStore = watchEngine(presenceStore);
  const unheard = settings.MYSQL_URL !== '' && settings.REDIS_URL === '';
  if (settings.MYSQL_URL === '' && settings.REDIS_URL !== '')
    log.warn({}, 'REDIS_URL is set and MYSQL_URL is not: each instance has a chat of its own');
  const hub = openHub(start);
  const rooms = settings.CHAT_ROOMS;
  const parts = { store: store.engine, backplane: backplane.engine, presenceStore: presenceStore.engine };
  const tracer = await openTracer(start, instance);
  const chat = await createChat({ ...parts, hub, clock, log, newId, rooms, instance, unheard, tracer });
  opened.defer(() => chat.close());
  const { CHAT_RETENTION_DAYS: days, CHAT_RETENTION_ROWS: rows } = settings;
  const kept = { store: store.engine.moderation, rooms: [...chat.rooms.values()], stats: chat.stats };
  const retention = new Retention({ ...kept, clock, log, random: start.random, days, rows });
  opened.defer(() => retention.close());
  return { hub, chat };
}
