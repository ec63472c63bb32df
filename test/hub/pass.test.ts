import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Hub } from '../../server/hub/hub.ts';
import { numbered, numbersOf, StoredStream } from '../support/hub-world.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { RecordingSink } from '../support/recording-sink.ts';

/** A clock on which each write to a sink takes a while. */
class CostlyClock extends ManualClock {
  spent = 0;

  override monotonic(): number {
    return super.monotonic() + this.spent;
  }
}

class CostlySink extends RecordingSink {
  readonly #clock: CostlyClock;

  constructor(clock: CostlyClock) {
    super();
    this.#clock = clock;
  }

  override write(bytes: Uint8Array): boolean {
    this.#clock.spent += 0.1;
    return super.write(bytes);
  }
}

/** New clients that follow the stream from where it is. */
function come(count: number, { clock, chat, hub }: { clock: CostlyClock; chat: StoredStream; hub: Hub }): void {
  for (let n = 0; n < count; n++)
    hub.connect(new CostlySink(clock)).follow(chat.stream, numbered(), { next: chat.stream.next });
}

function crowd(
  size: number,
  latencyBudget: number,
): { clock: CostlyClock; chat: StoredStream; sinks: CostlySink[]; hub: Hub } {
  const clock = new CostlyClock();
  const hub = new Hub({ clock, latencyBudget, stallTimeout: 30_000 });
  const chat = new StoredStream(hub, { count: 10_000, bytes: 1e9, age: 60_000 });
  const sinks = Array.from({ length: size }, () => {
    const sink = new CostlySink(clock);
    hub.connect(sink).follow(chat.stream, numbered(), { next: 0 });
    return sink;
  });
  return { clock, chat, sinks, hub };
}

test('after a dear pass the next waits about as long as the pass took, and carries what gathered', () => {
  const { clock, chat, sinks, hub } = crowd(2_000, 250);
  chat.append();
  clock.run();
  assert.equal(hub.stats.passes, 1, 'the first pass starts at once');
  for (let n = 0; n < 50; n++) chat.append();
  clock.run();
  assert.equal(hub.stats.passes, 1);
  clock.advance(198);
  assert.equal(hub.stats.passes, 1, 'a pass of 200 ms is followed by about 200 ms of rest');
  clock.advance(8);
  assert.equal(hub.stats.passes, 2);
  for (const sink of sinks) {
    assert.equal(sink.writes, 2);
    assert.equal(numbersOf(sink).length, 51);
  }
});

test('where clients come the next pass starts later, by what they need', () => {
  const world = crowd(2_000, 250);
  const { clock, chat, hub } = world;
  chat.append();
  clock.run();
  come(100, world);
  chat.append();
  clock.advance(206);
  assert.equal(hub.stats.passes, 2, 'a pass of 200 ms is followed by about 200 ms of rest');
  chat.append();
  clock.advance(300);
  assert.equal(hub.stats.passes, 2, 'after one during which 100 came it takes 100 ms more');
  clock.advance(30);
  assert.equal(hub.stats.passes, 3);
  chat.append();
  clock.advance(230);
  assert.equal(hub.stats.passes, 4, 'and once nobody comes any more it does not');
});

test('however many come, they delay the others by four times a pass and by a second at most', () => {
  for (const { clients, rest } of [
    { clients: 100, rest: 10 + 4 * 10 },
    { clients: 2_600, rest: 250 + 1_000 },
  ]) {
    const world = crowd(clients, 250);
    const { clock, chat, hub } = world;
    chat.append();
    clock.run();
    chat.append();
    clock.advance(300);
    assert.equal(hub.stats.passes, 2);
    for (let n = 0; n < 5_000; n++) hub.connect(new CostlySink(clock));
    clock.advance(300);
    chat.append();
    clock.run();
    assert.equal(hub.stats.passes, 3);
    chat.append();
    clock.advance(rest - 5);
    assert.equal(hub.stats.passes, 3, `${clients}: it rests`);
    clock.advance(15);
    assert.equal(hub.stats.passes, 4, `${clients}: no longer`);
  }
});

test('after a pass of most of a cycle the next follows sooner, so that an event does not wait for two of them', () => {
  for (const { clients, pass, least, most } of [
    { clients: 400, pass: 40, least: 18, most: 22 },
    { clients: 570, pass: 57, least: 10, most: 14 },
    { clients: 780, pass: 78, least: 10, most: 14 },
    { clients: 1_000, pass: 100, least: 42, most: 52 },
  ]) {
    const { clock, chat, hub } = crowd(clients, 250);
    chat.append();
    clock.run();
    chat.append();
    clock.advance(least);
    assert.equal(hub.stats.passes, 1, `a pass of ${pass} ms is followed by ${least} ms of rest`);
    clock.advance(most - least);
    assert.equal(hub.stats.passes, 2, `a pass of ${pass} ms is followed by at most ${most} ms of rest`);
  }
});

test('events on both sides of a border between segments go out in one write', () => {
  const { chat, sinks, clock } = crowd(3, 250);
  chat.append('x'.repeat(60_000));
  clock.run();
  const before = sinks.map(({ writes }) => writes);
  for (let n = 0; n < 4; n++) chat.append('y'.repeat(3_000));
  clock.run();
  for (const [index, sink] of sinks.entries()) {
    assert.equal(sink.writes - (before[index] ?? 0), 1);
    assert.equal(numbersOf(sink).length, 5);
  }
});

test('the rest between passes is at most the latency budget', () => {
  const { clock, chat, hub } = crowd(5_000, 40);
  chat.append();
  clock.run();
  chat.append();
  clock.advance(38);
  assert.equal(hub.stats.passes, 1);
  clock.advance(5);
  assert.equal(hub.stats.passes, 2);
});

test('while clients have more to go than a slice carries, the next pass follows at once', () => {
  const { clock, chat, sinks, hub } = crowd(1_000, 250);
  for (let n = 0; n < 12; n++) chat.append('x'.repeat(30_000));
  clock.run();
  assert.ok(hub.stats.passes >= 6, `${hub.stats.passes} passes without a rest`);
  for (const sink of sinks) assert.equal(numbersOf(sink).length, 12);
});

test('a pass yields to what else wants to run, and events of that time still go to the rest of the crowd', () => {
  const { clock, chat, sinks } = crowd(1_000, 250);
  let between = 0;
  const watch = (): void => {
    const served = sinks.filter((sink) => sink.writes > 0).length;
    if (served < sinks.length) {
      if (served > 0) between++;
      clock.soon(watch);
    }
  };
  chat.append();
  watch();
  clock.run();
  assert.ok(between >= 10, `something else ran ${between} times during a pass of 100 ms`);
  assert.ok(sinks.every((sink) => numbersOf(sink).length === 1));
});

test('a stopped hub sends nothing more', () => {
  const { clock, chat, sinks, hub } = crowd(3, 250);
  chat.append();
  hub.close();
  clock.advance(2_000);
  assert.ok(sinks.every((sink) => sink.writes === 0));
  assert.equal(clock.pending, 0);
});
