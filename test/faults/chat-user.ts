import { randomUUID } from 'node:crypto';
import { frame, handshake } from '../support/raw-websocket.ts';
import { Absence } from './absence.ts';
import { type ChatSaid, readChat } from './chat-reading.ts';
import { Hearing } from './hearing.ts';
import { Line } from './line.ts';
import { type Known, type Reading, SharedReading } from './shared-reading.ts';

/** What all users of a trial know together. */
export class ChatRecord {
  /** The id that a seq was seen with. */
  readonly ids = new Map<number, string>();
  /** Ids for which a RECEIPT came, by the time it came. */
  readonly accepted = new Map<string, number>();
  /** A seq came with another id than before: two users have seen different messages in its place. */
  disagreements = 0;
  readonly reading = new SharedReading<ChatSaid>((bytes, events) => this.#read(bytes, events));

  /** Bytes that are new: what is known again was compared when it was read. */
  #read(bytes: Buffer, events: Known<readonly ChatSaid[]>): Reading<ChatSaid> {
    const reading = readChat(bytes, events);
    for (const said of reading.said) if (said.kind === 'message') this.#compare(said.seq, said.id);
    return reading;
  }

  #compare(seq: number, id: string): void {
    if ((this.ids.get(seq) ?? id) !== id) this.disagreements++;
    this.ids.set(seq, id);
  }
}

/** A pause before a user comes back, in milliseconds: from here, and as long again by chance. */
const RETURN = 100;
/** What the server could not take is sent again so much later, in milliseconds. */
const RESEND = 300;
const HANDSHAKE = handshake({ headers: { 'Sec-WebSocket-Protocol': 'v12.stomp' } });

/**
 * A user of the chat who always comes back: to the next instance, from the last seq that was seen, with the messages that
 * were not accepted yet. It keeps account of what came twice, out of order, or not at all.
 */
export class ChatUser {
  repeats = 0;
  gaps = 0;
  readonly hearing = new Hearing();
  readonly pending = new Map<string, string>();
  readonly absence = new Absence();
  readonly #urls: readonly string[];
  readonly #record: ChatRecord;
  /** A message is known again by its sender and id: under another name it would be another message. */
  readonly #login: string;
  #turn: number;
  #last: number;
  #line: Line<ChatSaid> | undefined;
  #connected = false;
  #ended = false;

  constructor(urls: readonly string[], turn: number, after: number, record: ChatRecord) {
    this.#urls = urls;
    this.#turn = turn;
    this.#last = after;
    this.#record = record;
    this.#login = `user ${turn}`;
    this.#connect();
  }

  get connected(): boolean {
    return this.#connected;
  }

  /** The seq of the last message that came. */
  get last(): number {
    return this.#last;
  }

  send(content: string): void {
    const id = randomUUID();
    this.pending.set(id, content);
    if (this.#connected) this.#submit(id, content);
  }

  /** Ends the connection as a network does. */
  cut(): void {
    this.#line?.cut();
  }

  end(): void {
    this.#ended = true;
    this.cut();
  }

  #connect(): void {
    if (this.#ended) return;
    this.#line = new Line({
      url: this.#urls[this.#turn++ % this.#urls.length] ?? '',
      request: HANDSHAKE,
      status: 101,
      silence: 0,
      reading: this.#record.reading,
      opened: () => this.#frame('CONNECT', { 'accept-version': '1.2', host: 'localhost', login: this.#login }),
      said: (said) => this.#take(said),
      closed: () => this.#closed(),
    });
  }

  #closed(): void {
    this.#connected = false;
    this.absence.begins();
    setTimeout(() => this.#connect(), RETURN + Math.random() * RETURN);
  }

  #frame(command: string, headers: Readonly<Record<string, string>>, body = ''): void {
    const lines = Object.entries(headers).map(([name, value]) => `${name}:${value}\n`);
    this.#line?.write(frame({ payload: `${command}\n${lines.join('')}\n${body}\0` }));
  }

  #submit(id: string, content: string): void {
    this.#frame('SEND', { destination: '/app/chat', receipt: id }, JSON.stringify({ id, content }));
  }

  #take(all: readonly ChatSaid[]): void {
    const before = this.#last;
    for (const said of all) {
      if (said.kind === 'message') this.#seen(said.seq);
      else if (said.kind === 'accepted') this.#accepted(said.id);
      else if (said.kind === 'refused') this.#refused(said.id);
      else if (said.kind === 'connected') this.#welcome();
      else this.cut();
    }
    if (this.#last > before) this.hearing.heard();
  }

  #welcome(): void {
    this.#connected = true;
    this.absence.ends();
    this.#frame('SUBSCRIBE', { id: 'errors', destination: '/user/queue/errors' });
    this.#frame('SUBSCRIBE', { id: 'sub-0', destination: '/topic/chat', after: `${this.#last}` });
    for (const [id, content] of this.pending) this.#submit(id, content);
  }

  #accepted(id: string): void {
    if (this.pending.delete(id)) this.#record.accepted.set(id, performance.now());
  }

  #refused(id: string): void {
    const content = this.pending.get(id);
    if (content === undefined) return;
    setTimeout(() => {
      if (this.pending.has(id) && this.#connected) this.#submit(id, content);
    }, RESEND);
  }

  #seen(seq: number): void {
    if (seq === this.#last + 1) this.#last = seq;
    else if (seq <= this.#last) this.repeats++;
    else {
      this.gaps++;
      this.#last = seq;
    }
  }
}
