import type { Clock } from '../clock.ts';
import type { ErrorCode, Refusal } from '../errors.ts';
import type { Pipe } from './pipe.ts';

/** What a transport knows of the session at the other side of its pipe. */
export interface Conversation {
  /** Takes bytes of the client, in any parts. They must not change afterwards. */
  receive(bytes: Uint8Array): void;
  /** The pipe takes bytes again. */
  drained(): void;
  /** The connection is gone, whoever ended it. */
  ended(): void;
  /** What the pipe writes last when it is closed with `code`. */
  lastWords(code: ErrorCode): Uint8Array | undefined;
  /** Says what is wrong, and ends. */
  fail(refusal: Refusal): void;
  /** The same, when what the client sent before is answered. */
  dismiss(refusal: Refusal): void;
  /** The name that its client goes by, and the version of the protocol, once they are known. */
  describe(): { readonly name?: string | undefined; readonly version?: string | undefined };
}

/** Begins a conversation on each new pipe. */
export interface Host {
  readonly options: { readonly clock: Clock };
  open(pipe: Pipe): Conversation;
}
