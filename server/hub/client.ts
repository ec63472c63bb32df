import type { ErrorCode } from '../errors.ts';
import type { Cursor } from './cursor.ts';
import type { Encoding } from './encoding.ts';
import type { Sink } from './sink.ts';
import type { Start } from './start.ts';
import type { Stream } from './stream.ts';
import type { Window } from './window.ts';

/** Private frames that may wait for one client, in bytes; above it we stop reading what it sends. */
export const PRIVATE_BYTES = 65_536;

/** What a client needs of the hub. */
export interface ClientHost {
  /** Milliseconds on the hub's coarse clock. */
  readonly now: number;
  follow<E>(client: Client, stream: Stream<E>, encoding: Encoding<E>, start: Start<E>, window?: Window): Cursor<E>;
  unfollow(cursor: Cursor<unknown>): void;
  /** The client can be written to (again), or has something new to send: serve it alone, now. */
  serve(client: Client): void;
  blocked(client: Client): void;
  unblocked(client: Client): void;
  ended(client: Client): void;
}

/** One connection as the hub sees it: a sink, the cursors that write to it, and a small queue of private frames. */
export class Client {
  /** Names it in this process, until it is gone. */
  readonly id: number;
  readonly sink: Sink;
  // biome-ignore lint/suspicious/noExplicitAny: a client follows streams of different event types.
  readonly cursors: Cursor<any>[] = [];
  /** For the hub: number of the last pass that served it. */
  pass = 0;
  /** For the hub: how many of its cursors share their bytes with nobody. */
  alone = 0;
  /** For the hub: which cursor has the first turn in the next write. */
  turn = 0;
  /** When it was last written to, on the hub's coarse clock: a heart-beat may be left out. */
  wroteAt: number;
  /** Since when it has taken nothing, on the hub's coarse clock; 0 while it is writable. */
  blockedAt = 0;
  closed = false;
  readonly #host: ClientHost;
  #private: Uint8Array[] | undefined;
  #privateBytes = 0;
  #readingPaused = false;

  constructor(sink: Sink, host: ClientHost, id: number) {
    this.id = id;
    this.sink = sink;
    this.#host = host;
    this.wroteAt = host.now;
  }

  get writable(): boolean {
    return this.blockedAt === 0 && !this.closed;
  }

  /** Whether more private frames wait than may: what the client asks for now should wait too. */
  get full(): boolean {
    return this.#readingPaused;
  }

  /**
   * Follows a stream from `start` on; what is due is written at once. With a `window`, no further than it has room: whoever
   * acknowledges in it calls `goOn` then.
   */
  follow<E>(stream: Stream<E>, encoding: Encoding<E>, start: Start<E>, window?: Window): Cursor<E> {
    return this.#host.follow(this, stream, encoding, start, window);
  }

  /** Writes what is due: a window that was full has room again. */
  goOn(): void {
    if (!this.closed) this.#host.serve(this);
  }

  // biome-ignore lint/suspicious/noExplicitAny: see `cursors`.
  unfollow(cursor: Cursor<any>): void {
    this.#host.unfollow(cursor);
  }

  /** Sends a private frame, in the order of the calls, before whatever the streams still have. */
  send(bytes: Uint8Array): void {
    if (this.closed) return;
    if (this.writable && this.#private === undefined) {
      this.write(bytes);
      return;
    }
    this.#private ??= [];
    this.#private.push(bytes);
    this.#privateBytes += bytes.length;
    if (this.#privateBytes <= PRIVATE_BYTES || this.#readingPaused) return;
    this.#readingPaused = true;
    this.sink.pauseReading();
  }

  /** Tells the hub that the sink takes bytes again after `write` said no. */
  drained(): void {
    if (this.closed || this.blockedAt === 0) return;
    this.blockedAt = 0;
    this.#host.unblocked(this);
    this.#sendPrivate();
    this.#host.serve(this);
  }

  /** Lets go of everything; the transport calls it when the connection has ended. */
  end(): void {
    if (this.closed) return;
    this.closed = true;
    this.#private = undefined;
    for (const cursor of [...this.cursors]) this.#host.unfollow(cursor);
    this.#host.ended(this);
  }

  /** Ends the connection from our side. */
  close(code: ErrorCode): void {
    if (this.closed) return;
    this.end();
    this.sink.close(code);
  }

  /** For the hub: writes to a writable client and notes whether it still is. */
  write(bytes: Uint8Array): void {
    this.wroteAt = this.#host.now;
    if (!this.sink.write(bytes)) this.#full();
  }

  /** For the hub: the same for several parts. */
  writeAll(parts: readonly Uint8Array[]): void {
    this.wroteAt = this.#host.now;
    if (!this.sink.writeAll(parts)) this.#full();
  }

  #full(): void {
    if (this.closed || this.blockedAt !== 0) return;
    this.blockedAt = this.#host.now;
    this.#host.blocked(this);
  }

  #sendPrivate(): void {
    while (this.#private !== undefined && this.writable) {
      const bytes = this.#private.shift();
      if (bytes === undefined) {
        this.#private = undefined;
        break;
      }
      this.#privateBytes -= bytes.length;
      this.write(bytes);
    }
    if (!this.#readingPaused || this.#privateBytes > PRIVATE_BYTES / 2) return;
    this.#readingPaused = false;
    this.sink.resumeReading();
  }
}
