import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FeedBeat, Offsets, Tick, TickLog, TickLogListener, TickRecord } from '../../server/engines/tick-log.ts';

/** One log of its own, empty at first. */
export interface TickLogPlace {
  readonly log: TickLog;
  remove(): Promise<void>;
}

const SYMBOLS = ['BTC-USD', 'ETH-USD', 'SOL-USD', 'XRP-USD', 'DOGE-USD', 'ADA-USD', 'AVAX-USD'];

/** Ticks whose sizes count up from `from`, over all symbols in turn. */
function ticks(from: number, count: number): Tick[] {
  return Array.from({ length: count }, (_, i) => {
    const size = from + i;
    return {
      symbol: SYMBOLS[size % SYMBOLS.length] ?? '',
      price: 1.5,
      size,
      side: 'buy',
      change: -0.25,
      time: 1_000 + size,
    };
  });
}

/** Keeps what it is handed, and lets a test wait for it. */
class Reader implements TickLogListener {
  readonly records_: TickRecord[] = [];
  reachable_: boolean | undefined;
  readonly beats: FeedBeat[] = [];
  #waiting: (() => void)[] = [];

  records(batch: readonly TickRecord[]): void {
    this.records_.push(...batch);
    this.#wake();
  }

  beat(beat: FeedBeat): void {
    this.beats.push(beat);
    this.#wake();
  }

  reachable(yes: boolean): void {
    this.reachable_ = yes;
    this.#wake();
  }

  async beaten(beat: FeedBeat['beat']): Promise<FeedBeat> {
    for (;;) {
      const last = this.beats.at(-1);
      if (last?.beat === beat) return last;
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  async count(count: number): Promise<readonly TickRecord[]> {
    while (this.records_.length < count) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    return this.records_;
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) wake();
  }
}

function sizesOf(records: readonly TickRecord[], symbol: string): number[] {
  return records.filter(({ tick }) => tick.symbol === symbol).map(({ tick }) => tick.size);
}

function total(offsets: Offsets): number {
  return offsets.reduce((sum, offset) => sum + offset, 0);
}

/** What the port `TickLog` promises, as tests of whatever implements it. */
export function tickLogConformance(name: string, place: () => Promise<TickLogPlace>): void {
  const check = (what: string, run: (log: TickLog, partitions: number) => Promise<void>): void => {
    test(`${name}: ${what}`, async () => {
      const { log, remove } = await place();
      try {
        await run(log, (await log.open()).partitions);
      } finally {
        await log.close();
        await remove();
      }
    });
  };
  const follow = (log: TickLog, from: Offsets): Reader => {
    const reader = new Reader();
    log.follow(from, reader);
    return reader;
  };

  check('a new log is empty in each of its partitions', async (log, partitions) => {
    const nothing = new Array(partitions).fill(0);
    assert.deepEqual(await log.bounds(), { first: nothing, next: nothing });
  });

  check('its epoch is the same at each opening and fits into a header', async (log) => {
    const { epoch } = await log.open();
    assert.equal((await log.open()).epoch, epoch);
    assert.match(epoch, /^[\w.-]{1,64}$/);
  });

  check('ticks come back whole, with offsets contiguous from 0 in each partition', async (log, partitions) => {
    const sent = ticks(0, 50);
    await log.append(sent);
    const records = await follow(log, new Array(partitions).fill(0)).count(50);
    assert.deepEqual(
      records.map(({ tick }) => tick).sort((one, other) => one.size - other.size),
      sent,
    );
    for (let partition = 0; partition < partitions; partition++) {
      const offsets = records.filter((record) => record.partition === partition).map(({ offset }) => offset);
      assert.deepEqual(offsets, [...offsets.keys()]);
    }
  });

  check('a sign of life is handed over and is no tick, and the ticks around it come', async (log, partitions) => {
    const reader = follow(log, new Array(partitions).fill(0));
    await log.append(ticks(0, 7));
    await reader.count(7);
    await log.append([{ beat: 'live', time: 1 }]);
    assert.deepEqual(await reader.beaten('live'), { beat: 'live', time: 1 });
    await log.append([...ticks(7, 7), { beat: 'silent', time: 2 }]);
    assert.deepEqual(await reader.beaten('silent'), { beat: 'silent', time: 2 });
    const records = await reader.count(14);
    assert.deepEqual(
      records.map(({ tick }) => tick.size).sort((one, other) => one - other),
      [...Array(14).keys()],
    );
  });

  check('ticks of a symbol lie in one partition, in the order of their appends', async (log, partitions) => {
    for (let from = 0; from < 210; from += 30) await log.append(ticks(from, 30));
    const records = await follow(log, new Array(partitions).fill(0)).count(210);
    for (const symbol of SYMBOLS) {
      const sizes = sizesOf(records, symbol);
      assert.equal(sizes.length, 30);
      assert.deepEqual(
        sizes,
        sizes.toSorted((one, other) => one - other),
      );
      const used = new Set(records.filter(({ tick }) => tick.symbol === symbol).map(({ partition }) => partition));
      assert.equal(used.size, 1);
    }
  });

  check('symbols are spread over the partitions', async (log, partitions) => {
    await log.append(ticks(0, SYMBOLS.length));
    const records = await follow(log, new Array(partitions).fill(0)).count(SYMBOLS.length);
    assert.equal(new Set(records.map(({ partition }) => partition)).size, partitions);
  });

  check('the bounds move with each append', async (log) => {
    await log.append(ticks(0, 21));
    const { first, next } = await log.bounds();
    assert.equal(total(first), 0);
    assert.equal(total(next), 21);
  });

  check('a follower gets what was there and what comes, each offset once', async (log, partitions) => {
    await log.append(ticks(0, 40));
    const reader = follow(log, new Array(partitions).fill(0));
    await log.append(ticks(40, 40));
    await reader.count(80);
    await log.append(ticks(80, 40));
    const records = await reader.count(120);
    assert.equal(new Set(records.map(({ partition, offset }) => `${partition}:${offset}`)).size, 120);
    assert.equal(reader.reachable_, true);
  });

  check('a follower begins exactly at the offsets it names', async (log) => {
    await log.append(ticks(0, 40));
    const { next } = await log.bounds();
    const reader = follow(log, next);
    await log.append(ticks(40, 10));
    const records = await reader.count(10);
    assert.deepEqual(
      records.map(({ tick }) => tick.size).sort((one, other) => one - other),
      [...Array(10)].map((_, i) => 40 + i),
    );
  });

  check(
    'a read gives the records of one partition between two offsets, as far as there are any',
    async (log, partitions) => {
      await log.append(ticks(0, 60));
      const { next } = await log.bounds();
      for (let partition = 0; partition < partitions; partition++) {
        const end = next[partition] ?? 0;
        const all = await log.read(partition, 0, end + 100);
        assert.deepEqual(
          all.map(({ offset }) => offset),
          [...Array(end).keys()],
        );
        assert.ok(all.every((record) => record.partition === partition));
        assert.deepEqual(await log.read(partition, 1, 3), all.slice(1, 3));
        assert.deepEqual(await log.read(partition, end, end + 5), []);
      }
    },
  );

  check('after close appends and reads are rejected, and no listener is called', async (log, partitions) => {
    await log.append(ticks(0, 5));
    const reader = follow(log, new Array(partitions).fill(0));
    await reader.count(5);
    await log.close();
    await assert.rejects(log.append(ticks(5, 5)));
    await assert.rejects(log.read(0, 0, 1));
    await assert.rejects(log.bounds());
    assert.equal(reader.records_.length, 5);
  });

  test(`${name}: another log has another epoch`, async () => {
    const [one, other] = [await place(), await place()];
    assert.notEqual((await one.log.open()).epoch, (await other.log.open()).epoch);
    for (const { log, remove } of [one, other]) {
      await log.close();
      await remove();
    }
  });
}
