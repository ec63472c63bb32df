/** What a receiver tells the session it receives for. */
export interface ReceiverHost {
  /** It takes bytes again. */
  drained(receiver: Receiver): void;
  /** Its answer is complete, though maybe not sent: the next receiver may come. */
  answered(receiver: Receiver): void;
  /** Its answer is with the operating system. */
  sent(receiver: Receiver): void;
  /** Its connection ended before all of its answer was sent. */
  interrupted(receiver: Receiver): void;
}

/** One HTTP request by which a client receives. */
export interface Receiver {
  /** Whether it takes no more than one frame. */
  readonly single: boolean;
  host: ReceiverHost | undefined;
  /** Sends messages in the form of the session's wire; returns whether it takes more now. */
  send(messages: readonly Uint8Array[]): boolean;
  /** Sends `o`, `h` or `c[…]`. */
  frame(frame: string): void;
  /** Completes the answer, with this frame at last if it still takes one; returns whether it did. */
  end(frame: string): boolean;
  destroy(): void;
}
