/**
 * A pure function from an event to the exact bytes of one wire form: a STOMP MESSAGE in a WebSocket frame for the
 * subscription `sub-0`, the same inside a SockJS array, an SSE event inside an HTTP chunk.
 */
export interface Encoding<E> {
  /** Two encodings of one stream with the same key make the same bytes, and so share them. */
  readonly key: string;
  /** The bytes of one event; empty where this wire form leaves the event out (a filter). */
  encode(event: E, position: number): Uint8Array;
  /** Where events go out in blocks and not one by one, because they are compressed together. */
  readonly blocks?: Blocks;
}

/** Several events as one block. Blocks may follow each other in any order; of no events nothing is made. */
export interface Blocks {
  /** Bytes of events in a block at most; only a single event may be larger. */
  readonly bytes: number;
  /** A block that many clients get: worth some work. */
  pack(events: readonly Uint8Array[]): Uint8Array;
  /** The same events for one client alone: made with no work to speak of. */
  wrap(events: readonly Uint8Array[]): Uint8Array;
}
