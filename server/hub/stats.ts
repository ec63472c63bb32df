import { Histogram, SECONDS } from '../histogram.ts';

const CLIENTS = [0, 1, 10, 100, 500, 1_000, 5_000, 10_000, 50_000];
const BYTES = [128, 256, 512, 1_024, 2_048, 4_096, 8_192, 16_384, 32_768, 65_536];

/** Counters of a hub, ever rising. What is measured is measured once a pass, not once a client. */
export class HubStats {
  /** Events written, one a client. */
  deliveries = 0;
  /** Writes of slices. */
  writes = 0;
  bytes = 0;
  /** Seconds of work in each pass. */
  readonly passDurations = new Histogram(SECONDS);
  /** Clients that each pass visited. */
  readonly passClients = new Histogram(CLIENTS);
  /** The mean size of what was written during each pass, in bytes. */
  readonly sliceBytes = new Histogram(BYTES);
  /** Seconds from when the oldest event of a pass was born until the pass had written it to everyone, by kind of stream. */
  readonly delays = new Map<string, Histogram>();
  /** Times that a cursor of a `latest` stream was left behind and got a snapshot. */
  conflated = 0;
  /** Pages asked of a store for cursors of `complete` streams. */
  pageReads = 0;
  /** Events that came from such pages. */
  caughtUp = 0;
  /** Clients closed because they took nothing. */
  stalled = 0;

  get passes(): number {
    return this.passDurations.count;
  }

  delayed(kind: string, seconds: number): void {
    let delays = this.delays.get(kind);
    if (delays === undefined) {
      delays = new Histogram(SECONDS);
      this.delays.set(kind, delays);
    }
    // The clocks of two machines differ by a little.
    delays.observe(Math.max(0, seconds));
  }
}
