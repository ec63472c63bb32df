import { randomUUID } from 'node:crypto';
import { systemClock } from '../server/clock.ts';
import { openCluster } from '../server/engines/kafka/cluster.ts';
import { PartitionReader } from '../server/engines/kafka/partition-reader.ts';
import { openKafkaTickLog } from '../server/engines/kafka/tick-log.ts';
import type { Tick } from '../server/engines/tick-log.ts';
import { Hub } from '../server/hub/hub.ts';
import type { Logger } from '../server/log.ts';
import { createMarket } from '../server/market/market.ts';

export interface Consuming {
  /** Ticks a second that a loop of `fetch` brings, which looks at their offsets only. */
  readonly bare: number;
  /** Ticks a second that an instance reads: checked, on its board, in its candles and in the log of its stream. */
  readonly instance: number;
}

const TICKS = 100_000;
/** Ticks of one append. */
const BATCH = 1_000;
/** Of each way, in turn; the best counts, as machines are noisy. */
const RUNS = 3;
/** As an instance fetches while it catches up. */
const FETCH = { wait: 0, bytes: 262_144 };
const silent: Logger = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const options = { clock: systemClock, log: silent, random: Math.random };

/** How fast a topic that is full is read. */
export async function measureConsuming(brokers: readonly string[]): Promise<Consuming> {
  const topic = `bench-${randomUUID()}`;
  await fill(brokers, topic);
  const rates = { bare: 0, instance: 0 };
  for (let run = 0; run < RUNS; run++) {
    rates.bare = Math.max(rates.bare, await speed(() => bareLoop(brokers, topic)));
    rates.instance = Math.max(rates.instance, await speed(() => anInstance(brokers, topic)));
  }
  return rates;
}

async function fill(brokers: readonly string[], topic: string): Promise<void> {
  const log = await openKafkaTickLog({ ...options, brokers, topic });
  for (let done = 0; done < TICKS; done += BATCH)
    await log.append(Array.from({ length: BATCH }, (_, index) => tick(done + index)));
  await log.close();
}

function tick(number: number): Tick {
  const symbol = `S${number % 20}-USD`;
  return { symbol, price: 100 + number / 1_000, size: 1.5, side: 'buy', change: 0.25, time: Date.now() };
}

/** Ticks a second; what is opened and closed before and after counts not. */
async function speed(open: () => Promise<() => Promise<() => Promise<void>>>): Promise<number> {
  const read = await open();
  const begun = performance.now();
  const close = await read();
  const seconds = (performance.now() - begun) / 1_000;
  await close();
  return TICKS / seconds;
}

async function bareLoop(brokers: readonly string[], topic: string) {
  const configs = { 'cleanup.policy': 'delete' };
  const { cluster, known } = await openCluster({ brokers }, { topic, partitions: 3, configs }, options);
  const pools = Array.from({ length: known.partitions }, () => cluster.pool());
  const readers = pools.map(
    (pool, partition) => new PartitionReader(cluster, known, pool, partition, { record: (offset) => offset }),
  );
  const drain = async (reader: PartitionReader<number>): Promise<void> => {
    const { next: end } = await reader.bounds();
    for (let next = 0; next < end; ) next = (await reader.fetch(next, FETCH)).next;
  };
  return async () => {
    await Promise.all(readers.map(drain));
    return async () => {
      await Promise.all([...pools.map((pool) => pool.close()), cluster.close()]);
    };
  };
}

async function anInstance(brokers: readonly string[], topic: string) {
  const log = await openKafkaTickLog({ ...options, brokers, topic });
  const hub = new Hub({ clock: systemClock, latencyBudget: 250, stallTimeout: 30_000 });
  return async () => {
    const market = await createMarket({ log, hub, clock: systemClock, logger: silent });
    while (!market.ready) await new Promise((resolve) => setImmediate(resolve));
    return async () => {
      market.close();
      hub.close();
      await log.close();
    };
  };
}
