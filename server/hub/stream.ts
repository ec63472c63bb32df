import type { Clock } from '../clock.ts';
import { BlockTape } from './block-tape.ts';
import type { Cursor } from './cursor.ts';
import type { Encoding } from './encoding.ts';
import { Log, type LogBounds } from './log.ts';
import type { Overflow } from './overflow.ts';
import { PageReader } from './pages.ts';
import { EventTape, type Tape } from './tape.ts';

export interface StreamOptions<E> {
  readonly name: string;
  /** Names this history; positions of another epoch mean nothing here. */
  readonly epoch: string;
  readonly bounds: LogBounds;
  /** Bytes of an event, for the log's bound; an estimate is enough. */
  readonly size: (event: E) => number;
  readonly overflow: Overflow<E>;
  /** Position of the first event that will be appended (default 0). */
  readonly next?: number;
  /** How many encodings are kept for sharing (default 64); clients beyond it are encoded for one by one. */
  readonly sharedEncodings?: number;
  /** When an event was born, in milliseconds since 1970, where that is known: how late it reaches clients is measured from there. */
  bornAt?(event: E): number | undefined;
}

/** What a stream tells the hub. */
export interface StreamHost {
  readonly clock: Clock;
  /** The stream has something for its cursors. */
  appended(stream: AnyStream): void;
}

// biome-ignore lint/suspicious/noExplicitAny: the hub carries streams of every event type and never looks inside.
export type AnyStream = Stream<any>;

/**
 * A named log of events that clients follow. Made by `Hub.stream`. A position is the number of an event in this epoch.
 */
export class Stream<E> {
  readonly name: string;
  readonly epoch: string;
  readonly overflow: Overflow<E>;
  readonly pages: PageReader<E>;
  /** Everyone who follows, in no order; a cursor knows its own index. For the hub alone. */
  readonly cursors: Cursor<E>[] = [];
  /** For the hub alone: already among the streams of the next pass. */
  dirty = false;
  /** For the hub alone: when the oldest event of the next pass, and of the one that runs, was born. */
  bornAt: number | undefined;
  passBornAt: number | undefined;
  /** For the hub alone: who waits for the next pass, and for the one that runs. */
  waiting: (() => void)[] | undefined;
  passWaiting: (() => void)[] | undefined;
  readonly #log: Log<E>;
  readonly #host: StreamHost;
  readonly #tapes = new Map<string, Tape<E>>();
  readonly #sharedEncodings: number;
  readonly #bornAt: ((event: E) => number | undefined) | undefined;

  constructor(options: StreamOptions<E>, host: StreamHost) {
    this.name = options.name;
    this.epoch = options.epoch;
    this.overflow = options.overflow;
    this.pages = new PageReader(options.overflow);
    this.#log = new Log(options.bounds, options.size, options.next ?? 0);
    this.#host = host;
    this.#sharedEncodings = options.sharedEncodings ?? 64;
    this.#bornAt = options.bornAt;
  }

  /** What streams like this one have in common: the name before a colon. */
  get kind(): string {
    return this.name.split(':', 1)[0] ?? this.name;
  }

  /** Position of the oldest event kept; equals `next` when none is. */
  get first(): number {
    return this.#log.first;
  }

  /** Position of the next event: one above the head. */
  get next(): number {
    return this.#log.next;
  }

  /** Bytes of the kept events by the stream's measure, and of their shared encodings. */
  get bytes(): { readonly events: number; readonly encoded: number } {
    let encoded = 0;
    for (const tape of this.#tapes.values()) encoded += tape.bytes;
    return { events: this.#log.bytes, encoded };
  }

  at(position: number): E | undefined {
    return this.#log.at(position);
  }

  /** Adds an event, synchronously, and has it sent to everyone. Returns its position. */
  append(event: E): number {
    const position = this.#log.append(event, this.#host.clock.monotonic());
    for (const tape of this.#tapes.values()) tape.dropBefore(this.#log.first);
    if (this.cursors.length > 0) {
      this.bornAt ??= this.#bornAt?.(event);
      this.#host.appended(this);
    }
    return position;
  }

  /**
   * Puts another event in the place of one that was appended: whoever has not been sent it gets the other one. It is rare, so
   * all that was encoded is forgotten. Bytes that a sink has taken already stay what they are.
   */
  replace(position: number, event: E): void {
    this.#log.replace(position, event);
    this.pages.forget();
    for (const tape of this.#tapes.values()) tape.forget();
    for (const cursor of this.cursors) cursor.replace(position, event);
  }

  /** For the hub alone: a pass begins. */
  cut(): void {
    for (const tape of this.#tapes.values()) tape.cut();
  }

  /** Calls `task` once a pass has brought what was appended to those who follow, or at once where nobody does. */
  afterPass(task: () => void): void {
    if (!this.dirty) {
      task();
      return;
    }
    this.waiting ??= [];
    this.waiting.push(task);
  }

  /** Drops what is too old; the hub calls it now and then, so that a quiet stream lets go of its events too. */
  expire(): void {
    this.#log.expire(this.#host.clock.monotonic());
    for (const tape of this.#tapes.values()) tape.dropBefore(this.#log.first);
  }

  /** A use of an encoding, shared while others use it too; give it back with `release`. */
  tape(encoding: Encoding<E>): Tape<E> {
    let tape = this.#tapes.get(encoding.key);
    if (tape === undefined) {
      const shared = this.#tapes.size < this.#sharedEncodings;
      const { blocks } = encoding;
      tape = blocks ? new BlockTape(this, encoding, blocks, shared) : new EventTape(this, encoding, shared);
      if (tape.shared) this.#tapes.set(encoding.key, tape);
    }
    tape.users++;
    return tape;
  }

  release(tape: Tape<E>): void {
    tape.users--;
    if (tape.users === 0 && tape.shared) this.#tapes.delete(tape.encoding.key);
  }
}
