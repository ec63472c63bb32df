import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Health, healthOf, healthOfWorkers } from '../../server/http/health.ts';
import type { EnginesByPart } from '../../server/http/info.ts';
import { Readiness } from '../../server/http/readiness.ts';

const started = (): Readiness => {
  const readiness = new Readiness(['store']);
  readiness.started('store', () => true);
  return readiness;
};
const engines = (store: 'up' | 'down'): EnginesByPart => ({
  messageStore: { kind: 'mysql', state: () => store },
  marketSource: { kind: 'simulator', state: () => 'standby' },
});
const fine: Health = { ready: true, state: 'ready', reasons: [], degraded: [] };

test('an instance whose engine does not answer is ready, and degraded', async () => {
  assert.deepEqual(await healthOf(started(), engines('up')), fine);
  assert.deepEqual(await healthOf(started(), engines('down')), {
    ready: true,
    state: 'degraded',
    reasons: [],
    degraded: ['messageStore'],
  });
});

test('workers are ready while one of them is', () => {
  const starting: Health = { ready: false, state: 'unready', reasons: ['ticks'], degraded: [] };
  const health = (...list: (Health | undefined)[]): Health =>
    healthOfWorkers(new Map(list.map((each, index) => [index + 1, each])));
  assert.deepEqual(health(fine, fine), fine);
  assert.deepEqual(health(fine, starting, undefined), {
    ready: true,
    state: 'degraded',
    reasons: [],
    degraded: ['worker 2: ticks', 'worker 3: does not answer'],
  });
  assert.deepEqual(health(starting, undefined), {
    ready: false,
    state: 'unready',
    reasons: ['worker 1: ticks', 'worker 2: does not answer'],
    degraded: [],
  });
  assert.equal(health().ready, false);
  const degraded: Health = { ready: true, state: 'degraded', reasons: [], degraded: ['backplane'] };
  assert.deepEqual(health(degraded, degraded).degraded, ['backplane']);
});
