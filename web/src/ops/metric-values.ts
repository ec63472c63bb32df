import type { Instance } from './instance.ts';

type Labels = Readonly<Record<string, string>>;

/** The sum of a metric over instances, of the values with these labels. */
export function sumOf(instances: readonly Instance[], name: string, labels: Labels = {}): number {
  let sum = 0;
  for (const { value } of valuesOf(instances, name, labels)) sum += value;
  return sum;
}

/** The largest value of a metric; 0 where there is none. */
export function mostOf(instances: readonly Instance[], name: string): number {
  let most = 0;
  for (const { value } of valuesOf(instances, name, {})) most = Math.max(most, value);
  return most;
}

/** How many observations a histogram has up to each bound, by the bound. */
export type Buckets = ReadonlyMap<number, number>;

export function bucketsOf(instances: readonly Instance[], name: string): Buckets {
  const buckets = new Map<number, number>();
  for (const { value, labels, metricName } of valuesOf(instances, name, {})) {
    if (metricName !== `${name}_bucket`) continue;
    const bound = labels.le === '+Inf' ? Number.POSITIVE_INFINITY : Number(labels.le);
    buckets.set(bound, (buckets.get(bound) ?? 0) + value);
  }
  return buckets;
}

/**
 * The quantile of what was observed between two looks, by straight lines within the buckets, as PromQL's `histogram_quantile`.
 * `undefined` where nothing was.
 */
export function quantile(before: Buckets, now: Buckets, share: number): number | undefined {
  const bounds = [...now.keys()].sort((one, other) => one - other);
  const counts = bounds.map((bound) => (now.get(bound) ?? 0) - (before.get(bound) ?? 0));
  const all = counts.at(-1) ?? 0;
  if (all <= 0) return undefined;
  const rank = share * all;
  const at = counts.findIndex((count) => count >= rank);
  const upper = bounds[at] ?? 0;
  const lower = at === 0 ? 0 : (bounds[at - 1] ?? 0);
  if (upper === Number.POSITIVE_INFINITY) return lower;
  const under = at === 0 ? 0 : (counts[at - 1] ?? 0);
  return lower + (upper - lower) * ((rank - under) / Math.max(1, (counts[at] ?? 0) - under));
}

function* valuesOf(instances: readonly Instance[], name: string, labels: Labels) {
  for (const { metrics } of instances) {
    for (const value of metrics.find((metric) => metric.name === name)?.values ?? [])
      if (Object.entries(labels).every(([label, wanted]) => `${value.labels[label]}` === wanted)) yield value;
  }
}
