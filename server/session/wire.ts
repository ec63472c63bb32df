import type { Blocks } from '../hub/encoding.ts';
/** How STOMP bytes travel in a transport: as WebSocket text frames, or as strings in a SockJS array. */
export interface Wire {
  /** Names the form: two wires with the same key wrap alike, and so their clients share bytes. */
  readonly key: string;
  /** A heart-beat (one line feed), wrapped. */
  readonly beat: Uint8Array;
  /** One whole STOMP frame in the transport's form; a client reads several, one after the other, just as well. */
  wrap(stomp: Uint8Array): Uint8Array;
  /** Where many frames may go out as one: how. */
  readonly blocks?: Blocks;
}
