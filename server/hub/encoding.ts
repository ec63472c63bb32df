/**
 * A pure function from an event to the exact bytes of one wire form: a STOMP MESSAGE in a WebSocket frame for the
 * subscription `sub-0`, the same inside a SockJS array, an SSE event inside an HTTP chunk.
 */
export interface Encoding<E> {
  /** Two encodings of one stream with the same key make the same bytes, and so share them. */
  readonly key: string;
  /** The bytes of one event; empty where this wire form leaves the event out (a filter). */
  encode(event: E, position: number): Uint8Array;
}
