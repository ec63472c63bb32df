import { randomUUID } from 'node:crypto';
import { systemClock } from '../../../server/clock.ts';
import {
  type Draft,
  type Message,
  type Outcome,
  StoreDown,
  StoreUnknown,
} from '../../../server/engines/message-store.ts';
import {
  type MysqlStore,
  type MysqlStoreOptions,
  openMysqlStore,
} from '../../../server/engines/mysql/mysql-message-store.ts';
import { recordingLog } from '../../chat/recording-log.ts';
import { messagesOf } from '../../support/messages.ts';

export function draft(fields: Partial<Draft> = {}): Draft {
  return { room: 'global', id: randomUUID(), sender: 'ann', content: 'text', time: 1, ...fields };
}

export function drafts(count: number, fields: Partial<Draft> = {}): Draft[] {
  return Array.from({ length: count }, () => draft(fields));
}

/** A store as the server opens it. */
export function open(url: string, options: Partial<MysqlStoreOptions> = {}): Promise<MysqlStore> {
  const { log } = recordingLog();
  return openMysqlStore({ url, clock: systemClock, log, newEpoch: randomUUID(), random: Math.random, ...options });
}

/** Opens stores, and closes them whatever happens. */
export async function withStores(
  urls: readonly string[],
  run: (...stores: MysqlStore[]) => Promise<void>,
  options: Partial<MysqlStoreOptions> = {},
): Promise<void> {
  const stores: MysqlStore[] = [];
  try {
    for (const url of urls) stores.push(await open(url, options));
    await run(...stores);
  } finally {
    await Promise.all(stores.map((store) => store.close()));
  }
}

export async function everything(store: MysqlStore, room = 'global'): Promise<Message[]> {
  return messagesOf(await store.after(room, 0, 1_000_000));
}

/** Sends a group again until its fate is known, as chat does. */
export async function commitAtLast(store: MysqlStore, group: readonly Draft[]): Promise<Outcome[]> {
  for (;;) {
    try {
      return await store.commit(group);
    } catch (error) {
      if (!(error instanceof StoreDown) && !(error instanceof StoreUnknown)) throw error;
    }
    await pause(20);
  }
}

/** Waits until something holds. A test that waits in vain fails by its time limit. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await pause(10);
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
