import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ResponseError } from '@platformatic/kafka';
import { Follower } from '../../../server/engines/kafka/follower.ts';
import type { Slice as AnySlice, FetchPlan } from '../../../server/engines/kafka/partition-reader.ts';
import type { FeedBeat, TickRecord } from '../../../server/engines/tick-log.ts';
import { recordingLog } from '../../chat/recording-log.ts';
import { ManualClock } from '../../support/manual-clock.ts';

type Slice = AnySlice<TickRecord, FeedBeat>;

const OUT_OF_RANGE = 1;
const FETCH = 1;
const bounds = { first: 0, next: 0 };

/** A partition by hand: answers each fetch with the next step of a play, and stops the follower after the last. */
class Play {
  readonly asked: (readonly [offset: number, wait: boolean, alone: boolean])[] = [];
  readonly got: number[] = [];
  readonly news: string[] = [];
  readonly lines;
  /** The one who is told fails at each batch. */
  deaf = false;
  readonly #clock = new ManualClock();
  readonly #steps: ((offset: number) => Slice)[];
  readonly #bounds;
  readonly #follower: Follower<TickRecord, FeedBeat>;

  constructor(steps: ((offset: number) => Slice)[], held: typeof bounds = bounds) {
    this.#steps = steps;
    this.#bounds = held;
    const { log, lines } = recordingLog();
    this.lines = lines;
    this.#follower = new Follower<TickRecord, FeedBeat>({
      clock: this.#clock,
      log,
      random: () => 0.5,
      partition: 2,
      from: 5,
      reader: { fetch: (offset, plan) => this.#fetch(offset, plan), bounds: async () => this.#bounds },
      records: (batch) => this.#got(batch),
      passed: (next) => void this.news.push(`passed ${next}`),
      aside: ({ beat }) => void this.news.push(`beat ${beat}`),
      strange: (count) => void this.news.push(`strange ${count}`),
      reachable: (yes) => void this.news.push(yes ? 'up' : 'down'),
    });
  }

  async run(): Promise<void> {
    let over = false;
    const running = this.#follower.run().finally(() => {
      over = true;
    });
    while (!over) {
      await new Promise((resolve) => setImmediate(resolve));
      this.#clock.advance(1_000);
    }
    await running;
  }

  #got(batch: readonly TickRecord[]): void {
    this.got.push(...batch.map(({ offset }) => offset));
    if (this.deaf) throw new Error('a mistake of ours');
  }

  async #fetch(offset: number, { wait, bytes }: FetchPlan): Promise<Slice> {
    const step = this.#steps.shift();
    if (step === undefined) {
      this.#follower.stop();
      return { records: [], next: offset, strange: 0 };
    }
    this.asked.push([offset, wait > 0, bytes === 1]);
    return step(offset);
  }
}

const tick = { symbol: 'BTC-USD', price: 1, size: 1, change: 0, time: 1 };
const records = (...offsets: number[]): TickRecord[] => offsets.map((offset) => ({ partition: 2, offset, tick }));
const brings =
  (next: number, ...offsets: number[]) =>
  (from: number): Slice => ({ records: records(...offsets), next, strange: next - from - offsets.length });
const fails = (error: Error) => (): Slice => {
  throw error;
};
const cut = Object.assign(new Error('connection closed'), { code: 'PLT_KFK_NETWORK' });
const outOfRange = new ResponseError(FETCH, 13, { '/': [OUT_OF_RANGE, null] }, undefined);

test('it asks on where the last fetch ended, and waits for records only while all is well', async () => {
  const play = new Play([brings(7, 5, 6), brings(7), fails(cut), fails(cut), brings(8, 7), brings(8)]);
  await play.run();
  assert.deepEqual(play.got, [5, 6, 7]);
  assert.deepEqual(
    play.asked.map(([offset, wait]) => [offset, wait]),
    [
      [5, false],
      [7, true],
      [7, true],
      [7, false],
      [7, false],
      [8, true],
    ],
  );
  assert.deepEqual(play.news, ['up', 'down', 'up']);
});

test('what is no tick is counted, and passed where no tick comes after it', async () => {
  const play = new Play([brings(9, 6, 8), brings(12, 9), brings(14)]);
  await play.run();
  assert.deepEqual(play.got, [6, 8, 9]);
  assert.deepEqual(play.news, ['up', 'strange 2', 'strange 2', 'passed 12', 'strange 2', 'passed 14']);
});

test('bytes that cannot be understood are taken alone, then left out, offset by offset', async () => {
  const garbled = fails(new RangeError('out of bounds'));
  const play = new Play([brings(6, 5), garbled, garbled, garbled, brings(9, 8)]);
  await play.run();
  assert.deepEqual(play.got, [5, 8]);
  assert.deepEqual(
    play.asked.map(([offset, , alone]) => [offset, alone]),
    [
      [5, false],
      [6, false],
      [6, true],
      [7, true],
      [8, true],
    ],
  );
  assert.deepEqual(play.news, ['up', 'strange 1', 'passed 7', 'strange 1', 'passed 8']);
});

test('what Kafka has deleted is passed, with a warning', async () => {
  const play = new Play([fails(outOfRange), brings(21, 20)], { first: 20, next: 30 });
  await play.run();
  assert.deepEqual(play.got, [20]);
  assert.deepEqual(play.news, ['down', 'passed 20', 'up']);
  assert.deepEqual(
    play.lines.map(({ level }) => level),
    ['warn'],
  );
});

test('where Kafka has lost what was read, nothing else comes under the same offsets, and it is said once', async () => {
  const play = new Play([fails(outOfRange), fails(outOfRange), brings(6, 5)], { first: 0, next: 3 });
  await play.run();
  assert.deepEqual(play.got, [5]);
  assert.deepEqual(
    play.asked.map(([offset]) => offset),
    [5, 5, 5],
  );
  assert.deepEqual(
    play.lines.map(({ level }) => level),
    ['error'],
  );
});

test('whoever fails at what was read makes it leave nothing out, and the log says so', async () => {
  const play = new Play([brings(7, 5, 6), brings(9, 7, 8), brings(11, 9, 10)]);
  play.deaf = true;
  await play.run();
  assert.deepEqual(play.got, [5, 6, 7, 8, 9, 10]);
  assert.deepEqual(play.news, ['up']);
  assert.equal(play.lines.filter(({ level }) => level === 'error').length, 3);
});
