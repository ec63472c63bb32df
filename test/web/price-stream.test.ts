import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LinkState } from '../../web/src/connection/link.ts';
import { type EventSourceLike, PriceStream, type StreamEvent } from '../../web/src/connection/price-stream.ts';
import type { Tick } from '../../web/src/market/tick.ts';
import { ManualClock } from '../support/manual-clock.ts';

class FakeSource implements EventSourceLike {
  onopen: ((event: never) => void) | null = null;
  onerror: ((event: never) => void) | null = null;
  closed = false;
  readonly url: string;
  readonly #listeners = new Map<string, (event: StreamEvent) => void>();

  constructor(url: string) {
    this.url = url;
  }

  addEventListener(type: string, listener: (event: StreamEvent) => void): void {
    this.#listeners.set(type, listener);
  }

  close(): void {
    this.closed = true;
  }

  emit(type: string, id: string, data: string): void {
    this.#listeners.get(type)?.({ data, lastEventId: id });
  }

  open(): void {
    this.onopen?.(undefined as never); // The event is not read.
  }

  fail(): void {
    this.onerror?.(undefined as never); // The event is not read.
  }
}

const TICK: Tick = { symbol: 'BTC-USD', price: 5, size: 1, change: 0, time: 1 };

function streamOf() {
  const clock = new ManualClock();
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
    tick: (tick) => ticks.push(tick),
    snapshot: (list) => snapshots.push(list),
    status: (state) => statuses.push(state),
    changed: (state) => states.push(state),
  });
  const source = (): FakeSource => {
    const last = sources.at(-1);
    assert.ok(last !== undefined);
    return last;
  };
  return { clock, stream, source, sources, ticks, snapshots, states, statuses };
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
  assert.deepEqual(states, ['live']);
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
