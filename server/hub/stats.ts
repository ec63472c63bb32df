/** Counters of a hub, ever rising. */
export class HubStats {
  /** Events written, one a client. */
  deliveries = 0;
  /** Writes of slices. */
  writes = 0;
  bytes = 0;
  passes = 0;
  /** Milliseconds spent in passes. */
  passTime = 0;
  /** Times that a cursor of a `latest` stream was left behind and got a snapshot. */
  conflated = 0;
  /** Pages asked of a store for cursors of `complete` streams. */
  pageReads = 0;
  /** Events that came from such pages. */
  caughtUp = 0;
  /** Clients closed because they took nothing. */
  stalled = 0;
}
