import { randomUUID } from 'node:crypto';
import { WebSocket } from 'ws';
import { Absence } from './absence.ts';
import { Hearing } from './hearing.ts';

/** What all users of a trial know together. */
export interface ChatRecord {
  /** Messages by their text as it was sent: hundreds of users get the same one, and it is parsed once. */
  readonly read: Map<string, { readonly seq: number; readonly id: string }>;
  /** The id that a seq was seen with. */
  readonly ids: Map<number, string>;
  /** Ids for which a RECEIPT came, by the time it came. */
  readonly accepted: Map<string, number>;
  /** A seq came with another id than before: two users have seen different messages in its place. */
  disagreements: number;
}

/** A pause before a user comes back, in milliseconds: from here, and as long again by chance. */
const RETURN = 100;
/** What the server could not take is sent again so much later, in milliseconds. */
const RESEND = 300;

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
  #socket: WebSocket | undefined;
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
    this.#socket?.terminate();
  }

  end(): void {
    this.#ended = true;
    this.cut();
  }

  #connect(): void {
    if (this.#ended) return;
    const url = this.#urls[this.#turn++ % this.#urls.length] ?? '';
    const socket = new WebSocket(`${url.replace('http', 'ws')}/ws-endpoint`, ['v12.stomp'], {
      handshakeTimeout: 15_000,
    });
    this.#socket = socket;
    socket.on('error', () => undefined);
    socket.on('open', () => this.#frame('CONNECT', { 'accept-version': '1.2', host: 'localhost', login: this.#login }));
    socket.on('message', (data) => this.#take(String(data)));
    socket.on('close', () => {
      this.#connected = false;
      this.absence.begins();
      setTimeout(() => this.#connect(), RETURN + Math.random() * RETURN);
    });
  }

  #frame(command: string, headers: Readonly<Record<string, string>>, body = ''): void {
    const lines = Object.entries(headers).map(([name, value]) => `${name}:${value}\n`);
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(`${command}\n${lines.join('')}\n${body}\0`);
  }

  #submit(id: string, content: string): void {
    this.#frame('SEND', { destination: '/app/chat', receipt: id }, JSON.stringify({ id, content }));
  }

  #take(text: string): void {
    for (const frame of text.split('\0')) {
      const command = frame.slice(0, frame.indexOf('\n')).trim();
      const body = frame.slice(frame.indexOf('\n\n') + 2);
      if (command === 'MESSAGE') this.#message(frame.includes('destination:/user/queue/errors'), body);
      else if (command === 'RECEIPT') this.#accepted(/receipt-id:(.*)/.exec(frame)?.[1] ?? '');
      else if (command === 'CONNECTED') this.#welcome();
    }
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

  #message(refusal: boolean, body: string): void {
    const known = this.#record.read.get(body);
    if (known !== undefined) {
      this.#seen(known.seq, known.id);
      return;
    }
    const event = JSON.parse(body);
    if (refusal) this.#refused(event.receipt);
    else if (event.kind === 'message') {
      this.#record.read.set(body, { seq: event.seq, id: event.id });
      this.#seen(event.seq, event.id);
    }
  }

  #refused(id: string): void {
    const content = this.pending.get(id);
    if (content === undefined) return;
    setTimeout(() => {
      if (this.pending.has(id) && this.#connected) this.#submit(id, content);
    }, RESEND);
  }

  #seen(seq: number, id: string): void {
    const { ids } = this.#record;
    if ((ids.get(seq) ?? id) !== id) this.#record.disagreements++;
    ids.set(seq, id);
    this.hearing.heard();
    if (seq === this.#last + 1) this.#last = seq;
    else if (seq <= this.#last) this.repeats++;
    else {
      this.gaps++;
      this.#last = seq;
    }
  }
}
