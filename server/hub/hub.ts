import type { Clock, Timer } from '../clock.ts';
import { Client } from './client.ts';
import { Cursor } from './cursor.ts';
import type { Encoding } from './encoding.ts';
import { type Lag, lagsOf } from './lag.ts';
import { LateLane } from './late-lane.ts';
import { Pass } from './pass.ts';
import type { Sink } from './sink.ts';
import type { Start } from './start.ts';
import { HubStats } from './stats.ts';
import { type AnyStream, Stream, type StreamOptions } from './stream.ts';
import { SLICE_BYTES } from './tape.ts';
import type { Window } from './window.ts';

export interface HubOptions {
  readonly clock: Clock;
  /** How long events may wait between two passes when passes are dear, in milliseconds. */
  readonly latencyBudget: number;
  /** A client that took no byte for so long is closed, in milliseconds. */
  readonly stallTimeout: number;
}

/** A cursor that the store could not serve tries again after so long, in milliseconds. */
const RETRY_PAGE = 1_000;
/** How many slices one client may get at once when it alone is served, and each is shared; else one, which is encoded for it. */
const SLICES_ALONE = 4;
/** Cursors of a client that share their bytes with nobody: with more of them it goes to the late lane. */
const MOST_ALONE = 8;
const TICK = 1_000;

/**
 * Streams, and the clients that follow them. An append is synchronous; a pass then takes each writable client from its
 * cursor to the head with one write of one shared slice. The hub knows no protocol: it asks an `Encoding` for bytes and
 * hands them to a `Sink`.
 */
export class Hub {
  readonly stats = new HubStats();
  readonly #clock: Clock;
  readonly #options: HubOptions;
  readonly #streams = new Set<AnyStream>();
  readonly #clients = new Set<Client>();
  readonly #blocked = new Set<Client>();
  /** How many clients there have been. */
  #connected = 0;
  readonly #pass: Pass;
  readonly #late: LateLane;
  readonly #ticker: Timer;
  /** A coarse clock: exact at each chunk of a pass and each second. */
  #now: number;
  /** What one write gathers; empty between writes. */
  readonly #parts: Uint8Array[] = [];

  constructor(options: HubOptions) {
    this.#clock = options.clock;
    this.#options = options;
    this.#now = options.clock.monotonic();
    this.#late = new LateLane({ clock: options.clock, serve: (client) => this.#serveOnce(client) });
    this.#pass = new Pass({
      clock: options.clock,
      latencyBudget: options.latencyBudget,
      stats: this.stats,
      connected: () => this.#connected,
      serve: (client) => this.#serveInPass(client),
      chunk: (now) => {
        this.#now = now;
      },
    });
    this.#ticker = options.clock.every(TICK, () => this.#tick());
  }

  get now(): number {
    return this.#now;
  }

  get clients(): number {
    return this.#clients.size;
  }

  /** How far the cursors are behind, by kind of stream. */
  lags(): ReadonlyMap<string, Lag> {
    return lagsOf(this.#streams, this.#blocked);
  }

  /** All clients, the oldest first. */
  get all(): ReadonlySet<Client> {
    return this.#clients;
  }

  stream<E>(options: StreamOptions<E>): Stream<E> {
    const stream = new Stream(options, { clock: this.#clock, appended: (appended) => this.#pass.add(appended) });
    this.#streams.add(stream);
    return stream;
  }

  /** Forgets a stream that nobody follows any more. */
  drop(stream: AnyStream): void {
    if (stream.cursors.length > 0) throw new Error(`stream ${stream.name} is still followed`);
    this.#streams.delete(stream);
  }

  connect(sink: Sink): Client {
    const client = new Client(sink, this, ++this.#connected);
    this.#clients.add(client);
    return client;
  }

  /** Stops all timers. Clients are the transports' to close. */
  close(): void {
    this.#ticker.cancel();
    this.#pass.stop();
    this.#late.stop();
  }

  // What `ClientHost` asks for.

  follow<E>(client: Client, stream: Stream<E>, encoding: Encoding<E>, start: Start<E>, window?: Window): Cursor<E> {
    if (client.closed) throw new Error('the client is closed');
    const cursor = new Cursor(client, stream, stream.tape(encoding), start, window);
    cursor.index = stream.cursors.push(cursor) - 1;
    client.cursors.push(cursor);
    if (!cursor.tape.shared) client.alone++;
    this.serve(client);
    return cursor;
  }

  unfollow(cursor: Cursor<AnyEvent>): void {
    if (cursor.ended) return;
    cursor.ended = true;
    const { cursors } = cursor.stream;
    const last = cursors.pop();
    if (last !== undefined && last !== cursor) {
      cursors[cursor.index] = last;
      last.index = cursor.index;
    }
    if (!cursor.tape.shared) cursor.client.alone--;
    cursor.client.cursors.splice(cursor.client.cursors.indexOf(cursor), 1);
    cursor.stream.release(cursor.tape);
  }

  serve(client: Client): void {
    if (client.alone > MOST_ALONE) {
      this.#late.add(client);
      return;
    }
    const most = client.alone > 0 ? 1 : SLICES_ALONE;
    for (let slices = 0; slices < most && client.writable; slices++) if (!this.#serveOnce(client)) return;
    if (!client.writable) return;
    for (const cursor of client.cursors) if (cursor.due) this.#pass.add(cursor.stream);
  }

  blocked(client: Client): void {
    this.#blocked.add(client);
  }

  unblocked(client: Client): void {
    this.#blocked.delete(client);
  }

  ended(client: Client): void {
    this.#clients.delete(client);
    this.#blocked.delete(client);
  }

  #serveInPass(client: Client): boolean {
    if (client.alone <= MOST_ALONE) return this.#serveOnce(client);
    this.#late.add(client);
    return false;
  }

  /**
   * One slice of each cursor, in one write of about `SLICE_BYTES` at most: what it hands to a sink is also the most that
   * waits there. Returns whether something is left that could be sent now.
   */
  #serveOnce(client: Client): boolean {
    if (!client.writable) return false;
    const { cursors } = client;
    const only = cursors.length === 1 ? cursors[0] : undefined;
    if (only !== undefined) {
      const bytes = this.#take(only);
      // A short slice that something follows ends where a segment does: what follows goes with it.
      const more = bytes !== undefined && bytes.length < SLICE_BYTES / 2 ? this.#take(only) : undefined;
      if (bytes !== undefined && more !== undefined) this.#writeBoth(client, bytes, more);
      else if (bytes !== undefined) client.write(bytes);
      return client.writable && only.due;
    }
    const parts = this.#parts;
    let size = 0;
    const turn = client.turn++;
    for (let i = 0; i < cursors.length && size < SLICE_BYTES; i++) {
      const cursor = cursors[(turn + i) % cursors.length];
      const bytes = cursor === undefined ? undefined : this.#take(cursor);
      if (bytes === undefined) continue;
      size += parts.push(bytes) && bytes.length;
    }
    if (parts.length === 1 && parts[0] !== undefined) client.write(parts[0]);
    else if (parts.length > 1) client.writeAll(parts);
    parts.length = 0;
    return client.writable && cursors.some((cursor) => cursor.due);
  }

  #writeBoth(client: Client, bytes: Uint8Array, more: Uint8Array): void {
    const parts = this.#parts;
    parts.push(bytes, more);
    client.writeAll(parts);
    parts.length = 0;
  }

  /** The bytes that a cursor has to send next, if any. */
  #take(cursor: Cursor<AnyEvent>): Uint8Array | undefined {
    if (!cursor.due) return undefined;
    if (cursor.leftBehind && !this.#catchUp(cursor)) return undefined;
    const slice = cursor.take();
    if (slice.bytes.length === 0) return undefined;
    this.stats.writes++;
    this.stats.bytes += slice.bytes.length;
    this.stats.deliveries += slice.events;
    return slice.bytes;
  }

  /** The log has left this cursor behind: what its stream's policy says. Returns whether it can go on now. */
  #catchUp(cursor: Cursor<AnyEvent>): boolean {
    const { stream } = cursor;
    if (stream.overflow.policy === 'latest') {
      this.stats.conflated++;
      const snapshot: AnyEvent | undefined = stream.overflow.snapshot();
      cursor.next = stream.next;
      if (snapshot !== undefined) cursor.before([snapshot], stream.next - 1, 0, false);
      return cursor.due;
    }
    void this.#fetchPage(cursor);
    return false;
  }

  async #fetchPage(cursor: Cursor<AnyEvent>): Promise<void> {
    cursor.fetching = true;
    this.stats.pageReads++;
    try {
      const page = await cursor.stream.pages.read(cursor.next);
      if (cursor.ended) return;
      const events =
        page.notice !== undefined && page.first > cursor.next ? [page.notice, ...page.events] : page.events;
      const end = page.first + page.events.length;
      if (end <= cursor.next) throw new Error(`the store of ${cursor.stream.name} has nothing at ${cursor.next}`);
      const shared = events === page.events;
      cursor.before(events, end - events.length, shared ? Math.max(0, cursor.next - page.first) : 0, shared);
      cursor.next = end;
      cursor.fetching = false;
      this.stats.caughtUp += events.length;
      // All who waited for this page go on at this moment: what is encoded for one alone comes in its turn.
      if (cursor.tape.shared) this.serve(cursor.client);
      else this.#late.add(cursor.client);
    } catch {
      // The store is away (its owner logs that); the client waits where it is.
      this.#clock.after(RETRY_PAGE, () => {
        cursor.fetching = false;
        if (!cursor.ended) this.serve(cursor.client);
      });
    }
  }

  #tick(): void {
    this.#now = this.#clock.monotonic();
    for (const stream of this.#streams) stream.expire();
    const oldest = this.#now - this.#options.stallTimeout;
    for (const client of this.#blocked) {
      if (client.blockedAt > oldest) continue;
      this.stats.stalled++;
      client.close('too-slow');
    }
  }
}

// biome-ignore lint/suspicious/noExplicitAny: the hub carries streams of every event type and never looks inside.
type AnyEvent = any;
