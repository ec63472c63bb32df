import { connect, type Socket } from 'node:net';
import type { Reading, SharedReading } from './shared-reading.ts';

const HEAD_END = '\r\n\r\n';
const NOTHING = Buffer.alloc(0);
/** An answer to the request comes within so long, in milliseconds, or never. */
const ANSWER = 15_000;

export interface LineOptions<Said> {
  readonly url: string;
  /** The head of an HTTP request. */
  readonly request: string;
  /** That of the answer which says that all is well. */
  readonly status: number;
  /** After this silence, in milliseconds, the connection is dead; 0: never. */
  readonly silence: number;
  readonly reading: SharedReading<Said>;
  opened(): void;
  said(said: readonly Said[]): void;
  closed(): void;
}

/** A connection that asks one thing by HTTP and reads on from there, with nothing between it and its socket. */
export class Line<Said> {
  readonly #options: LineOptions<Said>;
  readonly #socket: Socket;
  #rest: Buffer = NOTHING;
  #open = false;

  constructor(options: LineOptions<Said>) {
    this.#options = options;
    const { hostname, port } = new URL(options.url);
    this.#socket = connect(Number(port), hostname);
    this.#socket.setNoDelay(true);
    this.#socket.setTimeout(ANSWER, () => this.cut());
    this.#socket.on('error', () => undefined);
    this.#socket.on('close', () => options.closed());
    this.#socket.on('data', (bytes: Buffer) => this.#take(bytes));
    this.#socket.write(options.request);
  }

  write(bytes: Buffer): void {
    if (this.#open) this.#socket.write(bytes);
  }

  /** Ends the connection as a network does. */
  cut(): void {
    this.#open = false;
    this.#socket.destroy();
  }

  #take(chunk: Buffer): void {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    if (this.#open) this.#read(bytes);
    else this.#head(bytes);
  }

  #head(bytes: Buffer): void {
    this.#rest = bytes;
    const end = bytes.indexOf(HEAD_END);
    if (end < 0) return;
    const { status, silence, opened } = this.#options;
    if (!bytes.toString('latin1', 0, end).startsWith(`HTTP/1.1 ${status} `)) {
      this.cut();
      return;
    }
    this.#open = true;
    this.#socket.setTimeout(silence);
    opened();
    this.#read(bytes.subarray(end + HEAD_END.length));
  }

  #read(bytes: Buffer): void {
    const { said, rest }: Reading<Said> = this.#options.reading.read(bytes);
    this.#rest = rest;
    if (said.length > 0) this.#options.said(said);
  }
}
