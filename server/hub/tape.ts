import type { Encoding } from './encoding.ts';
import type { Window } from './window.ts';

/** The most that one write to one client carries, in bytes; only a single event may be larger. */
export const SLICE_BYTES = 65_536;
const FIRST_SEGMENT_BYTES = 4_096;
/** Events in a segment at most: where an encoding leaves nearly all of them out, bytes alone would never fill it. */
const SEGMENT_EVENTS = 4_096;
/** An older event is asked for by many after a restart, each at a place of its own: encode from round places on. */
export const BACKFILL_STEP = 256;

/** The events from a position on, in the bytes of one encoding. */
export interface Slice {
  readonly bytes: Uint8Array;
  /** The position after the last event in it. */
  readonly next: number;
  readonly events: number;
}

/** One encoding of one stream, for all cursors that use it. */
export interface Tape<E> {
  readonly encoding: Encoding<E>;
  readonly shared: boolean;
  /** For the stream: how many cursors use it. */
  users: number;
  /** Bytes that it keeps, with what it notes of each event. */
  readonly bytes: number;
  /** How far slices go now: to the head, or where blocks were cut last. */
  readonly end: number;
  /** A pass begins: what is in the log now goes with it. */
  cut(): void;
  /**
   * The bytes from `from` on, at most `SLICE_BYTES`. The log must have `from`: first <= from < end. With a `window`, at most
   * as many messages as it has room for, which it has to have; it is told of each. Tapes of blocks know no windows.
   */
  slice(from: number, window?: Window): Slice;
  /**
   * The bytes of `events` from `index` on, at most `SLICE_BYTES`, for events that are not (or no more) in the log;
   * `position` is that of events[0], and `next` of the answer is an index. With `keep` the same list gives the same bytes.
   * `window` is as for `slice`: where it cuts is one client's, so that is not kept.
   */
  run(events: readonly E[], index: number, position: number, keep: boolean, window?: Window): Slice;
  /** Lets go of what lies wholly before `first`. */
  dropBefore(first: number): void;
  /** Lets go of everything, as an event has become another one: what is asked for from now on is encoded anew. */
  forget(): void;
}

/** What a tape needs of its stream's log. */
export interface Events<E> {
  readonly first: number;
  readonly next: number;
  at(position: number): E | undefined;
}

/**
 * Bytes of consecutive events, one after the other. What is written stays as it is, because a kernel queue may still hold
 * it; only the free end is written to. Whoever holds a slice holds its segment: at most `SLICE_BYTES`, or one event.
 */
class Segment {
  readonly first: number;
  readonly buffer: Buffer;
  /** Where each event ends in the buffer. */
  readonly ends: number[] = [];
  used = 0;

  constructor(first: number, bytes: number) {
    this.first = first;
    this.buffer = Buffer.allocUnsafeSlow(bytes);
  }

  get next(): number {
    return this.first + this.ends.length;
  }

  fits(bytes: Uint8Array): boolean {
    return this.used + bytes.length <= this.buffer.length && this.ends.length < SEGMENT_EVENTS;
  }

  add(bytes: Uint8Array): void {
    this.buffer.set(bytes, this.used);
    this.used += bytes.length;
    this.ends.push(this.used);
  }

  slice(from: number): Slice {
    const start = from === this.first ? 0 : (this.ends[from - this.first - 1] ?? 0);
    return { bytes: this.buffer.subarray(start, this.used), next: this.next, events: this.next - from };
  }

  /** As much of the same as the window has room for. An event without bytes is nobody's to acknowledge. */
  sliceWithin(from: number, window: Window): Slice {
    const start = from === this.first ? 0 : (this.ends[from - this.first - 1] ?? 0);
    let end = start;
    let position = from;
    for (; position < this.next && window.room > 0; position++) {
      const after = this.ends[position - this.first] ?? end;
      if (after > end) window.sent(position);
      end = after;
    }
    return { bytes: this.buffer.subarray(start, end), next: position, events: position - from };
  }
}

/**
 * A tape of single events: each event of the log is encoded at most once, when the first cursor needs it, and what lies
 * from a to b is one subarray of a segment. A tape that is not `shared` keeps nothing and encodes for each call.
 */
export class EventTape<E> implements Tape<E> {
  readonly encoding: Encoding<E>;
  readonly shared: boolean;
  users = 0;
  readonly #log: Events<E>;
  #segments: Segment[] = [];
  #runs = new WeakMap<readonly E[], Map<number, Slice>>();
  #last: Slice | undefined;
  #lastFrom = -1;

  constructor(log: Events<E>, encoding: Encoding<E>, shared: boolean) {
    this.#log = log;
    this.encoding = encoding;
    this.shared = shared;
  }

  get bytes(): number {
    return this.#segments.reduce((sum, { buffer, ends }) => sum + buffer.length + 8 * ends.length, 0);
  }

  get end(): number {
    return this.#log.next;
  }

  cut(): void {}

  slice(from: number, window?: Window): Slice {
    if (!this.shared) return this.#encodeAlone(from, window);
    if (window !== undefined) {
      this.#encode(from);
      return this.#segmentOf(from).sliceWithin(from, window);
    }
    // In a pass nearly all clients ask for the same place.
    if (this.#lastFrom === from && this.#segments.at(-1)?.next === this.#log.next && this.#last !== undefined) {
      return this.#last;
    }
    this.#encode(from);
    const slice = this.#segmentOf(from).slice(from);
    this.#lastFrom = from;
    this.#last = slice;
    return slice;
  }

  run(events: readonly E[], index: number, position: number, keep: boolean, window?: Window): Slice {
    if (!this.shared || !keep || window !== undefined) return this.#encodeRun(events, index, position, window);
    const kept = this.#runs.get(events) ?? new Map<number, Slice>();
    this.#runs.set(events, kept);
    const slice = kept.get(index) ?? this.#encodeRun(events, index, position);
    kept.set(index, slice);
    return slice;
  }

  dropBefore(first: number): void {
    let gone = 0;
    while (gone < this.#segments.length && this.#segmentAt(gone).next <= first) gone++;
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

  #segmentAt(index: number): Segment {
    // biome-ignore lint/style/noNonNullAssertion: callers keep the index inside the list.
    return this.#segments[index]!;
  }

  #segmentOf(position: number): Segment {
    let low = 0;
    let high = this.#segments.length - 1;
    if (high >= 0 && this.#segmentAt(high).first <= position) return this.#segmentAt(high);
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#segmentAt(middle).first <= position) low = middle;
      else high = middle - 1;
    }
    return this.#segmentAt(low);
  }

  /** Makes the segments cover [from, log.next). */
  #encode(from: number): void {
    const last = this.#segments.at(-1);
    if (last === undefined) {
      // Nothing yet, or every follower was away for so long that the log moved on past what was encoded.
      this.#extend(this.#segments, from, this.#log.next);
      return;
    }
    this.#extend(this.#segments, last.next, this.#log.next);
    const first = this.#segmentAt(0).first;
    if (from >= first) return;
    const older: Segment[] = [];
    this.#extend(older, Math.max(this.#log.first, from - (from % BACKFILL_STEP)), first);
    this.#segments = [...older, ...this.#segments];
  }

  #extend(segments: Segment[], from: number, to: number): void {
    let segment = segments.at(-1);
    for (let position = from; position < to; position++) {
      const bytes = this.#bytesAt(position);
      if (segment === undefined || !segment.fits(bytes)) {
        const room = Math.min(SLICE_BYTES, segment === undefined ? FIRST_SEGMENT_BYTES : segment.buffer.length * 2);
        segment = new Segment(position, Math.max(room, bytes.length));
        segments.push(segment);
      }
      segment.add(bytes);
    }
  }

  #bytesAt(position: number): Uint8Array {
    // biome-ignore lint/style/noNonNullAssertion: positions between first and next are in the log.
    return this.encoding.encode(this.#log.at(position)!, position);
  }

  #encodeAlone(from: number, window?: Window): Slice {
    const parts: Uint8Array[] = [];
    let size = 0;
    let position = from;
    for (; position < this.#log.next && window?.room !== 0; position++) {
      const bytes = this.#bytesAt(position);
      if (size > 0 && size + bytes.length > SLICE_BYTES) break;
      if (bytes.length > 0) window?.sent(position);
      parts.push(bytes);
      size += bytes.length;
    }
    return { bytes: Buffer.concat(parts, size), next: position, events: position - from };
  }

  #encodeRun(events: readonly E[], index: number, position: number, window?: Window): Slice {
    const parts: Uint8Array[] = [];
    let size = 0;
    let at = index;
    for (; at < events.length && window?.room !== 0; at++) {
      // biome-ignore lint/style/noNonNullAssertion: at is inside the list.
      const bytes = this.encoding.encode(events[at]!, position + at);
      if (size > 0 && size + bytes.length > SLICE_BYTES) break;
      if (bytes.length > 0) window?.sent(position + at);
      parts.push(bytes);
      size += bytes.length;
    }
    return { bytes: Buffer.concat(parts, size), next: at, events: at - index };
  }
}
