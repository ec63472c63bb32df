/**
 * `npm run bench:engines`: three instances on real MariaDB, Redis and Kafka of their own, 1,000 chat clients. How many
 * messages a second are accepted while the 99th percentile of receipts stays under 100 ms, and what the engines do for a
 * thousand of them; how many messages the database commits in groups and one by one; how long a tick takes from Kafka to a
 * client.
 */
import { randomUUID } from 'node:crypto';
import { get } from 'node:http';
import { createClient } from 'redis';
import { systemClock } from '../server/clock.ts';
import type { Draft, MessageStore } from '../server/engines/message-store.ts';
import { openMysqlStore } from '../server/engines/mysql/mysql-message-store.ts';
import type { Logger } from '../server/log.ts';
import { System } from '../test/faults/system.ts';
import { ChatSenders } from './chat-senders.ts';

const CLIENTS = 1_000;
const LISTENERS = 30;
const RATES = [500, 1_000, 2_000, 4_000, 8_000, 12_000];
const SECONDS = 5;
const TICKS = Number(process.argv[2] ?? 100);
const LIMIT = 100;
/** Messages of a group, as they gather at 8,000 a second. */
const GROUP = 100;
const silent: Logger = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

const system = await System.start({ apps: 3, feeds: 1, ticksPerSecond: TICKS });
try {
  await chat();
  await ticks();
} finally {
  await system.stop();
}
process.exit(0);

async function chat(): Promise<void> {
  const senders = await ChatSenders.connect(system.urls, CLIENTS, LISTENERS);
  console.log(`${CLIENTS} clients on 3 instances, ${LISTENERS} of them follow the chat; ${SECONDS} s a rate`);
  console.log('asked/s  accepted/s  p50 ms  p99 ms');
  let best = 0;
  for (const rate of RATES) {
    const before = await load();
    const { accepted, p50, p99 } = await senders.send(rate, SECONDS);
    const after = await load();
    const row = [rate, accepted / SECONDS, p50, p99].map((figure) => figure.toFixed(0));
    const spent = `a thousand messages: ${per(after.commits - before.commits, accepted)} commits, ${per(after.publishes - before.publishes, accepted)} publishes, ${per(after.reads - before.reads, accepted)} reads`;
    console.log(
      `${row[0]?.padStart(7)}  ${row[1]?.padStart(10)}  ${row[2]?.padStart(6)}  ${row[3]?.padStart(6)}   ${spent}`,
    );
    if (p99 < LIMIT && accepted >= 0.99 * rate * SECONDS) best = rate;
    if (p99 > 10 * LIMIT) break;
  }
  senders.close();
  console.log(`${best} messages/s accepted with p99 under ${LIMIT} ms, all on this machine together`);
  const [grouped, single] = [await commits(GROUP), await commits(1)];
  const times = (grouped / single).toFixed(1);
  console.log(
    `the database alone, 3 writers: ${grouped.toFixed(0)} messages/s in groups of ${GROUP}, ${single.toFixed(0)} one by one: ${times} times`,
  );
}

/** What the engines have done so far. */
async function load(): Promise<{ commits: number; reads: number; publishes: number }> {
  const rows = await system.mysql.administer("SHOW GLOBAL STATUS WHERE Variable_name IN ('Com_commit', 'Com_select')");
  // What this statement answers.
  const list = rows as { Variable_name: string; Value: string }[];
  const status = new Map(list.map(({ Variable_name, Value }) => [Variable_name, Number(Value)]));
  const redis = createClient({ url: system.redis.url });
  await redis.connect();
  const stats = await redis.info('commandstats');
  await redis.close();
  const publishes = Number(/cmdstat_publish:calls=(\d+)/.exec(stats)?.[1] ?? 0);
  return { commits: status.get('Com_commit') ?? 0, reads: status.get('Com_select') ?? 0, publishes };
}

function per(count: number, accepted: number): string {
  return ((count / Math.max(1, accepted)) * 1_000).toFixed(0);
}

/** Messages a second that three instances' stores commit, in groups or one by one: what a group is worth to the database. */
async function commits(size: number): Promise<number> {
  const options = { clock: systemClock, log: silent, random: Math.random, url: system.mysql.newUrl() };
  const stores = await Promise.all([1, 2, 3].map(() => openMysqlStore({ ...options, newEpoch: randomUUID() })));
  const end = performance.now() + SECONDS * 1_000;
  const write = async (store: MessageStore): Promise<number> => {
    let count = 0;
    for (; performance.now() < end; count += size) await store.commit(Array.from({ length: size }, draft));
    return count;
  };
  const counts = await Promise.all(stores.map(write));
  await Promise.all(stores.map((store) => store.close()));
  return counts.reduce((sum, count) => sum + count, 0) / SECONDS;
}

function draft(): Draft {
  return { room: 'global', id: randomUUID(), sender: 'bench', content: 'x'.repeat(100), time: Date.now() };
}

/** How long a tick takes from its making to a client of `/stream`, with Kafka between. */
async function ticks(): Promise<void> {
  const latencies: number[] = [];
  const request = get(`${system.urls[0]}/stream`, (response) => {
    response.setEncoding('utf8');
    response.on('data', (text: string) => {
      const now = Date.now();
      // A snapshot holds old ticks.
      if (text.includes('market-snapshot')) return;
      for (const [, time] of text.matchAll(/"time":(\d+)\}/g)) latencies.push(now - Number(time));
    });
  });
  await new Promise((resolve) => setTimeout(resolve, SECONDS * 1_000));
  request.destroy();
  const sorted = latencies.sort((one, other) => one - other);
  const at = (share: number): number | undefined => sorted[Math.floor(share * (sorted.length - 1))];
  console.log(
    `source to client over Kafka at ${TICKS} ticks/s: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, ${sorted.length} ticks`,
  );
}
