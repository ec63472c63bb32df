import { WebSocket } from 'ws';
import type { Clock, Timer } from '../../clock.ts';

export interface ConnectionOptions {
  readonly url: string;
  readonly clock: Clock;
  /** The shortest time between two messages of ours, in milliseconds. */
  readonly pace: number;
  opened(): void;
  heard(text: string): void;
  /** The connection has ended, or did not come about; called once, and not after `close`. */
  ended(reason: string): void;
}

/** A trade is about 300 bytes, and 50 of them come in one message at most. */
const MOST_BYTES = 1_048_576;
const HANDSHAKE = 8_000;

/** One WebSocket connection to an exchange. What is sent goes out in order and no faster than the exchange allows. */
export class Connection {
  readonly #options: ConnectionOptions;
  readonly #socket: WebSocket;
  #queue: string[] = [];
  #pause: Timer | undefined;
  #reason = '';
  #over = false;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    const socket = new WebSocket(options.url, {
      handshakeTimeout: HANDSHAKE,
      maxPayload: MOST_BYTES,
      perMessageDeflate: false,
    });
    this.#socket = socket;
    socket.on('open', () => this.#over || options.opened());
    socket.on('message', (data) => this.#over || options.heard(data.toString()));
    // "close" follows it.
    socket.on('error', (error) => {
      this.#reason = error.message;
    });
    socket.on('close', (code, reason) => this.#end(this.#reason || `close ${code} ${reason}`.trim()));
  }

  /** Whether nothing waits to be sent. */
  get idle(): boolean {
    return this.#queue.length === 0;
  }

  send(text: string): void {
    this.#queue.push(text);
    if (this.#pause === undefined) this.#sendNext();
  }

  /** Ends the connection at once; nothing is called any more. */
  close(): void {
    this.#over = true;
    this.#pause?.cancel();
    this.#queue = [];
    this.#socket.terminate();
  }

  #sendNext(): void {
    this.#pause = undefined;
    const text = this.#queue.shift();
    if (text === undefined || this.#socket.readyState !== WebSocket.OPEN) return;
    this.#socket.send(text);
    this.#pause = this.#options.clock.after(this.#options.pace, () => this.#sendNext());
  }

  #end(reason: string): void {
    if (this.#over) return;
    this.close();
    this.#options.ended(reason);
  }
}
