import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Hub } from '../../server/hub/hub.ts';
import type { StreamOptions } from '../../server/hub/stream.ts';
import { type Numbered, numbered, numbersOf } from '../support/hub-world.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { RecordingSink } from '../support/recording-sink.ts';

/** A clock on which each event that is encoded for one client alone takes a while. */
class CostlyClock extends ManualClock {
  spent = 0;

  override monotonic(): number {
    return super.monotonic() + this.spent;
  }
}

/** A hub with a stream that shares one encoding, where it is not made otherwise; what is not `shared` costs a millisecond an event. */
function costly(changes: Partial<StreamOptions<Numbered>> = {}) {
  const clock = new CostlyClock();
  const hub = new Hub({ clock, latencyBudget: 250, stallTimeout: 30_000 });
  const stream = hub.stream<Numbered>({
    name: 'news',
    epoch: 'e',
    bounds: { count: 1_000, bytes: 1e6, age: 60_000 },
    size: () => 10,
    sharedEncodings: 1,
    overflow: { policy: 'latest', snapshot: () => undefined },
    ...changes,
  });
  const connect = (...keys: string[]): RecordingSink => {
    const sink = new RecordingSink();
    const client = hub.connect(sink);
    for (const key of keys) {
      const { encode } = numbered();
      const slow = (event: Numbered, position: number) => {
        if (key !== 'shared') clock.spent++;
        return encode(event, position);
      };
      client.follow(stream, { key, encode: slow }, { next: 0 });
    }
    return sink;
  };
  return { clock, hub, stream, connect };
}

const keys = (client: number, count: number): string[] => Array.from({ length: count }, (_, n) => `${client}-${n}`);

test('clients that share little with others delay nobody else, and get everything in their turn', () => {
  const { clock, stream, connect } = costly();
  const plain = connect('shared');
  const greedy = Array.from({ length: 40 }, (_, client) => connect(...keys(client, 20)));
  for (let n = 0; n < 5; n++) stream.append({ n });
  const seen: number[] = [];
  const watch = (): void => {
    if (numbersOf(plain).length === 5) seen.push(greedy.filter(({ writes }) => writes > 0).length);
    else clock.soon(watch);
  };
  clock.soon(watch);
  clock.advance(10_000);
  assert.ok((seen[0] ?? 40) <= 1, `${seen[0]} of them were served before`);
  for (const sink of greedy) assert.equal(numbersOf(sink).length, 5 * 20);
});

test('a client with a few encodings of its own goes with all others', () => {
  const { clock, hub, stream, connect } = costly();
  connect('shared');
  const few = connect(...keys(0, 8));
  stream.append({ n: 1 });
  clock.run();
  assert.equal(hub.stats.passes, 1);
  assert.equal(numbersOf(few).length, 8);
});

test('what is there already is sent in its turn to who has many encodings of its own', () => {
  const { clock, stream, connect } = costly();
  connect('shared');
  for (let n = 0; n < 5; n++) stream.append({ n });
  clock.advance(1_000);
  clock.spent = 0;
  const sink = connect(...keys(0, 20));
  // The first eight are those of a client that has few.
  assert.equal(clock.spent, 8 * 5);
  clock.advance(1_000);
  assert.equal(numbersOf(sink).length, 20 * 5);
});

test('what gathers while a client waits its turn goes out in one write', () => {
  const { clock, stream, connect } = costly();
  connect('shared');
  const greedy = Array.from({ length: 20 }, (_, client) => connect(...keys(client, 20)));
  for (let n = 0; n < 50; n++) {
    stream.append({ n });
    clock.advance(10);
  }
  clock.advance(60_000);
  for (const sink of greedy) {
    assert.equal(numbersOf(sink).length, 50 * 20);
    assert.ok(sink.writes < 40, `${sink.writes} writes`);
  }
});

test('a page of old events that many have waited for is encoded for each in its turn', async () => {
  const events = Array.from({ length: 100 }, (_, n) => ({ n }));
  const { clock, stream, connect } = costly({
    bounds: { count: 10, bytes: 1e6, age: 60_000 },
    sharedEncodings: 0,
    overflow: { policy: 'complete', read: async (from) => ({ first: from, events: events.slice(from, from + 200) }) },
  });
  for (const event of events) stream.append(event);
  const sinks = Array.from({ length: 40 }, (_, key) => connect(`${key}`));
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
  assert.equal(clock.spent, 0);
  clock.advance(60_000);
  for (const sink of sinks) assert.equal(numbersOf(sink).length, 100);
});

test('a stopped hub serves nobody', () => {
  const { clock, hub, stream, connect } = costly();
  connect('shared');
  const sink = connect(...keys(0, 9));
  stream.append({ n: 1 });
  hub.close();
  clock.advance(1_000);
  assert.equal(sink.writes, 0);
  assert.equal(clock.pending, 0);
});
