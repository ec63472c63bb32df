import type { Socket } from 'node:net';
import type { ErrorCode } from '../errors.ts';
import type { Client } from '../hub/client.ts';
import type { Cursor } from '../hub/cursor.ts';
import type { Hub } from '../hub/hub.ts';
import type { ClientDescription, Sink } from '../hub/sink.ts';
import { encodeComment, encodeRetry } from '../protocol/sse/event.ts';
import type { Framing } from '../protocol/sse/framing.ts';
import { socketWriter } from './direct-write.ts';
import type { Guest } from './drain.ts';
import type { OpenStream } from './sse-source.ts';

const NOTHING = new Uint8Array(0);
const COMMENT = encodeComment();
/** Who is told to leave comes back after so many milliseconds: they were told one after the other already. */
const RETURN = { least: 250, spread: 1_500 };
const writer = socketWriter(process.version);

export interface SseConnectionOptions<E> {
  readonly hub: Hub;
  readonly socket: Socket;
  readonly framing: Framing;
  readonly opened: OpenStream<E>;
  readonly slot: number;
  /** By which the log knows it. */
  readonly number: number;
  /** Sent before anything else. */
  readonly preface: Uint8Array;
  /** The client's IP address. */
  readonly address: string;
}

/**
 * One client of an event stream, once the head of its response has been written. Prepared bytes go to the socket as they
 * are; whether it takes more is asked of the socket, so that nothing is made for a write that the kernel took whole.
 */
export class SseConnection<E> implements Sink, Guest {
  /** When it gets its heart-beats; see `Wheel`. */
  readonly slot: number;
  readonly number: number;
  readonly #address: string;
  readonly #socket: Socket;
  readonly #framing: Framing;
  readonly #position: { readonly id: string } | undefined;
  readonly #client: Client;
  readonly #cursor: Cursor<E>;
  #waiting = false;

  /** Begins to send. */
  constructor(options: SseConnectionOptions<E>) {
    const { hub, socket, framing, opened, slot, preface, address } = options;
    this.slot = slot;
    this.number = options.number;
    this.#address = address;
    this.#socket = socket;
    this.#framing = framing;
    this.#position = opened.position;
    this.#client = hub.connect(this);
    this.#client.send(Buffer.concat([framing.head, framing.frame(preface)]));
    this.#cursor = this.#client.follow(opened.stream, opened.encoding(framing), opened.start);
    opened.beside?.follow(this.#client, framing);
  }

  write(bytes: Uint8Array): boolean {
    return writer.write(this.#socket, bytes) || this.#wait();
  }

  writeAll(parts: readonly Uint8Array[]): boolean {
    return writer.writeAll(this.#socket, parts) || this.#wait();
  }

  /** What the client sends is not read as anything, so there is nothing to stop. */
  pauseReading(): void {}
  resumeReading(): void {}

  close(_code: ErrorCode): void {
    this.#socket.destroy();
  }

  describe(): ClientDescription {
    return { transport: 'sse', address: this.#address, version: this.#framing.name };
  }

  /** A client that still has bytes to take needs no sign of life. */
  beat(): void {
    if (!this.#client.writable) return;
    const position = this.#cursor.idle ? this.#position : undefined;
    this.#client.send(this.#framing.frame(position === undefined ? COMMENT : encodeComment(position.id)));
  }

  /** Ends the response in good order; the socket closes when all is sent. */
  finish(): void {
    this.#client.end();
    this.#socket.end(this.#framing.end);
  }

  /** Tells the client when to come back, and ends; it goes on from the last id that it has. */
  leave(chance: number): void {
    this.#client.end();
    this.#socket.write(this.#framing.frame(encodeRetry(RETURN.least + RETURN.spread * chance)));
    this.#socket.end(this.#framing.end);
  }

  /** The socket has closed. */
  gone(): void {
    this.#client.end();
  }

  #wait(): false {
    if (!this.#waiting) {
      this.#waiting = true;
      // An empty write is done when everything before it is: cheaper than a listener that most connections never need.
      this.#socket.write(NOTHING, () => this.#flushed());
    }
    return false;
  }

  #flushed(): void {
    this.#waiting = false;
    if (this.#socket.destroyed) return;
    if (this.#socket.writableLength === 0) this.#client.drained();
    else this.#wait();
  }
}
