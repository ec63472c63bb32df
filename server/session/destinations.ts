import type { Start } from '../hub/start.ts';
import type { Stream } from '../hub/stream.ts';

/** One header of a frame, unescaped. */
export type Header = readonly [name: string, value: string];

/** What a MESSAGE frame carries of an event; the session adds `subscription` and `destination`, the codec `content-length`. */
export interface MessageContent {
  /** Unique for this event in this destination, without an `@`; becomes `message-id`. */
  readonly id: string;
  readonly headers: readonly Header[];
  /** UTF-8, `application/json`. */
  readonly body: Uint8Array;
}

/** A destination that clients subscribe to. */
export interface Topic<E> {
  readonly stream: Stream<E>;
  /** Pure. `undefined`: this event is nothing for STOMP. */
  message(event: E, position: number): MessageContent | undefined;
  /** Where a subscription begins; `after` is the SUBSCRIBE header. Throws a `Refusal` for a bad one. */
  start(after: string | undefined): Start<E> | Promise<Start<E>>;
}

/** Who sends: what a session knows of its client. */
export interface Sender {
  /** The id of the session, unique in this instance. */
  readonly session: string;
  /** The name that it signed in with; `undefined` for a guest without a `login`. */
  readonly name: string | undefined;
  /** The name to use where neither sign-in nor body gives one; fixed for the session. */
  readonly fallback: string;
  /** Whether the name is that of a token, so that it cannot be another one. */
  readonly signedIn?: boolean;
  /** Where it comes from, as what counts as one stranger: see `networkOf`. */
  readonly address?: string;
  /** Its token lets it moderate. */
  readonly moderator?: boolean;
}

/** Takes a SEND. Resolves when the message is accepted (for chat: committed); rejects with a `Refusal`. */
export type SendHandler = (body: Uint8Array, sender: Sender) => Promise<void>;

/** SENDs of one transaction: all are accepted or none is, in their order. */
export interface Batch {
  /** Checks a SEND and takes it in. Throws a `Refusal`; then it is not in. */
  add(destination: string, body: Uint8Array, sender: Sender): void;
  /** Called once at most. Resolves when all are accepted (for chat: committed); rejects with a `Refusal`. */
  commit(): Promise<void>;
}

/**
 * What the destinations of SUBSCRIBE and SEND lead to. Both throw a `Refusal` (`unknown-destination`, `not-readable`,
 * `not-writable`, `unknown-room`) for what leads nowhere.
 */
export interface Destinations {
  // biome-ignore lint/suspicious/noExplicitAny: each topic has its own event type, which only the topic itself reads.
  topic(destination: string): Topic<any>;
  handler(destination: string): SendHandler;
  /** Begins to gather the SENDs of a transaction. */
  begin(): Batch;
  /** Told when a session is CONNECTED and when it has ended, for presence. */
  joined(sender: Sender): void;
  left(sender: Sender): void;
}
