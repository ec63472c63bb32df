import { collectDefaultMetrics, type Metric as PromMetric, Registry } from 'prom-client';
import type { Histogram } from '../histogram.ts';
import { chatMetrics } from './metrics/chat-metrics.ts';
import { hubMetrics } from './metrics/hub-metrics.ts';
import { marketMetrics } from './metrics/market-metrics.ts';
import type { Labels, Metric } from './metrics/metric.ts';
import { serverMetrics } from './metrics/server-metrics.ts';
import type { MetricSources } from './metrics/sources.ts';

/** Every metric of ours; those of the process and of Node come from prom-client. */
export const metrics: readonly Metric[] = [...serverMetrics, ...hubMetrics, ...chatMetrics, ...marketMetrics];

/** A registry of all metrics. With `ofProcess` those of the process and of Node are there too: once in a process. */
export function createMetrics(sources: MetricSources, ofProcess: boolean): Registry {
  const register = new Registry();
  for (const metric of metrics) {
    const own = { name: metric.name, get: () => shown(metric, sources) };
    // The counts are kept where things happen, and read when somebody asks: of a metric that is all the registry calls.
    register.registerMetric(own as unknown as PromMetric);
  }
  if (ofProcess) collectDefaultMetrics({ register });
  return register;
}

interface Value {
  readonly labels: Labels;
  readonly value: number;
  readonly metricName?: string;
}

/** A metric in the form of prom-client. */
async function shown(metric: Metric, sources: MetricSources): Promise<object> {
  const { name, help, type } = metric;
  const values: Value[] = [];
  if (metric.type === 'histogram') {
    const read = metric.read(sources);
    const all = 'bounds' in read ? [[{}, read] as const] : read;
    for (const [labels, histogram] of all) values.push(...buckets(name, labels, histogram));
  } else {
    const read = await metric.read(sources);
    if (typeof read === 'number') values.push({ labels: {}, value: read });
    else for (const [labels, value] of read ?? []) values.push({ labels, value });
  }
  const aggregator = metric.type === 'histogram' ? 'sum' : (metric.together ?? 'sum');
  return { name, help, type, aggregator, values };
}

/** Each bucket holds those below it too, as Prometheus wants it. */
function buckets(name: string, labels: Labels, { bounds, counts, sum, count }: Histogram): Value[] {
  let below = 0;
  const values: Value[] = counts.map((each, at) => {
    below += each;
    return { metricName: `${name}_bucket`, labels: { ...labels, le: `${bounds[at] ?? '+Inf'}` }, value: below };
  });
  return [
    ...values,
    { metricName: `${name}_sum`, labels, value: sum },
    { metricName: `${name}_count`, labels, value: count },
  ];
}
