import type { ErrorCode } from '../errors.ts';

/** Who is at the other end, for the operator. */
export interface ClientDescription {
  /** As in the metrics: `websocket`, `sockjs`, `sse`. */
  readonly transport: string;
  /** The client's IP address. */
  readonly address: string;
  /** The name that it goes by, where it has one. */
  readonly name?: string | undefined;
  /** Of the protocol that it speaks, or its coding: `1.2`, `gzip`. */
  readonly version?: string | undefined;
}

/** What the hub asks of a transport: a pipe to one client. */
export interface Sink {
  /**
   * Hands bytes over, never copied and never changed afterwards. Returns whether more may be written now; after `false`
   * the hub writes nothing until the transport calls `Client.drained()`.
   */
  write(bytes: Uint8Array): boolean;
  /** The same for several at once, in order, as one system call where that can be. The list is the caller's again afterwards. */
  writeAll(parts: readonly Uint8Array[]): boolean;
  /** Stops and starts reading what the client sends: private answers pile up. */
  pauseReading(): void;
  resumeReading(): void;
  /** Ends the connection for this reason; the hub has let go of the client already. */
  close(code: ErrorCode): void;
  describe(): ClientDescription;
}
