import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Latency } from '../../web/src/connection/latency.ts';
import { ManualClock } from '../support/manual-clock.ts';

function latencyOf() {
  const clock = new ManualClock();
  const measured: number[] = [];
  const asked: (() => void)[] = [];
  const latency = new Latency({ clock, measured: (ms) => measured.push(ms) });
  return { clock, latency, measured, asked, ask: (answered: () => void) => void asked.push(answered) };
}

test('measures at once, and every twenty seconds from then on', () => {
  const { clock, latency, measured, asked, ask } = latencyOf();
  latency.start(ask);
  clock.advance(35);
  asked[0]?.();
  clock.advance(20_000);
  assert.deepEqual([measured, asked.length], [[35], 2]);
});

test('an answer that comes after the end says nothing, and nothing more is asked', () => {
  const { clock, latency, measured, asked, ask } = latencyOf();
  latency.start(ask);
  latency.stop();
  asked[0]?.();
  clock.advance(60_000);
  assert.deepEqual([measured, asked.length, clock.pending], [[], 1, 0]);
});
