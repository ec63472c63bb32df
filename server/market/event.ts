import type { Offsets, Tick, TickRecord } from '../engines/tick-log.ts';
import { ownBytes } from '../hub/own-bytes.ts';

/** One tick, and where its receiver stands after it. */
export class TickEvent {
  readonly kind = 'tick';
  readonly tick: Tick;
  readonly partition: number;
  readonly offset: number;
  /** The next offset of each partition once this tick has been received. */
  readonly vector: Offsets;
  /** When the tick log got it, where that is known. */
  readonly appendedAt: number | undefined;
  #json: Uint8Array | undefined;

  constructor({ tick, partition, offset, appendedAt }: TickRecord, vector: Offsets) {
    this.tick = tick;
    this.partition = partition;
    this.offset = offset;
    this.vector = vector;
    this.appendedAt = appendedAt;
  }

  /** The tick as JSON in UTF-8; made once, when first needed. */
  get json(): Uint8Array {
    this.#json ??= ownBytes(JSON.stringify(this.tick));
    return this.#json;
  }

  /** The same tick for a receiver who stands somewhere else. */
  at(vector: Offsets): TickEvent {
    const { tick, partition, offset } = this;
    const event = new TickEvent({ tick, partition, offset }, vector);
    event.#json = this.json;
    return event;
  }

  /** Whether who is at `vector` has seen this tick. */
  seenAt(vector: Offsets): boolean {
    return this.offset < (vector[this.partition] ?? 0);
  }
}

/** The newest tick of every symbol: stands for all ticks before its vector. */
export interface SnapshotEvent {
  readonly kind: 'snapshot';
  readonly ticks: readonly TickEvent[];
  readonly vector: Offsets;
}

/** The newest tick of each symbol that changed in an interval: stands for all ticks between the last batch and its vector. */
export interface BatchEvent {
  readonly kind: 'batch';
  readonly ticks: readonly TickEvent[];
  readonly vector: Offsets;
}

export type MarketEvent = TickEvent | SnapshotEvent | BatchEvent;

/** `{"ticks":[tick…]}` in UTF-8. */
export function snapshotJson(ticks: readonly TickEvent[]): Uint8Array {
  const parts: Uint8Array[] = [OPEN];
  for (const { json } of ticks) parts.push(parts.length > 1 ? COMMA : EMPTY, json);
  parts.push(CLOSE);
  return Buffer.concat(parts);
}

const OPEN = Buffer.from('{"ticks":[');
const COMMA = Buffer.from(',');
const CLOSE = Buffer.from(']}');
const EMPTY = Buffer.alloc(0);
