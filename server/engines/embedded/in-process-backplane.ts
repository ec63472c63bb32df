import type { Backplane, BackplaneListener, Channel } from '../backplane.ts';

/**
 * The backplane of one process. Those made with the same `peers` hear one another. Payloads go out in a microtask each,
 * so that a listener may publish too and the order stays that of the calls.
 */
export class InProcessBackplane implements Backplane {
  readonly #peers: Set<InProcessBackplane>;
  readonly #listeners = new Map<Channel, BackplaneListener[]>();
  #closed = false;

  constructor(peers: Set<InProcessBackplane> = new Set()) {
    this.#peers = peers;
    peers.add(this);
  }

  get up(): boolean {
    return !this.#closed;
  }

  async publish(channel: Channel, payload: string): Promise<number> {
    this.#refuseClosed();
    let reached = 0;
    for (const peer of this.#peers) {
      const listeners = peer.#listeners.get(channel);
      if (listeners === undefined) continue;
      reached++;
      queueMicrotask(() => peer.#tell(listeners, (listener) => listener.message(payload)));
    }
    return reached;
  }

  async subscribe(channel: Channel, listener: BackplaneListener): Promise<void> {
    this.#refuseClosed();
    const listeners = this.#listeners.get(channel) ?? [];
    this.#listeners.set(channel, [...listeners, listener]);
    queueMicrotask(() => this.#tell([listener], (first) => first.resumed()));
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#peers.delete(this);
    this.#listeners.clear();
  }

  #tell(listeners: readonly BackplaneListener[], tell: (listener: BackplaneListener) => void): void {
    if (this.#closed) return;
    for (const listener of listeners) tell(listener);
  }

  #refuseClosed(): void {
    if (this.#closed) throw new Error('the backplane is closed');
  }
}
