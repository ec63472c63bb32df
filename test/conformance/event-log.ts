import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EventLog, EventRecord, NewEvent } from '../../server/engines/event-log.ts';

/** One log, empty at first. */
export interface EventLogPlace {
  /** Whether another member finds the same log. */
  readonly isShared: boolean;
  open(): Promise<EventLog>;
  remove(): Promise<void>;
}

let made = 0;
const event = (fields: Partial<NewEvent> = {}): NewEvent => ({ id: `id-${made++}`, json: `{"n":${made}}`, ...fields });
const events = (count: number): NewEvent[] => Array.from({ length: count }, () => event());

/** What a follower was handed, and a wait for it. */
class Heard {
  readonly records: EventRecord[] = [];
  up: boolean | undefined;

  static of(log: EventLog, from = 0): Heard {
    const heard = new Heard();
    log.follow(from, {
      records: (batch) => void heard.records.push(...batch),
      passed: () => undefined,
      reachable: (yes) => {
        heard.up = yes;
      },
    });
    return heard;
  }

  async until(count: number): Promise<EventRecord[]> {
    while (this.records.length < count) await new Promise((resolve) => setTimeout(resolve, 5));
    return this.records;
  }
}

/** What the port `EventLog` promises, as tests of whatever implements it. */
export function eventLogConformance(name: string, place: () => Promise<EventLogPlace>): void {
  const conforms = (sentence: string, run: (log: EventLog, place: EventLogPlace) => Promise<void>): void => {
    test(`${name}: ${sentence}`, async () => {
      const here = await place();
      const log = await here.open();
      try {
        await run(log, here);
      } finally {
        await log.close();
        await here.remove();
      }
    });
  };

  conforms('an empty log begins at 0', async (log) => {
    assert.deepEqual(await log.bounds(), { first: 0, next: 0 });
    assert.deepEqual(await log.read(0, 100), []);
    assert.ok(log.epoch.length > 0);
    await log.append([]);
  });

  conforms('what is appended comes to a follower in order, each as it came, with offsets from 0', async (log) => {
    const heard = Heard.of(log);
    const odd = event({ id: '!"~', json: '{ "key" : "é\\n😀", "big":12345678901234567890 }' });
    const all = [odd, ...events(5)];
    await log.append(all.slice(0, 3));
    await log.append(all.slice(3));
    const records = await heard.until(6);
    assert.deepEqual(
      records,
      all.map((each, offset) => ({ offset, ...each })),
    );
    assert.equal(heard.up, true);
    assert.deepEqual(await log.bounds(), { first: 0, next: 6 });
  });

  conforms('a follower begins where it says, and a range is read as it was appended', async (log) => {
    const all = events(10);
    await log.append(all);
    const records = await Heard.of(log, 7).until(3);
    assert.deepEqual(
      records.map(({ offset }) => offset),
      [7, 8, 9],
    );
    assert.deepEqual(
      (await log.read(2, 5)).map(({ id }) => id),
      all.slice(2, 5).map(({ id }) => id),
    );
    assert.deepEqual((await log.read(8, 1_000)).length, 2);
    assert.deepEqual(await log.read(50, 60), []);
  });

  conforms('a thousand large events at once are all there, in order', async (log) => {
    const all = Array.from({ length: 1_000 }, () => event({ json: JSON.stringify({ fill: 'x'.repeat(2_000) }) }));
    const heard = Heard.of(log);
    await log.append(all);
    const records = await heard.until(1_000);
    assert.deepEqual(
      records.map(({ id }) => id),
      all.map(({ id }) => id),
    );
  });

  conforms('another member appends to the same log and hears the same', async (log, here) => {
    if (!here.isShared) return;
    const other = await here.open();
    try {
      const [one, two] = [Heard.of(log), Heard.of(other)];
      await log.append(events(3));
      await other.append(events(3));
      assert.deepEqual(await one.until(6), await two.until(6));
      assert.equal(other.epoch, log.epoch);
    } finally {
      await other.close();
    }
  });

  conforms('after close every call rejects, and nobody is told any more', async (log) => {
    const heard = Heard.of(log);
    await log.append(events(1));
    await heard.until(1);
    await log.close();
    await log.close();
    await assert.rejects(log.append(events(1)));
    await assert.rejects(log.bounds());
    await assert.rejects(log.read(0, 1));
    assert.equal(heard.records.length, 1);
  });
}
