/** A run of events out of a store, for cursors that the log has left behind. */
export interface Page<E> {
  /** The position of the first event; above what was asked for where older ones are gone. */
  readonly first: number;
  readonly events: readonly E[];
  /** Sent before the events: says that something is missing. */
  readonly notice?: E;
}

/**
 * What becomes of a cursor that the log has left behind.
 * `complete`: nothing is lost; it goes on from pages of a store until it is inside the log again.
 * `latest`: one event that stands for all before the head, then on from the head. For streams without history, too:
 * `snapshot` may return nothing.
 */
export type Overflow<E> =
  | { readonly policy: 'complete'; read(from: number, limit: number): Promise<Page<E>> }
  | { readonly policy: 'latest'; snapshot(): E | undefined };
