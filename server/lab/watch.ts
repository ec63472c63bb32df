import type { Clock, Timer } from '../clock.ts';
import { encodeEvent } from './event.ts';

/** Where a watch writes to. */
export interface WatchSink {
  write(text: string): void;
  /** Bytes that the other side has not taken. */
  readonly waiting: number;
  end(): void;
}

export interface WatchOptions {
  readonly clock: Clock;
  readonly sink: WatchSink;
  /** Bytes a second that it may write. */
  readonly bytesPerSecond: number;
  /** When it ends, in milliseconds from now. */
  readonly time: number;
  readonly ended: () => void;
}

/** Connections that one watch may look at, over its whole life at one time. */
export const MOST_CONNECTIONS = 8;
/** Above so many bytes that nobody takes, what comes is left out. */
const MOST_WAITING = 262_144;
/** Of one write or frame so many bytes are told. */
const MOST_TOLD = 16_384;
const SECOND = 1_000;

/** One stream of what some connections do, to whom they belong. What it has no room for is left out, and counted. */
export class Watch {
  readonly #options: WatchOptions;
  readonly #timers: readonly Timer[];
  #budget: number;
  #skipped = 0;
  #ended = false;
  connections = 0;

  constructor(options: WatchOptions) {
    this.#options = options;
    this.#budget = options.bytesPerSecond;
    const { clock, time } = options;
    this.#timers = [clock.every(SECOND, () => this.#second()), clock.after(time, () => this.end('time'))];
    options.sink.write(encodeEvent('watching', { time }));
  }

  tell(event: string, data: object): void {
    this.pass(encodeEvent(event, data));
  }

  /** An event of another process that watches for the same one. */
  pass(text: string): void {
    if (this.#ended) return;
    const { sink } = this.#options;
    if (text.length > this.#budget || sink.waiting > MOST_WAITING) {
      this.#skipped++;
      return;
    }
    this.#budget -= text.length;
    sink.write(text);
  }

  /** Bytes of a connection, or as many of them as are told. */
  bytes(connection: number, from: 'client' | 'server', bytes: Buffer, more: object = {}): void {
    // Nothing is encoded that cannot be sent.
    if (this.#ended || this.#budget <= 0) {
      if (!this.#ended) this.#skipped++;
      return;
    }
    const told = bytes.subarray(0, MOST_TOLD).toString('base64');
    this.tell('bytes', { connection, from, at: this.#options.clock.now(), length: bytes.length, bytes: told, ...more });
  }

  end(reason: 'time' | 'stopping' | 'left' | 'worker-gone'): void {
    if (this.#ended) return;
    this.#ended = true;
    for (const timer of this.#timers) timer.cancel();
    this.#options.sink.write(encodeEvent('end', { reason }));
    this.#options.sink.end();
    this.#options.ended();
  }

  #second(): void {
    this.#budget = this.#options.bytesPerSecond;
    if (this.#skipped === 0) return;
    const skipped = this.#skipped;
    this.#skipped = 0;
    this.tell('skipped', { count: skipped });
  }
}
