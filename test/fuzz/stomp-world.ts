import assert from 'node:assert/strict';
import { Refusal } from '../../server/errors.ts';
import { Hub } from '../../server/hub/hub.ts';
import type { Page } from '../../server/hub/overflow.ts';
import type { Start } from '../../server/hub/start.ts';
import type { Stream } from '../../server/hub/stream.ts';
import type { Batch, Destinations, SendHandler, Topic } from '../../server/session/destinations.ts';
import { Sessions } from '../../server/session/sessions.ts';
import { FakeLog, FakePipe } from '../session/stage.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { readServer, type ServerFrame } from './legal-stomp.ts';

/** Events that the store of the chat keeps. */
const STORED = 50;
const BOUNDS = { count: 20, bytes: 100_000, age: 60_000 };

/** Two short streams, of which one has a store behind it, and handlers that answer when they are told to. */
class FuzzDestinations implements Destinations {
  readonly chat: Stream<string>;
  readonly state: Stream<string>;
  /** Of the SENDs and COMMITs that wait for an answer. */
  readonly waiting: PromiseWithResolvers<void>[] = [];
  present = 0;

  constructor(hub: Hub) {
    const options = { epoch: 'e', bounds: BOUNDS, size: (text: string) => text.length };
    this.chat = hub.stream<string>({
      ...options,
      name: 'chat',
      overflow: { policy: 'complete', read: async (from, limit) => this.#page(from, limit) },
    });
    this.state = hub.stream<string>({
      ...options,
      name: 'state',
      overflow: { policy: 'latest', snapshot: () => 'new' },
    });
  }

  topic(destination: string): Topic<string> {
    const stream = new Map([
      ['/topic/chat', this.chat],
      ['/topic/state', this.state],
    ]).get(destination);
    if (stream === undefined) throw new Refusal('unknown-destination');
    return {
      stream,
      message: (text, position) => ({
        id: `${stream.name}-${position}`,
        headers: [['kind', 'a:b']],
        body: Buffer.from(text),
      }),
      start: (after) => this.#start(stream, after),
    };
  }

  handler(destination: string): SendHandler {
    if (!destination.startsWith('/app/')) throw new Refusal('not-writable');
    return () => this.#wait();
  }

  begin(): Batch {
    return {
      add: (destination, body) => {
        this.handler(destination);
        if (body.length === 0) throw new Refusal('invalid-json');
      },
      commit: () => this.#wait(),
    };
  }

  joined(): void {
    this.present++;
  }

  left(): void {
    this.present--;
  }

  #wait(): Promise<void> {
    const waits = Promise.withResolvers<void>();
    this.waiting.push(waits);
    return waits.promise;
  }

  #start(stream: Stream<string>, after: string | undefined): Start<string> | Promise<Start<string>> {
    if (after === undefined) return { next: stream.next, before: ['first'] };
    if (after === 'later') return this.#wait().then(() => ({ next: stream.next }));
    const position = /^\d{1,9}$/.test(after) ? Number(after) : Number.POSITIVE_INFINITY;
    if (position > stream.next) throw new Refusal('position-unknown');
    return { next: position };
  }

  /** Of what is gone from the stream the newest is stored; what is older is gone for good, which a notice says. */
  #page(from: number, limit: number): Page<string> {
    const first = Math.max(from, this.chat.next - STORED);
    const count = Math.max(0, Math.min(limit, this.chat.next - first));
    return { first, events: Array.from({ length: count }, (_, i) => `${first + i}`), notice: 'truncated' };
  }
}

/** One hub and its sessions for very many connections, of which nothing may be left when they have ended. */
export class StompWorld {
  readonly clock = new ManualClock();
  readonly hub = new Hub({ clock: this.clock, latencyBudget: 0, stallTimeout: 30_000 });
  readonly destinations = new FuzzDestinations(this.hub);
  readonly #log = new FakeLog();
  readonly #sessions = new Sessions({
    hub: this.hub,
    destinations: this.destinations,
    clock: this.clock,
    log: this.#log,
    random: () => 0.5,
    epoch: 'e',
    version: '1.2.3',
  });
  readonly #timers = this.clock.pending;

  connect(): FakePipe {
    const pipe = new FakePipe();
    pipe.session = this.#sessions.open(pipe);
    return pipe;
  }

  append(count: number): void {
    for (let i = 0; i < count; i++) {
      this.destinations.chat.append(`${this.destinations.chat.next}`);
      this.destinations.state.append('x');
    }
    this.clock.run();
  }

  /** Answers what has waited longest. */
  answer(accepted: boolean): void {
    const waits = this.destinations.waiting.shift();
    if (accepted) waits?.resolve();
    else waits?.reject(new Refusal('store-down'));
  }

  async settle(): Promise<void> {
    for (let i = 0; i < 8; i++) await Promise.resolve();
    this.clock.run();
  }

  /** Answers everything that waits, and lets the client take what is there. */
  async finish(pipe: FakePipe): Promise<void> {
    do {
      pipe.unblock();
      while (this.destinations.waiting.length > 0) this.answer(true);
      await this.settle();
    } while (this.destinations.waiting.length > 0);
  }

  /** Ends a connection and checks it: every answer was legal, nothing failed inside, nothing is left of it. */
  end(pipe: FakePipe): ServerFrame[] {
    const { session } = pipe;
    session?.ended();
    assert.deepEqual(this.#log.errors, []);
    assert.equal(session?.slot, -1);
    const { chat, state } = this.destinations;
    const left = [this.hub.clients, this.destinations.present, chat.cursors.length, state.cursors.length];
    assert.deepEqual(left, [0, 0, 0, 0]);
    // A page that was read too early is read again after a second, and nobody wants it any more.
    if (this.clock.pending > this.#timers) this.clock.advance(1_000);
    assert.ok(this.clock.pending <= this.#timers, `${this.clock.pending} timers`);
    const frames = readServer(Buffer.concat(pipe.written));
    if (frames.at(-1)?.command === 'ERROR') assert.notEqual(pipe.end, undefined, 'an ERROR ends the connection');
    return frames;
  }
}
