/**
 * `npm run bench:engines`: three instances on real MariaDB, Redis and Kafka of their own, 1,000 chat clients. How many
 * messages a second are accepted while the 99th percentile of receipts stays under 100 ms, and what the engines do for a
 * thousand of them; how many messages the database commits in groups and one by one; how fast an instance reads Kafka beside
 * a bare loop; how long a tick takes from its source to a client. Takes under 4 minutes and writes `ENGINES.md`.
 */
import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { createClient } from 'redis';
import { systemClock } from '../server/clock.ts';
import type { Draft, MessageStore } from '../server/engines/message-store.ts';
import { openMysqlStore } from '../server/engines/mysql/mysql-message-store.ts';
import type { Logger } from '../server/log.ts';
import { System } from '../test/faults/system.ts';
import { ChatSenders } from './chat-senders.ts';
import { measureConsuming } from './consuming.ts';

const CLIENTS = 1_000;
const LISTENERS = 30;
const RATES = [500, 1_000, 2_000, 4_000, 8_000];
const SECONDS = 5;
const TICK_RATES = [100, 5_000];
const LIMIT = 100;
/** Messages of a group, as they gather at 8,000 a second. */
const GROUP = 100;
const silent: Logger = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

const lines: string[] = [];
const number = (value: number): string => Math.round(value).toLocaleString('en');

const begun = performance.now();
const machine = `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, load average ${loadavg()[0]?.toFixed(1)} at the start`;
const [calm = 0, busy = 0] = TICK_RATES;
const latencies: string[] = [];
let system = await System.start({ apps: 3, feeds: 1, ticksPerSecond: calm });
try {
  latencies.push(await ticks(calm));
  await chat();
  await consuming();
} finally {
  await system.stop();
}
system = await System.start({ apps: 3, feeds: 1, ticksPerSecond: busy });
try {
  latencies.push(await ticks(busy));
} finally {
  await system.stop();
}
say(
  '## Source to browser, over Kafka',
  '',
  '| ticks/s asked | ticks/s got | p50 ms | p99 ms |',
  '| ---: | ---: | ---: | ---: |',
);
say(...latencies, '');
writeFileSync(join(import.meta.dirname, 'ENGINES.md'), report());
process.exit(0);

function say(...said: readonly string[]): void {
  lines.push(...said);
  console.log(said.join('\n'));
}

function report(): string {
  const head = [
    '# On real engines',
    '',
    `Written by \`npm run bench:engines\` on ${new Date().toISOString().slice(0, 10)}, in ${((performance.now() - begun) / 1_000).toFixed(0)} s: ${machine}, Node ${process.version}.`,
    'Three instances, a feed, MariaDB, Redis, Kafka and all clients share these cores. Not edited by hand.',
    '',
  ];
  return `${[...head, ...lines].join('\n').trimEnd()}\n`;
}

async function chat(): Promise<void> {
  const senders = await ChatSenders.connect(system.urls, CLIENTS, LISTENERS);
  say(
    '## Chat',
    '',
    `${number(CLIENTS)} clients on 3 instances, ${LISTENERS} of them follow the chat; ${SECONDS} s a rate.`,
  );
  say('The last three columns are for a thousand messages that were accepted.', '');
  say('| asked/s | accepted/s | p50 ms | p99 ms | commits | publishes | database reads |');
  say('| ---: | ---: | ---: | ---: | ---: | ---: | ---: |');
  let best = 0;
  for (const rate of RATES) {
    const before = await load();
    const { accepted, p50, p99 } = await senders.send(rate, SECONDS);
    const after = await load();
    const spent = [after.commits - before.commits, after.publishes - before.publishes, after.reads - before.reads];
    const figures = [rate, accepted / SECONDS, p50, p99].map(number);
    say(`| ${[...figures, ...spent.map((count) => per(count, accepted))].join(' | ')} |`);
    if (p99 < LIMIT && accepted >= 0.99 * rate * SECONDS) best = rate;
    if (p99 > 10 * LIMIT) break;
  }
  senders.close();
  say('', `${number(best)} messages/s accepted with p99 under ${LIMIT} ms.`);
  const [grouped, single] = [await commits(GROUP), await commits(1)];
  const times = (grouped / single).toFixed(1);
  const alone = `${number(grouped)} messages/s in groups of ${GROUP}, ${number(single)} one by one`;
  say('', `The database alone, 3 writers: ${alone}: ${times} times.`, '');
}

async function consuming(): Promise<void> {
  const { bare, instance } = await measureConsuming(system.kafka.brokers);
  say('## Reading Kafka', '', 'A topic that is full, from its beginning, all partitions:', '');
  say('| | ticks/s | to the bare loop |', '| --- | ---: | ---: |');
  say(`| a bare loop of fetches | ${number(bare)} | 1 |`);
  say(
    `| an instance: checked, candles, the stream's log | ${number(instance)} | ${(instance / bare).toFixed(2)} |`,
    '',
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

/** How long a tick takes from its making to a client of `/stream`, with Kafka between: a line of the table. */
async function ticks(asked: number): Promise<string> {
  const found: number[] = [];
  const request = get(`${system.urls[0]}/stream`, (response) => {
    response.setEncoding('utf8');
    response.on('data', (text: string) => {
      const now = Date.now();
      // A snapshot holds old ticks.
      if (text.includes('market-snapshot')) return;
      for (const [, time] of text.matchAll(/"time":(\d+)\}/g)) found.push(now - Number(time));
    });
  });
  await new Promise((resolve) => setTimeout(resolve, SECONDS * 1_000));
  request.destroy();
  const sorted = found.sort((one, other) => one - other);
  const at = (share: number): number => sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN;
  return `| ${[asked, sorted.length / SECONDS, at(0.5), at(0.99)].map(number).join(' | ')} |`;
}
