import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LinkState } from '../../web/src/connection/link.ts';
import type { PriceEvent } from '../../web/src/connection/price-event.ts';
import { PriceStream } from '../../web/src/connection/price-stream.ts';
import type { Tick } from '../../web/src/market/tick.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { FakeSource } from './fake-source.ts';

const TICK: Tick = { symbol: 'BTC-USD', price: 5, size: 1, change: 0, time: 1 };

function streamOf() {
  const clock = new ManualClock();
  const events: PriceEvent[] = [];
  const sources: FakeSource[] = [];
  const ticks: Tick[] = [];
  const snapshots: (readonly Tick[])[] = [];
  const states: LinkState[] = [];
  const statuses: string[] = [];
  const stream = new PriceStream({
    clock,
    random: () => 1,
    open: (url) => {
      const source = new FakeSource(url);
      sources.push(source);
      return source;
    },
    event: (event) => {
      events.push(event);
      if (event.kind === 'tick') ticks.push(event.tick);
      if (event.kind === 'snapshot') snapshots.push(event.ticks);
      if (event.kind === 'status') statuses.push(event.state);
    },
    changed: (state) => states.push(state),
  });
  const source = (): FakeSource => {
    const last = sources.at(-1);
    assert.ok(last !== undefined);
    return last;
  };
  return { clock, stream, source, sources, events, ticks, snapshots, states, statuses };
}

test('goes on after the last event that was taken', () => {
  const { clock, stream, source, ticks } = streamOf();
  stream.start();
  assert.equal(source().url, '/stream');
  source().open();
  source().emit('market-tick', 'e:1,2,3', JSON.stringify(TICK));
  source().fail();
  assert.equal(source().closed, true);
  clock.advance(500);
  assert.equal(source().url, '/stream?lastEventId=e%3A1%2C2%2C3');
  assert.deepEqual(ticks, [TICK]);
});

test('a snapshot is handed over, and what is not a tick is left out of it', () => {
  const { stream, source, snapshots } = streamOf();
  stream.start();
  source().emit('market-snapshot', 'e:1', JSON.stringify({ ticks: [TICK, { symbol: 'X' }, 7] }));
  assert.deepEqual(snapshots, [[TICK]]);
});

test('broken events neither throw nor move the position', () => {
  const { clock, stream, source, ticks, snapshots } = streamOf();
  stream.start();
  source().emit('market-tick', 'e:9', '{');
  source().emit('market-snapshot', '', '[]');
  source().emit('market-tick', '', '{"symbol":5}');
  source().fail();
  clock.advance(500);
  assert.equal(source().url, '/stream');
  assert.deepEqual([ticks, snapshots], [[], []]);
});

test('a stream that stays silent for a minute is opened anew', () => {
  const { clock, stream, source, sources } = streamOf();
  stream.start();
  source().open();
  clock.advance(59_999);
  source().emit('market-tick', 'e:1', JSON.stringify(TICK));
  clock.advance(59_999);
  assert.equal(sources.length, 1);
  clock.advance(1);
  assert.equal(source().closed, true);
  clock.advance(500);
  assert.equal(sources.length, 2);
});

test('stop lets the connection go and start goes on from its place', () => {
  const { clock, stream, source, sources, states } = streamOf();
  stream.start();
  source().open();
  source().emit('market-tick', 'e:1', JSON.stringify(TICK));
  stream.stop();
  assert.equal(source().closed, true);
  clock.advance(120_000);
  assert.equal(sources.length, 1);
  stream.start();
  assert.equal(source().url, '/stream?lastEventId=e%3A1');
  assert.deepEqual(states, ['live', 'connecting']);
});

test('what the server says of its prices is told, and what is nothing of that is not', () => {
  const { stream, source, statuses } = streamOf();
  stream.start();
  source().open();
  for (const state of ['stale', 'live', 'asleep', undefined])
    source().emit('market-status', '', JSON.stringify({ state }));
  source().emit('market-status', '', 'null');
  assert.deepEqual(statuses, ['stale', 'live']);
});

test('where nobody looks it brings the newest of each symbol, without a place, and then begins with a snapshot', () => {
  const { stream, source, sources, events } = streamOf();
  stream.start();
  source().open();
  source().emit('market-tick', 'e:1', JSON.stringify(TICK));
  stream.slow(true);
  stream.slow(true);
  assert.equal(sources[0]?.closed, true);
  assert.equal(source().url, '/stream?interval=1000');
  source().emit('market-snapshot', 'e:2', JSON.stringify({ ticks: [TICK] }));
  source().emit('market-tick', 'e:3', JSON.stringify(TICK));
  source().emit('market-status', '', '{"state":"live"}');
  assert.deepEqual(
    events.map(({ kind }) => kind),
    ['tick', 'newest', 'newest', 'status'],
  );
  stream.slow(false);
  assert.equal(source().url, '/stream');
  assert.equal(sources.length, 3);
});

test('it goes on from the place that it is given', () => {
  const { stream, source } = streamOf();
  stream.goOnFrom('e:7');
  stream.start();
  assert.equal(source().url, '/stream?lastEventId=e%3A7');
});
