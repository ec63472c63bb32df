import type { Tick } from './tick-log.ts';

/** A trade as a source reports it; the feed adds what a `Tick` has besides. */
export type Trade = Pick<Tick, 'symbol' | 'price' | 'size' | 'side' | 'time'>;

/**
 * Where prices come from.
 *
 * Order: trades of one symbol come in the order of their times.
 * Pressure: `start` calls `take` with what is due now, in batches; it does not wait for anyone.
 * Start: `last` holds the last price of each symbol that the log already knows, so that a source that makes its prices up
 * goes on from there.
 * After stop: `take` is not called again.
 */
export interface MarketSource {
  /**
   * Whether the place that prices come from can be heard now, also where nobody trades there. Absent where prices are made
   * here: they always come.
   */
  readonly live?: boolean;
  start(last: ReadonlyMap<string, number>, take: (trades: readonly Trade[]) => void): void;
  stop(): void;
}
