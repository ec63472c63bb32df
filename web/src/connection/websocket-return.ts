import type { Clock, Timer } from '../clock.ts';
import type { OpenSession, Session } from './stomp-session.ts';
import type { TransportChoice } from './transport-choice.ts';

export interface WebSocketReturnOptions {
  readonly clock: Clock;
  readonly choice: TransportChoice;
  /** Opens a session over WebSocket. */
  readonly open: OpenSession;
  /** The name to try under: no other user appears. */
  name(): string;
  /** WebSocket works again: the chat is to go over it. */
  returned(): void;
}

/** How long after it was found blocked WebSocket is tried again, and again after each failure. */
const RETRY_MS = 5 * 60_000;

/** While the chat goes over something else, tries now and then whether WebSocket works by now, beside the running session. */
export class WebSocketReturn {
  readonly #options: WebSocketReturnOptions;
  #waiting: Timer | undefined;
  #trial: Session | undefined;

  constructor(options: WebSocketReturnOptions) {
    this.#options = options;
  }

  /** A session was made: over something else, a try is planned. */
  connected(): void {
    this.#waiting?.cancel();
    this.#waiting = undefined;
    if (this.#options.choice.current === 'websocket') return;
    this.#waiting = this.#options.clock.after(RETRY_MS, () => this.now());
  }

  /** There is reason to believe that it works now, for the network is another one. */
  now(): void {
    const { choice, open, name, returned } = this.#options;
    if (choice.current === 'websocket' || this.#trial !== undefined) return;
    const trial = open(name(), {
      connected: () => {
        this.#trial = undefined;
        trial.close();
        choice.worked('websocket');
        returned();
      },
      receipt: () => undefined,
      closed: () => {
        this.#trial = undefined;
        this.connected();
      },
    });
    this.#trial = trial;
  }
}
