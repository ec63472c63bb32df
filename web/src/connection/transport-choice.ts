import type { Preferences } from '../preferences.ts';
import { isTransport, TRANSPORTS, type Transport } from './transport.ts';

const KEY = 'transport';
/** A transport that has carried the chat before fails so often in a row before another one is taken. */
const TRUST = 2;

/**
 * Which transport to try. It begins with WebSocket and goes on to the next one when one fails though the server can be
 * reached; what carried the chat is kept for the visit, also over a reload.
 */
export class TransportChoice {
  readonly #visit: Preferences;
  readonly #worked = new Set<Transport>();
  #current: Transport;
  #failures = 0;

  constructor(visit: Preferences) {
    this.#visit = visit;
    const kept = visit.get(KEY);
    this.#current = isTransport(kept) ? kept : TRANSPORTS[0];
  }

  get current(): Transport {
    return this.#current;
  }

  /** The transport has carried a session. */
  worked(transport: Transport): void {
    this.#failures = 0;
    this.#worked.add(transport);
    this.#current = transport;
    this.#visit.set(KEY, transport);
  }

  /**
   * The current transport could not be used, though the server answered. Returns whether there is another one to try at
   * once; where there is none, the next try begins with the first again.
   */
  failed(): boolean {
    if (this.#worked.has(this.#current) && ++this.#failures < TRUST) return false;
    this.#failures = 0;
    this.#worked.delete(this.#current);
    const next = TRANSPORTS[TRANSPORTS.indexOf(this.#current) + 1];
    this.#current = next ?? TRANSPORTS[0];
    return next !== undefined;
  }
}
