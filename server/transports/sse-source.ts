import type { Scope } from '../auth/scopes.ts';
import type { Client } from '../hub/client.ts';
import type { Encoding } from '../hub/encoding.ts';
import type { Start } from '../hub/start.ts';
import type { Stream } from '../hub/stream.ts';
import type { Framing } from '../protocol/sse/framing.ts';

/** What an `SseEndpoint` serves. */
export interface StreamSource<E> {
  /** Checks what a request asks for. Throws a `Refusal`. */
  parse(query: URLSearchParams): StreamRequest<E>;
}

export interface StreamRequest<E> {
  /** What a token must allow. */
  readonly scope: Scope;
  /** Begins what was asked for, after the id of the last event that the client has, if it has one. */
  open(lastEventId: string | undefined): OpenStream<E> | Promise<OpenStream<E>>;
}

export interface OpenStream<E> {
  readonly stream: Stream<E>;
  readonly start: Start<E>;
  encoding(framing: Framing): Encoding<E>;
  /**
   * Where some events are left out: the id of who has received all that is in the stream. Heart-beats carry it, so that
   * the client's position moves though no event comes.
   */
  readonly position: { readonly id: string } | undefined;
  /** Followed beside it: events without an id. */
  readonly beside?: BesideStream;
}

/** A stream of another kind of events. */
export interface BesideStream {
  follow(client: Client, framing: Framing): void;
}
