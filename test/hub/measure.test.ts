import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Encoding } from '../../server/hub/encoding.ts';
import { world } from '../support/hub-world.ts';

interface Born {
  readonly n: number;
  readonly padding?: string;
  readonly at: number | undefined;
}

const encoding: Encoding<Born> = { key: 'text', encode: ({ n, padding = '' }) => Buffer.from(`${n}${padding};`) };

function bornStream(hub: ReturnType<typeof world>['hub'], name = 'chat:global') {
  return hub.stream<Born>({
    name,
    epoch: 'e',
    bounds: { count: 100_000, bytes: 1e9, age: 3_600_000 },
    size: () => 10,
    overflow: { policy: 'latest', snapshot: () => undefined },
    bornAt: ({ at }) => at,
  });
}

test('a pass measures how late its oldest event is, under the name of its kind of stream', () => {
  const { hub, clock, connect } = world();
  const stream = bornStream(hub);
  connect().client.follow(stream, encoding, { next: 0 });
  const born = clock.now();
  stream.append({ n: 0, at: born - 400 });
  stream.append({ n: 1, at: born - 100 });
  clock.run();
  const delays = hub.stats.delays.get('chat');
  assert.deepEqual([delays?.count, delays?.sum], [1, 0.4]);
  // One from a machine whose clock is ahead, and one of which nothing is known.
  stream.append({ n: 2, at: born + 50 });
  clock.run();
  stream.append({ n: 3, at: undefined });
  clock.run();
  assert.deepEqual([delays?.count, delays?.sum], [2, 0.4]);
});

test('what nobody follows is not late', () => {
  const { hub, clock } = world();
  bornStream(hub).append({ n: 0, at: 0 });
  clock.run();
  assert.equal(hub.stats.delays.size, 0);
});

test('a pass counts its clients and the mean size of what it wrote', () => {
  const { hub, clock, connect } = world();
  const stream = bornStream(hub);
  for (let client = 0; client < 30; client++) connect().client.follow(stream, encoding, { next: 0 });
  stream.append({ n: 1, padding: 'x'.repeat(200), at: undefined });
  clock.run();
  const { passClients, sliceBytes, passDurations } = hub.stats;
  assert.deepEqual([passClients.count, passClients.sum], [1, 30]);
  assert.deepEqual([sliceBytes.count, sliceBytes.sum], [1, 202]);
  assert.equal(passDurations.count, 1);
});

test('the lag of the slowest and of the median client is told for each kind of stream', () => {
  const { hub, clock, connect } = world();
  const [one, other] = [bornStream(hub, 'chat:one'), bornStream(hub, 'chat:two')];
  for (let client = 0; client < 9; client++) connect().client.follow(one, encoding, { next: 0 });
  const slow = connect();
  slow.client.follow(other, encoding, { next: 0 });
  slow.sink.blocking = true;
  for (let n = 0; n < 8; n++) {
    one.append({ n, at: undefined });
    other.append({ n, at: undefined });
    clock.run();
  }
  const lag = hub.lags().get('chat');
  assert.equal(lag?.median, 0);
  assert.ok((lag?.slowest ?? 0) >= 7, `${lag?.slowest}`);
});

test('of very many cursors some are looked at, and all that take nothing', () => {
  const { hub, clock, connect } = world();
  const stream = bornStream(hub);
  const clients = Array.from({ length: 10_000 }, () => {
    const each = connect();
    each.client.follow(stream, encoding, { next: 0 });
    return each;
  });
  const slow = clients[7_777];
  if (slow !== undefined) slow.sink.blocking = true;
  for (let n = 0; n < 5; n++) {
    stream.append({ n, at: undefined });
    clock.advance(1_000);
  }
  const lag = hub.lags().get('chat');
  assert.equal(lag?.median, 0);
  assert.ok((lag?.slowest ?? 0) >= 4, `${lag?.slowest}`);
});
