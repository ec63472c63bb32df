/** What goes from every instance to every instance. */
export type Channel = 'global-chat-channel' | 'typing-channel' | 'presence-channel';

export interface BackplaneListener {
  /** A payload as it was published, one's own included. */
  message(payload: string): void;
  /** Payloads may have been lost until now: read the truth again. Also called once after the first subscribe. */
  resumed(): void;
  /** A payload came that is longer than any of ours: it is not handed over. */
  tooLong?(): void;
}

/**
 * The town crier: at most once, fast, to every instance that listens now.
 *
 * Order: payloads of one publisher on one channel arrive in the order of its `publish` calls.
 * Loss: what is published while a listener is cut off is lost to it, and it hears `resumed` when it is back.
 * Duplicates: none.
 * Publishing: resolves to the number of listening instances it reached (0: nobody heard it, not even this one), rejects
 * at once while the backplane is away; it never waits in a queue.
 * After close: `publish` rejects and no listener is called again.
 */
export interface Backplane {
  publish(channel: Channel, payload: string): Promise<number>;
  subscribe(channel: Channel, listener: BackplaneListener): Promise<void>;
  /** Whether publishing is expected to work now. */
  readonly up: boolean;
  close(): Promise<void>;
}
