import type { ErrorCode } from '../../server/errors.ts';
import { Refusal } from '../../server/errors.ts';
import { Hub } from '../../server/hub/hub.ts';
import type { ClientDescription } from '../../server/hub/sink.ts';
import type { Start } from '../../server/hub/start.ts';
import type { Stream } from '../../server/hub/stream.ts';
import { type Frame, headerOf } from '../../server/protocol/stomp/frame.ts';
import { FrameParser } from '../../server/protocol/stomp/parser.ts';
import type { Version } from '../../server/protocol/stomp/version.ts';
import type { Batch, Destinations, Sender, Topic } from '../../server/session/destinations.ts';
import type { Pipe } from '../../server/session/pipe.ts';
import type { Session } from '../../server/session/session.ts';
import { Sessions, type SessionsOptions } from '../../server/session/sessions.ts';
import type { Wire } from '../../server/session/wire.ts';
import { ManualClock } from '../support/manual-clock.ts';

/** STOMP bytes as they are. */
export const plainWire: Wire = { key: 'plain', beat: Buffer.from('\n'), wrap: (stomp) => stomp };

/** A pipe that keeps what is written; it can be blocked, and says how it was ended. */
export class FakePipe implements Pipe {
  readonly wire = plainWire;
  readonly peer = { address: '192.0.2.1', token: undefined };
  readonly written: Buffer[] = [];
  session: Session | undefined;
  blocked = false;
  pauses = 0;
  /** `finished`, or the code it was closed with. */
  end: ErrorCode | 'finished' | undefined;

  write(bytes: Uint8Array): boolean {
    this.written.push(Buffer.from(bytes));
    return !this.blocked;
  }

  writeAll(parts: readonly Uint8Array[]): boolean {
    for (const part of parts) this.written.push(Buffer.from(part));
    return !this.blocked;
  }

  pauseReading(): void {
    this.pauses++;
  }

  resumeReading(): void {
    this.pauses--;
  }

  close(code: ErrorCode): void {
    const words = this.session?.lastWords(code);
    if (words !== undefined) this.written.push(Buffer.from(words));
    this.end = code;
    this.session?.ended();
  }

  describe(): ClientDescription {
    return { transport: 'fake', address: this.peer.address };
  }

  finish(): void {
    this.end = 'finished';
    this.session?.ended();
  }

  unblock(): void {
    this.blocked = false;
    this.session?.drained();
  }
}

/** What was sent to a handler, and the way to answer it. */
export interface Sent {
  readonly destination: string;
  readonly body: string;
  readonly sender: Sender;
  readonly accept: () => void;
  readonly reject: (error: unknown) => void;
}

/** What was committed as one, and the way to answer it. */
export interface SentBatch {
  readonly sends: readonly string[];
  readonly accept: () => void;
  readonly reject: (error: unknown) => void;
}

/** Topics and handlers by their names: `/topic/news` is a stream of texts, `/app/…` takes everything. */
export class FakeDestinations implements Destinations {
  readonly sent: Sent[] = [];
  readonly batches: SentBatch[] = [];
  readonly present: Sender[] = [];
  readonly news: Stream<string>;
  /** How `/topic/news` begins; replaced where a test wants it otherwise. */
  start: (after: string | undefined) => Start<string> | Promise<Start<string>>;

  constructor(hub: Hub) {
    this.news = hub.stream<string>({
      name: 'news',
      epoch: 'e',
      bounds: { count: 100_000, bytes: 100_000_000, age: 3_600_000 },
      size: (text) => text.length,
      overflow: { policy: 'latest', snapshot: () => undefined },
    });
    this.start = (after) => ({ next: after === undefined ? this.news.next : Number(after) });
  }

  topic(destination: string): Topic<string> {
    if (destination === '/topic/broken') throw new Error('a secret of the server');
    if (destination !== '/topic/news' && destination !== '/topic/alias') throw new Refusal('unknown-destination');
    return {
      stream: this.news,
      message: (text, position) =>
        text === 'nothing for STOMP'
          ? undefined
          : { id: `m:${position}`, headers: [['kind', 'a:b']], body: Buffer.from(JSON.stringify(text)) },
      start: (after) => this.start(after),
    };
  }

  handler(destination: string): (body: Uint8Array, sender: Sender) => Promise<void> {
    if (!destination.startsWith('/app/')) throw new Refusal('not-writable');
    return (body, sender) => {
      const { promise, resolve: accept, reject } = Promise.withResolvers<void>();
      this.sent.push({ destination, body: Buffer.from(body).toString(), sender, accept, reject });
      return promise;
    };
  }

  /** Refuses the body `bad`. */
  begin(): Batch {
    const sends: string[] = [];
    return {
      add: (destination, body) => {
        this.handler(destination);
        const text = Buffer.from(body).toString();
        if (text === 'bad') throw new Refusal('invalid-message');
        sends.push(`${destination} ${text}`);
      },
      commit: () => {
        const { promise, resolve: accept, reject } = Promise.withResolvers<void>();
        this.batches.push({ sends, accept, reject });
        return promise;
      },
    };
  }

  joined(sender: Sender): void {
    this.present.push(sender);
  }

  left(sender: Sender): void {
    this.present.splice(this.present.indexOf(sender), 1);
  }
}

/** A logger that keeps what is logged as an error. */
export class FakeLog {
  readonly errors: object[] = [];
  debug(): void {}
  info(): void {}
  warn(): void {}
  error(fields: object): void {
    this.errors.push(fields);
  }
}

/** One session on a fake pipe, a real hub, and a clock that the test turns. */
export class Stage {
  readonly clock = new ManualClock();
  readonly hub = new Hub({ clock: this.clock, latencyBudget: 250, stallTimeout: 30_000 });
  readonly destinations = new FakeDestinations(this.hub);
  readonly log = new FakeLog();
  readonly pipe = new FakePipe();
  readonly sessions: Sessions;
  readonly session: Session;
  readonly #parser = new FrameParser({ frameBytes: 1_000_000, headers: 100 });
  #read = 0;

  constructor(changes: Partial<SessionsOptions> = {}) {
    this.sessions = new Sessions({
      hub: this.hub,
      destinations: this.destinations,
      clock: this.clock,
      log: this.log,
      random: () => 0.5,
      epoch: 'epoch-1',
      version: '9.8.7',
      ...changes,
    });
    this.session = this.sessions.open(this.pipe);
    this.pipe.session = this.session;
  }

  /** Sends text, with `^` for NUL. */
  receive(text: string): void {
    this.session.receive(Buffer.from(text.replaceAll('^', '\0')));
  }

  /** Sends a frame. */
  frame(command: string, headers: Record<string, string> = {}, body = ''): void {
    const lines = Object.entries(headers).map(([name, value]) => `${name}:${value}\n`);
    this.session.receive(Buffer.from(`${command}\n${lines.join('')}\n${body}\0`));
  }

  /** CONNECTs; the CONNECTED frame is read away. */
  connect(version: Version = '1.2', headers: Record<string, string> = {}): this {
    this.frame('CONNECT', { 'accept-version': version, ...headers });
    this.#parser.version = version;
    this.frames();
    return this;
  }

  /** What the client got since the last call. */
  bytes(): string {
    const bytes = Buffer.concat(this.pipe.written.slice(this.#read)).toString();
    this.#read = this.pipe.written.length;
    return bytes;
  }

  /** The frames that the client got since the last call. */
  frames(): Frame[] {
    this.clock.run();
    this.#parser.push(Buffer.from(this.bytes()));
    const frames: Frame[] = [];
    for (let frame = this.#parser.read(); frame !== undefined; frame = this.#parser.read()) frames.push(frame);
    return frames;
  }

  /** The same in short: the command and the header that tells most. */
  seen(): string[] {
    return this.frames().map((frame) => {
      const most = headerOf(frame, 'receipt-id') ?? headerOf(frame, 'code') ?? headerOf(frame, 'subscription') ?? '';
      return `${frame.command} ${most} ${Buffer.from(frame.body)}`.trim();
    });
  }
}

/** Lets promises settle. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 10; i++) await Promise.resolve();
}
