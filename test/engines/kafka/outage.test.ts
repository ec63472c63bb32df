import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { type KafkaTickLog, openKafkaTickLog } from '../../../server/engines/kafka/tick-log.ts';
import { KafkaServer } from '../../support/engines/kafka.ts';
import { ownTopic, Reader, ticks } from './ticks.ts';

const BATCH = 20;

const started = KafkaServer.start();
after(async () => (await started).stop());

/** Appends batch after batch like a feed, each again and again until it is taken, until told to stop. */
class Producer {
  /** Batches that were refused, each time counted. */
  refused = 0;
  written = 0;
  readonly #log: KafkaTickLog;
  readonly #done: Promise<void>;
  #stopping = false;

  constructor(log: KafkaTickLog) {
    this.#log = log;
    this.#done = this.#run();
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#done;
  }

  async #run(): Promise<void> {
    while (!this.#stopping) {
      const batch = ticks(this.written, BATCH);
      while (!(await this.#append(batch))) await sleep(50);
      this.written += BATCH;
      await sleep(5);
    }
  }

  async #append(batch: ReturnType<typeof ticks>): Promise<boolean> {
    try {
      await this.#log.append(batch);
      return true;
    } catch {
      this.refused++;
      return false;
    }
  }
}

/** Ticks flow from a producer to a reader while `fault` happens; afterwards all is there once and in order. */
async function survives(
  fault: (kafka: KafkaServer, reader: Reader, producer: Producer) => Promise<void>,
): Promise<void> {
  const kafka = await started;
  const options = { ...ownTopic(), brokers: kafka.brokers };
  const [writing, reading] = [await openKafkaTickLog(options), await openKafkaTickLog(options)];
  try {
    const reader = new Reader();
    reading.follow([0, 0, 0], reader);
    const producer = new Producer(writing);
    await reader.until(() => reader.got.length >= 10 * BATCH);
    await fault(kafka, reader, producer);
    const soFar = reader.got.length;
    await reader.until(() => reader.got.length >= soFar + 10 * BATCH);
    await producer.stop();
    await reader.until(() => reader.got.length >= producer.written);
    assert.ok(producer.refused > 0, 'appends were refused while the broker was away');
    assert.equal(reader.got.length, producer.written);
    assert.ok(reader.isContiguous);
    for (const [symbol, sizes] of reader.sizes()) assert.deepEqual(sizes, expected(symbol, producer.written), symbol);
    assert.deepEqual([reading.up, writing.up], [true, true]);
  } finally {
    await Promise.all([writing.close(), reading.close()]);
  }
}

function expected(symbol: string, count: number): number[] {
  return ticks(0, count)
    .filter((tick) => tick.symbol === symbol)
    .map(({ size }) => size);
}

test('a broker that is killed and comes back costs no tick, repeats none and mixes none up', () =>
  survives(async (kafka, reader, producer) => {
    for (let round = 0; round < 2; round++) {
      const refused = producer.refused;
      const changes = reader.states.length;
      await kafka.kill();
      await reader.until(() => reader.states.length > changes);
      while (producer.refused < refused + 3) await sleep(20);
      await kafka.run();
      await reader.until(() => reader.states.at(-1) === true);
    }
  }));

test('a broker that freezes and wakes costs no tick, repeats none and mixes none up', () =>
  survives(async (kafka, reader, producer) => {
    kafka.freeze();
    await reader.until(() => reader.states.at(-1) === false);
    // Requests that were sent more than once lie at the broker when it wakes.
    while (producer.refused < 2) await sleep(20);
    kafka.thaw();
    await reader.until(() => reader.states.at(-1) === true);
  }));

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
