import assert from 'node:assert/strict';
import { test } from 'node:test';
import { History } from '../../../web/src/ops/history.ts';
import { type Instance, nameOf } from '../../../web/src/ops/instance.ts';
import { bucketsOf, mostOf, quantile, sumOf } from '../../../web/src/ops/metric-values.ts';
import { age, bytes, seconds, short } from '../../../web/src/ops/units.ts';

/** An instance with these metrics, each with one value. */
function instance(id: string, values: Readonly<Record<string, number>>, changes: Partial<Instance> = {}): Instance {
  return {
    instance: id,
    version: '1',
    role: 'all',
    uptime: 1,
    health: { state: 'ready', reasons: [], degraded: [] },
    engines: {},
    clients: 2,
    versions: {},
    slowest: [],
    troubles: [],
    metrics: Object.entries(values).map(([name, value]) => ({ name, values: [{ value, labels: {} }] })),
    ...changes,
  };
}

const histogram = (name: string, counts: readonly (readonly [le: number | '+Inf', count: number])[]) => ({
  name,
  values: counts.map(([le, value]) => ({ value, labels: { le }, metricName: `${name}_bucket` })),
});

test('rates are those between two looks, of all instances together', () => {
  const history = new History();
  const look = (a: number, b: number, time: number): void =>
    history.add(
      [
        instance('a', { towncrier_hub_deliveries_total: a, towncrier_market_ticks_total: a }),
        instance('b', { towncrier_hub_deliveries_total: b, towncrier_market_ticks_total: b }),
      ],
      time,
    );
  look(100, 50, 1_000);
  look(300, 150, 3_000);
  const [first, second] = history.points;
  assert.equal(first?.deliveries, undefined);
  assert.deepEqual([second?.deliveries, second?.clients], [150, 4]);
  // All read the same ticks: they are not added up.
  assert.equal(second?.ticks, 100);
});

test('where an instance came or went no rate is made up', () => {
  const history = new History();
  history.add([instance('a', { towncrier_hub_deliveries_total: 900 })], 0);
  history.add([instance('b', { towncrier_hub_deliveries_total: 5 })], 2_000);
  history.add([instance('b', { towncrier_hub_deliveries_total: 25 })], 4_000);
  assert.deepEqual(
    history.points.map(({ deliveries }) => deliveries),
    [undefined, undefined, 10],
  );
});

test('five minutes are kept', () => {
  const history = new History();
  for (let i = 0; i < 400; i++) history.add([], i);
  assert.deepEqual([history.points.length, history.points.at(-1)?.time], [150, 399]);
});

test('a quantile is that of what was observed since the last look', () => {
  const name = 'delay';
  const of = (counts: Parameters<typeof histogram>[1]) =>
    bucketsOf([instance('a', {}, { metrics: [histogram(name, counts)] })], name);
  const before = of([
    [0.01, 1_000],
    [0.1, 1_000],
    ['+Inf', 1_000],
  ]);
  const now = of([
    [0.01, 1_000],
    [0.1, 1_100],
    ['+Inf', 1_100],
  ]);
  const half = quantile(before, now, 0.5) ?? 0;
  assert.ok(Math.abs(half - 0.055) < 1e-9, `${half}`);
  assert.equal(quantile(now, now, 0.5), undefined);
  const beyond = of([
    [0.01, 1_000],
    [0.1, 1_100],
    ['+Inf', 1_200],
  ]);
  // Nothing is known above the last bound but that it is above it.
  assert.equal(quantile(now, beyond, 0.99), 0.1);
});

test('values are chosen by their labels', () => {
  const metrics = [
    {
      name: 'sends',
      values: [
        { value: 3, labels: { outcome: 'accepted' } },
        { value: 1, labels: { outcome: 'refused' } },
      ],
    },
  ];
  const all = [instance('a', {}, { metrics }), instance('b', {}, { metrics })];
  assert.deepEqual([sumOf(all, 'sends', { outcome: 'accepted' }), mostOf(all, 'sends'), sumOf(all, 'x')], [6, 3, 0]);
});

test('figures are short, with their units', () => {
  assert.deepEqual([950, 1_234, 12_340, 2_400_000, 0.25].map(short), ['950', '1,234', '12.3 k', '2.4 M', '0.3']);
  assert.deepEqual([0.0041, 0.25, 1.2].map(seconds), ['4.1 ms', '250 ms', '1.20 s']);
  assert.deepEqual([3_480, 12_345].map(bytes), ['3,480 B', '12.3 kB']);
  assert.deepEqual([42, 1_020, 18_000, 300_000].map(age), ['42 s', '17 min', '5 h', '3 d']);
  assert.equal(nameOf(instance('0123456789', {})), 'all 012345');
  assert.equal(nameOf(instance('0', {}, { worker: 0, peer: 'http://10.0.0.2:9090' })), 'worker 1 at 10.0.0.2:9090');
});
