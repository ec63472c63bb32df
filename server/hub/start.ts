/**
 * Where a cursor begins. `next` is the position of the first event it gets from the stream's log; `before` holds events
 * for this client alone, sent first: a snapshot, or the ticks that its resume id does not cover.
 */
export interface Start<E> {
  readonly next: number;
  readonly before?: readonly E[];
}
