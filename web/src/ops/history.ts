import type { Instance } from './instance.ts';
import { type Buckets, bucketsOf, mostOf, quantile, sumOf } from './metric-values.ts';

/** What is drawn over time. A value is `undefined` where nothing can be said. */
export interface Point {
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly clients: number;
  /** A second. */
  readonly deliveries: number | undefined;
  readonly bytes: number | undefined;
  readonly messages: number | undefined;
  readonly ticks: number | undefined;
  readonly refusals: number | undefined;
  /** Cores. */
  readonly cpu: number | undefined;
  /** Seconds, of the 99th percentile since the last look. */
  readonly receipt: number | undefined;
  readonly delivery: number | undefined;
  readonly loop: number;
  /** Events that the slowest client is behind. */
  readonly lag: number;
  /** Bytes. */
  readonly memory: number;
}

/** Points that are kept: five minutes at two seconds. */
const MOST_POINTS = 150;

const RECEIPT = 'towncrier_chat_receipt_duration_seconds';
const DELIVERY = 'towncrier_delivery_delay_seconds';

interface Look {
  readonly time: number;
  readonly ids: string;
  readonly counts: Readonly<Record<keyof typeof counters, number>>;
  readonly receipt: Buckets;
  readonly delivery: Buckets;
}

/** Counters whose rates are drawn. */
const counters = {
  deliveries: (all: readonly Instance[]) => sumOf(all, 'towncrier_hub_deliveries_total'),
  bytes: (all: readonly Instance[]) => sumOf(all, 'towncrier_hub_bytes_total'),
  messages: (all: readonly Instance[]) => sumOf(all, 'towncrier_chat_sends_total', { outcome: 'accepted' }),
  // Each instance reads all of them.
  ticks: (all: readonly Instance[]) => mostOf(all, 'towncrier_market_ticks_total'),
  refusals: (all: readonly Instance[]) => sumOf(all, 'towncrier_refusals_total'),
  cpu: (all: readonly Instance[]) => sumOf(all, 'process_cpu_seconds_total'),
};

/** Makes a course of points out of one look after the other. */
export class History {
  #points: readonly Point[] = [];
  #last: Look | undefined;

  get points(): readonly Point[] {
    return this.#points;
  }

  add(instances: readonly Instance[], time: number): void {
    const look = lookAt(instances, time);
    // Where an instance came or went, sums of before and after have nothing to do with each other.
    const before = this.#last?.ids === look.ids ? this.#last : undefined;
    this.#last = look;
    const rate = (name: keyof typeof counters): number | undefined => {
      if (before === undefined || time <= before.time) return undefined;
      return Math.max(0, ((look.counts[name] - before.counts[name]) * 1_000) / (time - before.time));
    };
    const point: Point = {
      time,
      clients: instances.reduce((sum, { clients }) => sum + clients, 0),
      deliveries: rate('deliveries'),
      bytes: rate('bytes'),
      messages: rate('messages'),
      ticks: rate('ticks'),
      refusals: rate('refusals'),
      cpu: rate('cpu'),
      receipt: before && quantile(before.receipt, look.receipt, 0.99),
      delivery: before && quantile(before.delivery, look.delivery, 0.99),
      loop: mostOf(instances, 'nodejs_eventloop_lag_p99_seconds'),
      lag: mostOf(instances, 'towncrier_hub_slowest_lag_events'),
      memory: sumOf(instances, 'process_resident_memory_bytes'),
    };
    this.#points = [...this.#points.slice(1 - MOST_POINTS), point];
  }
}

function lookAt(instances: readonly Instance[], time: number): Look {
  return {
    time,
    ids: instances
      .map(({ instance }) => instance)
      .sort()
      .join(),
    counts: {
      deliveries: counters.deliveries(instances),
      bytes: counters.bytes(instances),
      messages: counters.messages(instances),
      ticks: counters.ticks(instances),
      refusals: counters.refusals(instances),
      cpu: counters.cpu(instances),
    },
    receipt: bucketsOf(instances, RECEIPT),
    delivery: bucketsOf(instances, DELIVERY),
  };
}
