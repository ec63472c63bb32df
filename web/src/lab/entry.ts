import type { SockJsTransport } from './model/sockjs.ts';

/** Who sent something; `page`: nobody, it is a note of the Lab itself. */
export type Sender = 'client' | 'server' | 'page';

/** What an entry holds. `seen` says where bytes come from: as they were on the wire, or made again of what the browser tells. */
export type Content =
  | { readonly kind: 'head'; readonly bytes: Uint8Array; readonly seen: 'wire' | 'rebuilt' }
  | {
      readonly kind: 'frame';
      readonly bytes: Uint8Array;
      readonly seen: 'wire';
      readonly deflate: boolean;
      readonly hidden?: boolean;
    }
  /** A message as the browser tells of it: its frame is made when somebody looks. */
  | { readonly kind: 'message'; readonly data: string | Uint8Array }
  /** `gzip`: the body is compressed as a whole, so that one chunk of it says nothing. */
  | { readonly kind: 'chunk'; readonly bytes: Uint8Array; readonly seen: 'wire'; readonly gzip: boolean }
  /** An event of an EventSource. */
  | { readonly kind: 'event'; readonly type: string; readonly data: string; readonly id: string }
  /** What SockJS passes on: a frame of the server, or the array in which it sends a message. */
  | { readonly kind: 'envelope'; readonly data: string; readonly transport: SockJsTransport }
  | { readonly kind: 'note'; readonly text: string };

/** The connection that something belongs to. */
export interface Connection {
  readonly name: string;
  readonly protocol: 'websocket' | 'sse' | 'sockjs';
  /** Path and query of its request, without what is secret. */
  readonly target: string;
}

/** One line of the Lab's list. */
export interface Entry {
  /** Counts up from 1. */
  readonly n: number;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly from: Sender;
  readonly connection: Connection;
  readonly content: Content;
}
