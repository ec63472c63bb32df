import type { Clock, Timer } from '../clock.ts';
import type { Client } from './client.ts';
import type { HubStats } from './stats.ts';
import type { AnyStream } from './stream.ts';

export interface PassOptions {
  readonly clock: Clock;
  /** The most milliseconds between the end of one pass and the next. */
  readonly latencyBudget: number;
  readonly stats: HubStats;
  /** How many clients there have been. */
  connected(): number;
  /** Serves a client once; returns whether more is left for it. */
  serve(client: Client): boolean;
  /** Called at the start of each chunk with the time, in milliseconds of the monotonic clock. */
  chunk(now: number): void;
}

/** A chunk of a pass ends after so many milliseconds, so that reads, heart-beats and health checks stay quick. */
const CHUNK_TIME = 4;
/** Cursors of clients served between two looks at the clock. */
const CLOCK_STEP = 32;
/** A pass cheaper than this, in milliseconds, is followed by the next without a pause. */
const CHEAP = 1;
/**
 * From the begin of one pass to that of the next, in milliseconds: as short as `CYCLE` where that leaves `LEAST_REST`, and up to
 * `LONGEST` with that much rest. An event waits about so long at most, and has to reach the client in 100 ms.
 */
const CYCLE = 60;
const LEAST_REST = 12;
const LONGEST = 95;
/** What is dearer is late anyway. It rests more, by so much for each millisecond above `LONGEST`: longer slices cost less. */
const STEEPNESS = 2;
/**
 * A pass gives way to those who come: it rests so many milliseconds more for each that came since the last one. To let one in takes half a
 * millisecond, and who waits outside gets nothing at all. `GIVE_WAY` times what the pass cost is the most, and `LONGEST_WAY`
 * milliseconds: nobody stops the others by coming.
 */
const NEWCOMER = 1;
const GIVE_WAY = 4;
const LONGEST_WAY = 1_000;

/**
 * Brings the streams that were appended to (the dirty ones) to their followers. Appends while a pass runs gather and go
 * with the next. After a pass that took c ms of work the next starts c ms later, at most the latency budget: under load the
 * passes get fewer and their slices longer, and half of the time is left for everything else. Where that would make events late
 * that can be in time, the next starts sooner; everything else has its turns between the chunks.
 */
export class Pass {
  readonly #options: PassOptions;
  #dirty: AnyStream[] = [];
  #running: AnyStream[] = [];
  /** Where the running pass stands in the last of its streams: everything from here on was visited. */
  #index = 0;
  #number = 0;
  #cost = 0;
  /** Clients visited, and what the hub had written when the pass began. */
  #clients = 0;
  #writes = 0;
  #bytes = 0;
  /** Someone has more to go than one slice carries. */
  #backlog = false;
  #scheduled = false;
  #timer: Timer | undefined;
  #notBefore = 0;
  /** Clients that there had been when the last pass ended; nobody is a newcomer to the first. */
  #connected: number | undefined;
  #stopped = false;

  constructor(options: PassOptions) {
    this.#options = options;
  }

  /** The stream has something to send: it goes with the next pass. */
  add(stream: AnyStream): void {
    if (!stream.dirty) {
      stream.dirty = true;
      this.#dirty.push(stream);
    }
    this.#schedule();
  }

  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
  }

  #schedule(): void {
    if (this.#scheduled || this.#stopped || this.#running.length > 0) return;
    this.#scheduled = true;
    const { clock } = this.#options;
    const wait = this.#notBefore - clock.monotonic();
    if (wait < CHEAP) clock.soon(() => this.#start());
    else this.#timer = clock.after(wait, () => this.#start());
  }

  #start(): void {
    this.#scheduled = false;
    if (this.#stopped) return;
    this.#running = this.#dirty;
    this.#dirty = [];
    for (const stream of this.#running) {
      stream.dirty = false;
      stream.cut();
      stream.passBornAt = stream.bornAt;
      stream.bornAt = undefined;
      stream.passWaiting = stream.waiting;
      stream.waiting = undefined;
    }
    const { writes, bytes } = this.#options.stats;
    this.#writes = writes;
    this.#bytes = bytes;
    this.#clients = 0;
    this.#number++;
    this.#cost = 0;
    this.#backlog = false;
    this.#index = this.#running.at(-1)?.cursors.length ?? 0;
    this.#chunk();
  }

  #chunk(): void {
    if (this.#stopped) return;
    const { clock, chunk } = this.#options;
    const start = clock.monotonic();
    chunk(start);
    while (this.#running.length > 0) {
      this.#serveSome();
      if (clock.monotonic() - start < CHUNK_TIME) continue;
      this.#cost += clock.monotonic() - start;
      if (this.#running.length > 0) clock.soon(() => this.#chunk());
      else this.#finish();
      return;
    }
    this.#cost += clock.monotonic() - start;
    this.#finish();
  }

  /** Serves the next few followers of the last stream. It goes backwards: a follower that leaves is replaced in the list by
   * one that was visited already, and one that comes was served when it came. */
  #serveSome(): void {
    const stream = this.#running.at(-1);
    if (stream === undefined) return;
    const { cursors } = stream;
    this.#index = Math.min(this.#index, cursors.length);
    for (let step = 0; step < CLOCK_STEP && this.#index > 0; step++) {
      this.#index--;
      const client = cursors[this.#index]?.client;
      if (client === undefined || client.pass === this.#number) continue;
      client.pass = this.#number;
      this.#clients++;
      // To serve a client is to serve all its cursors.
      step += client.cursors.length - 1;
      if (this.#options.serve(client)) this.#again(client);
    }
    if (this.#index > 0) return;
    this.#running.pop();
    const { stats, clock } = this.#options;
    if (stream.passWaiting !== undefined) for (const task of stream.passWaiting) task();
    if (stream.passBornAt !== undefined) stats.delayed(stream.kind, (clock.now() - stream.passBornAt) / 1_000);
    this.#index = this.#running.at(-1)?.cursors.length ?? 0;
  }

  /** A client has more than one slice to go: its streams go with the next pass too. */
  #again(client: Client): void {
    this.#backlog = true;
    for (const cursor of client.cursors) if (cursor.due && !cursor.stream.dirty) this.add(cursor.stream);
  }

  #finish(): void {
    const { clock, latencyBudget, stats } = this.#options;
    stats.passDurations.observe(this.#cost / 1_000);
    stats.passClients.observe(this.#clients);
    const writes = stats.writes - this.#writes;
    if (writes > 0) stats.sliceBytes.observe((stats.bytes - this.#bytes) / writes);
    // Rest lets events gather into longer slices; where slices are full already it would only add to the backlog.
    const rest = this.#backlog ? 0 : Math.min(restAfter(this.#cost), latencyBudget);
    this.#notBefore = clock.monotonic() + rest + this.#giveWay();
    if (this.#dirty.length > 0) this.#schedule();
  }

  /** The rest for those who came since the last pass ended. */
  #giveWay(): number {
    const connected = this.#options.connected();
    const came = connected - (this.#connected ?? connected);
    this.#connected = connected;
    return Math.min(came * NEWCOMER, this.#cost * GIVE_WAY, LONGEST_WAY);
  }
}

function restAfter(cost: number): number {
  const rest = Math.max(CYCLE - cost, LEAST_REST);
  return Math.min(cost, rest + STEEPNESS * Math.max(0, cost + LEAST_REST - LONGEST));
}
