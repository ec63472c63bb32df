import { ownBytes } from '../hub/own-bytes.ts';

/** An event of a stream, as its followers get it. */
export interface StreamEvent {
  readonly kind: 'event';
  readonly position: number;
  readonly id: string | undefined;
  /** The event's field `key`; empty where it has none. */
  readonly key: string;
  /** UTF-8, exactly as it came. */
  readonly json: Uint8Array;
}

/** The newest event of each key, in the order of their positions: stands for all events before `next`. */
export interface StreamSnapshot {
  readonly kind: 'snapshot';
  readonly events: readonly StreamEvent[];
  readonly next: number;
}

/** Events before `first` that were asked for are not there any more. */
export interface StreamTruncated {
  readonly kind: 'truncated';
  readonly first: number;
}

/** What lies in a stream. A `gap` is a place of the log without an event: nothing is sent for it. */
export type StreamItem = StreamEvent | StreamSnapshot | StreamTruncated | { readonly kind: 'gap' };

export const GAP: StreamItem = { kind: 'gap' };

/** Bytes of an item in memory, about. */
export function itemSize(item: StreamItem): number {
  return item.kind === 'event' ? item.json.length + 100 : 50;
}

/** `json` is an object, as the log promises. */
export function eventOf(position: number, id: string | undefined, json: string): StreamEvent {
  const { key } = JSON.parse(json) as { readonly key?: unknown }; // an object of whatever fields
  return { kind: 'event', position, id, key: typeof key === 'string' ? key : '', json: ownBytes(json) };
}
