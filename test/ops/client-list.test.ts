import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Hub } from '../../server/hub/hub.ts';
import { countVersions, slowest } from '../../server/ops/client-list.ts';
import { numbered, StoredStream, settle } from '../support/hub-world.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { RecordingSink } from '../support/recording-sink.ts';

class NamedSink extends RecordingSink {
  readonly version: string | undefined;

  constructor(version?: string) {
    super();
    this.version = version;
  }

  override describe() {
    return { ...super.describe(), version: this.version };
  }
}

test('who takes nothing comes first, then who is furthest behind', async () => {
  const clock = new ManualClock();
  const hub = new Hub({ clock, latencyBudget: 0, stallTimeout: 60_000 });
  const stored = new StoredStream(hub, { count: 1_000, bytes: 1e6, age: 60_000 });
  const sinks = [new NamedSink(), new NamedSink(), new NamedSink()];
  const clients = sinks.map((sink) => hub.connect(sink));
  for (const client of clients) client.follow(stored.stream, numbered(), { next: 0 });
  // The second takes nothing from now on, the third from a little later.
  for (const at of [1, 2]) {
    const sink = sinks[at];
    if (sink !== undefined) sink.blocking = true;
    stored.append();
    await settle(clock);
    clock.advance(2_000);
    await settle(clock);
  }
  const list = slowest(hub.all, clock.monotonic());
  assert.deepEqual(
    list.map(({ id }) => id),
    [clients[1]?.id, clients[2]?.id, clients[0]?.id],
  );
  assert.deepEqual([list[0]?.lag, list[1]?.lag, list[2]?.lag], [1, 0, 0]);
  assert.ok((list[0]?.blocked ?? 0) > (list[1]?.blocked ?? 0) && list[2]?.blocked === 0);
  assert.deepEqual([list[0]?.transport, list[0]?.address, list[0]?.subscriptions], ['recording', '192.0.2.1', 1]);
  hub.close();
});

test('clients are counted by transport and version', () => {
  const hub = new Hub({ clock: new ManualClock(), latencyBudget: 0, stallTimeout: 60_000 });
  for (const version of ['1.2', '1.2', '1.1', undefined]) hub.connect(new NamedSink(version));
  assert.deepEqual(countVersions(hub.all), { recording: 1, 'recording 1.1': 1, 'recording 1.2': 2 });
  hub.close();
});

test('of very many clients some are looked at, and their number stands for all', () => {
  const hub = new Hub({ clock: new ManualClock(), latencyBudget: 0, stallTimeout: 60_000 });
  for (let i = 0; i < 25_000; i++) hub.connect(new NamedSink('1.2'));
  const count = countVersions(hub.all)['recording 1.2'] ?? 0;
  assert.ok(Math.abs(count - 25_000) <= 3, `${count}`);
  assert.equal(slowest(hub.all, 0).length, 20);
  hub.close();
});
