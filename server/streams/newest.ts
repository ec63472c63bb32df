import type { StreamEvent, StreamSnapshot } from './item.ts';

/** Keys of a stream of which the newest event is remembered, and bytes of these events: one snapshot is sent as a whole. */
const MOST_KEYS = 1_000;
const MOST_BYTES = 1_048_576;

/** The newest event of each key. Of too many, those are forgotten that were renewed longest ago. */
export class Newest {
  readonly #events = new Map<string, StreamEvent>();
  #bytes = 0;
  #snapshot: StreamSnapshot | undefined;

  add(event: StreamEvent): void {
    this.#forget(event.key);
    // At its end: so the order is that of the positions.
    this.#events.set(event.key, event);
    this.#bytes += event.json.length;
    for (const key of this.#events.keys()) {
      if (this.#events.size <= MOST_KEYS && this.#bytes <= MOST_BYTES) break;
      this.#forget(key);
    }
    this.#snapshot = undefined;
  }

  /** Everyone who asks between two events gets the same one. */
  snapshot(next: number): StreamSnapshot {
    if (this.#snapshot?.next !== next) this.#snapshot = { kind: 'snapshot', events: [...this.#events.values()], next };
    return this.#snapshot;
  }

  #forget(key: string): void {
    const event = this.#events.get(key);
    if (event === undefined) return;
    this.#events.delete(key);
    this.#bytes -= event.json.length;
  }
}
