/**
 * `npm run bench:engines`: three instances on real MariaDB, Redis and Kafka of their own, 1,000 chat clients. How many
 * messages a second are accepted while the 99th percentile of receipts stays under 100 ms, beside a client that commits each
 * message by itself on the same database in the same run; what Redis and the database do for a thousand messages; how long a
 * tick takes from Kafka to a client.
 */
import { createConnection } from 'mysql2/promise';
import { createClient } from 'redis';
import { System } from '../test/faults/system.ts';
import { ChatSenders } from './chat-senders.ts';

const CLIENTS = 1_000;
const LISTENERS = 30;
const RATES = [500, 1_000, 2_000, 4_000, 8_000, 12_000];
const SECONDS = 5;
const LIMIT = 100;

const system = await System.start({ apps: 3, feeds: 1, ticksPerSecond: 100 });
try {
  await chat();
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
    if (p99 < LIMIT && accepted >= rate * SECONDS) best = rate;
    if (p99 > 10 * LIMIT) break;
  }
  senders.close();
  const alone = await oneCommitEach();
  console.log(
    `\n${best} messages/s accepted with p99 under ${LIMIT} ms; one commit a message, 3 writers: ${alone.toFixed(0)}/s; ${(best / alone).toFixed(1)} times`,
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

/** Messages a second of three writers that do what most do: a transaction a message, under the lock of the head. */
async function oneCommitEach(): Promise<number> {
  const uri = system.mysql.newUrl();
  const admin = await createConnection(uri.slice(0, uri.lastIndexOf('/')));
  const database = uri.slice(uri.lastIndexOf('/') + 1);
  await admin.query(`CREATE DATABASE ${database}`);
  await admin.query(`CREATE TABLE ${database}.head (room VARCHAR(63) PRIMARY KEY, seq BIGINT)`);
  await admin.query(
    `CREATE TABLE ${database}.message (room VARCHAR(63), seq BIGINT, content TEXT, PRIMARY KEY (room, seq))`,
  );
  await admin.query(`INSERT INTO ${database}.head VALUES ('global', 0)`);
  await admin.end();
  const end = performance.now() + SECONDS * 1_000;
  const write = async (): Promise<number> => {
    const connection = await createConnection({ uri, multipleStatements: true });
    let count = 0;
    for (; performance.now() < end; count++) {
      await connection.query(
        "START TRANSACTION; SELECT seq INTO @s FROM head WHERE room = 'global' FOR UPDATE; INSERT INTO message VALUES ('global', @s + 1, ?); UPDATE head SET seq = @s + 1 WHERE room = 'global'; COMMIT",
        [`message ${count} ${'x'.repeat(100)}`],
      );
    }
    await connection.end();
    return count;
  };
  const counts = await Promise.all([write(), write(), write()]);
  return counts.reduce((sum, count) => sum + count, 0) / SECONDS;
}
