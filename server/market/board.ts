import type { Offsets, TickRecord } from '../engines/tick-log.ts';
import { type SnapshotEvent, TickEvent } from './event.ts';
import { withOffset } from './position.ts';

/** The newest tick of every symbol, and where in the log that is. */
export class Board {
  /** The next offset of each partition. */
  vector: Offsets;
  readonly newest = new Map<string, TickEvent>();
  #snapshot: SnapshotEvent | undefined;

  constructor(vector: Offsets) {
    this.vector = vector;
  }

  /** Takes the next record of the log; `undefined` for one that was here already. */
  add(record: TickRecord): TickEvent | undefined {
    const { partition, offset, tick } = record;
    if (offset < (this.vector[partition] ?? 0)) return undefined;
    this.vector = withOffset(this.vector, partition, offset + 1);
    const event = new TickEvent(record, this.vector);
    this.newest.set(tick.symbol, event);
    this.#snapshot = undefined;
    return event;
  }

  /** Nothing more comes of this partition before the offset: what lies there is no tick. */
  pass(partition: number, next: number): void {
    if (next <= (this.vector[partition] ?? 0)) return;
    this.vector = withOffset(this.vector, partition, next);
    this.#snapshot = undefined;
  }

  /** Everyone who asks between two ticks gets the same one. */
  snapshot(): SnapshotEvent {
    this.#snapshot ??= { kind: 'snapshot', ticks: [...this.newest.values()], vector: this.vector };
    return this.#snapshot;
  }
}
