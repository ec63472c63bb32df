import type { ErrorCode } from '../errors.ts';

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
}
