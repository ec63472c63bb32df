import type { Blocks, Encoding } from './encoding.ts';
import { BACKFILL_STEP, type Events, SLICE_BYTES, type Slice, type Tape } from './tape.ts';

const FIRST_SEGMENT_BYTES = 4_096;
/** Blocks in a segment at most: where an encoding leaves nearly all events out, bytes alone would never fill it. */
const SEGMENT_BLOCKS = 1_024;

/** Bytes of consecutive blocks, one after the other; see `Segment` of the other tape. */
class Segment {
  readonly buffer: Buffer;
  /** The position that each block begins with, and where it begins in the buffer. */
  readonly firsts: number[] = [];
  readonly starts: number[] = [];
  used = 0;
  /** The position after the last block. */
  next: number;

  constructor(first: number, bytes: number) {
    this.next = first;
    this.buffer = Buffer.allocUnsafeSlow(bytes);
  }

  get first(): number {
    return this.firsts[0] ?? this.next;
  }

  fits(bytes: Uint8Array): boolean {
    return this.used + bytes.length <= this.buffer.length && this.starts.length < SEGMENT_BLOCKS;
  }

  add(bytes: Uint8Array, next: number): void {
    this.firsts.push(this.next);
    this.starts.push(this.used);
    this.buffer.set(bytes, this.used);
    this.used += bytes.length;
    this.next = next;
  }

  /** The index of the block that has this position. */
  blockOf(position: number): number {
    return lastAtMost(this.firsts.length, (index) => this.firsts[index] ?? 0, position);
  }

  slice(block: number): Slice {
    const first = this.firsts[block] ?? this.next;
    return { bytes: this.buffer.subarray(this.starts[block], this.used), next: this.next, events: this.next - first };
  }
}

/**
 * A tape of blocks: the events between two cuts are packed once for everyone. A cut lies where a pass began: those who are up
 * to date, which is nearly all, meet there, and what comes while a pass runs gathers for the next block instead of making many
 * small ones. One that stands between two cuts gets what leads to the next one for itself.
 */
export class BlockTape<E> implements Tape<E> {
  readonly encoding: Encoding<E>;
  readonly shared: boolean;
  users = 0;
  readonly #log: Events<E>;
  readonly #blocks: Blocks;
  #end: number;
  #segments: Segment[] = [];
  #runs = new WeakMap<readonly E[], Map<number, Slice>>();
  #last: Slice | undefined;
  #lastFrom = -1;

  constructor(log: Events<E>, encoding: Encoding<E>, blocks: Blocks, shared: boolean) {
    this.#log = log;
    this.encoding = encoding;
    this.#blocks = blocks;
    this.shared = shared;
    this.#end = log.next;
  }

  get bytes(): number {
    return this.#segments.reduce((sum, { buffer, starts }) => sum + buffer.length + 16 * starts.length, 0);
  }

  get end(): number {
    return this.shared ? this.#end : this.#log.next;
  }

  cut(): void {
    this.#end = this.#log.next;
  }

  slice(from: number): Slice {
    if (!this.shared) return this.#alone(from, this.#log.next);
    // In a pass nearly all clients ask for the same place.
    if (this.#lastFrom === from && this.#last !== undefined && this.#segments.at(-1)?.next === this.#end)
      return this.#last;
    this.#cover(from);
    const segment = this.#segmentOf(from);
    const block = segment.blockOf(from);
    // Not kept as the last one: it is one client's.
    if (segment.firsts[block] !== from) return this.#alone(from, segment.firsts[block + 1] ?? segment.next);
    const slice = segment.slice(block);
    this.#lastFrom = from;
    this.#last = slice;
    return slice;
  }

  run(events: readonly E[], index: number, position: number, keep: boolean): Slice {
    const at = (each: number): E | undefined => events[each - position];
    const made = (pack: Blocks['pack'], most: number): Slice => {
      const { parts, next } = this.#gather(position + index, position + events.length, most, at);
      return { bytes: pack(parts), next: next - position, events: next - position - index };
    };
    if (!keep) return made(this.#blocks.wrap, SLICE_BYTES);
    const kept = this.#runs.get(events) ?? new Map<number, Slice>();
    this.#runs.set(events, kept);
    const slice = kept.get(index) ?? made(this.#blocks.pack, this.#blocks.bytes);
    kept.set(index, slice);
    return slice;
  }

  dropBefore(first: number): void {
    let gone = 0;
    while ((this.#segments[gone]?.next ?? Number.POSITIVE_INFINITY) <= first) gone++;
    if (gone === 0) return;
    this.#segments = this.#segments.slice(gone);
    this.#last = undefined;
    this.#lastFrom = -1;
  }

  forget(): void {
    this.#segments = [];
    this.#runs = new WeakMap();
    this.#last = undefined;
    this.#lastFrom = -1;
  }

  #segmentOf(position: number): Segment {
    const index = lastAtMost(this.#segments.length, (each) => this.#segments[each]?.first ?? 0, position);
    // biome-ignore lint/style/noNonNullAssertion: there is a segment, and the index is inside the list.
    return this.#segments[index]!;
  }

  /** Makes the blocks cover [from, end). */
  #cover(from: number): void {
    const last = this.#segments.at(-1);
    if (last === undefined) {
      this.#extend(this.#segments, from, this.#end);
      return;
    }
    this.#extend(this.#segments, last.next, this.#end);
    const first = this.#segments[0]?.first ?? 0;
    if (from >= first) return;
    // Those who come back ask each at a place of its own: cut at round places, and at the one that is there already.
    const older: Segment[] = [];
    this.#extend(older, Math.max(this.#log.first, from - (from % BACKFILL_STEP)), first);
    this.#segments = [...older, ...this.#segments];
  }

  #extend(segments: Segment[], from: number, to: number): void {
    let segment = segments.at(-1);
    for (let position = from; position < to; ) {
      const { parts, next } = this.#gather(position, to, this.#blocks.bytes);
      const bytes = this.#blocks.pack(parts);
      if (segment === undefined || !segment.fits(bytes)) {
        const room = Math.min(SLICE_BYTES, segment === undefined ? FIRST_SEGMENT_BYTES : segment.buffer.length * 2);
        segment = new Segment(position, Math.max(room, bytes.length));
        segments.push(segment);
      }
      segment.add(bytes, next);
      position = next;
    }
  }

  #alone(from: number, to: number): Slice {
    const { parts, next } = this.#gather(from, to, SLICE_BYTES);
    return { bytes: this.#blocks.wrap(parts), next, events: next - from };
  }

  /** The bytes of the events from `from` on, until `to` or so many bytes; at least one event. */
  #gather(from: number, to: number, most: number, at = (position: number) => this.#log.at(position)): Gathered {
    const parts: Uint8Array[] = [];
    let size = 0;
    let next = from;
    for (; next < to; next++) {
      // biome-ignore lint/style/noNonNullAssertion: callers ask for positions that are there.
      const bytes = this.encoding.encode(at(next)!, next);
      if (size > 0 && size + bytes.length > most) break;
      if (bytes.length > 0) parts.push(bytes);
      size += bytes.length;
    }
    return { parts, next };
  }
}

interface Gathered {
  readonly parts: readonly Uint8Array[];
  /** The position after the last event in it. */
  readonly next: number;
}

/** The last index whose value is at most `limit`, of values that rise; 0 where there is none. */
function lastAtMost(length: number, value: (index: number) => number, limit: number): number {
  let low = 0;
  let high = length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (value(middle) <= limit) low = middle;
    else high = middle - 1;
  }
  return Math.max(low, 0);
}
