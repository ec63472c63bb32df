import type { Histogram } from '../../histogram.ts';
import type { MetricSources } from './sources.ts';

export type Labels = Readonly<Record<string, string>>;
/** Values by their labels. */
export type Labelled<T> = readonly (readonly [labels: Labels, value: T])[];

interface Common {
  readonly name: string;
  readonly help: string;
}

/** What goes up and down, or only up: counters end in `_total`. */
export interface NumberMetric extends Common {
  readonly type: 'counter' | 'gauge';
  /** How the values of several workers are taken together; their sum by default. */
  readonly together?: 'max' | 'average';
  /** The only value, or values by label. What cannot be known now is left out. */
  read(sources: MetricSources): Read<number>;
}

/** How values are spread; those of several workers are added up, bucket by bucket. */
export interface HistogramMetric extends Common {
  readonly type: 'histogram';
  read(sources: MetricSources): Histogram | Labelled<Histogram>;
}

type Read<T> = T | Labelled<T> | Promise<T | Labelled<T> | undefined>;

/** One metric: all that `/metrics` and `docs/reference/metrics.md` know of it. */
export type Metric = NumberMetric | HistogramMetric;

export function counter(
  name: `${string}_total`,
  help: string,
  read: NumberMetric['read'],
  more: Pick<NumberMetric, 'together'> = {},
): Metric {
  return { type: 'counter', name, help, read, ...more };
}

export function gauge(
  name: string,
  help: string,
  read: NumberMetric['read'],
  more: Pick<NumberMetric, 'together'> = {},
): Metric {
  return { type: 'gauge', name, help, read, ...more };
}

export function histogram(name: string, help: string, read: HistogramMetric['read']): Metric {
  return { type: 'histogram', name, help, read };
}
