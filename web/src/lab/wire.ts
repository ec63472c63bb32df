import { signal } from '@preact/signals';
import type { Connection } from './entry.ts';
import { explainFrame } from './model/websocket-frame.ts';
import type { Tap } from './tap.ts';

/** `asking`: not known yet; `lost`: it was on. */
export type WireState = 'asking' | 'off' | 'on' | 'lost';

/** The part of an EventSource that is used. */
interface Events {
  onerror: ((event: never) => void) | null;
  addEventListener(type: string, listener: (event: MessageEvent) => void): void;
  close(): void;
}

export interface WireOptions {
  readonly tap: Tap;
  /** Makes the page's connections anew, so that they carry the token. */
  reconnect(): void;
  open(url: string): Events;
}

/** What is known of a connection that the server tells of. */
interface Told {
  readonly connection: Connection;
  deflate: boolean;
  gzip: boolean;
}

const TOKEN_BYTES = 24;

/**
 * The server's debug stream of this page's own connections, where the server has it: it watches under a token that nobody else
 * knows, then has the connections made anew with it. See docs/protocol-lab.md.
 */
export class Wire {
  readonly state = signal<WireState>('asking');
  readonly #options: WireOptions;
  readonly #told = new Map<number, Told>();
  #events: Events | undefined;
  #stopped = false;

  constructor(options: WireOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    this.#stopped = false;
    const offered = await labIsOn();
    if (this.#stopped || this.#events !== undefined) return;
    if (offered) this.#watch();
    else this.state.value = 'off';
  }

  /** The connections stay as they are; nobody looks at them any more. */
  stop(): void {
    this.#stopped = true;
    this.#leave('asking');
  }

  #watch(): void {
    const { tap, reconnect, open } = this.#options;
    const token = randomToken();
    const events = open(`/api/lab/stream?lab=${token}`);
    this.#events = events;
    events.onerror = () => this.#leave('lost');
    const on = (type: string, take: (data: Data) => void): void =>
      events.addEventListener(type, ({ data }) => take(JSON.parse(data)));
    on('watching', () => {
      tap.token = token;
      tap.serverTells = true;
      this.state.value = 'on';
      reconnect();
    });
    // Not `open`: an EventSource has an event of that name of its own.
    on('connected', (data) => this.#opened(data));
    on('answer', (data) => this.#answered(data));
    on('bytes', (data) => this.#bytes(data));
    on('closed', (data) => this.#note(data, 'Closed.'));
    on('skipped', ({ count }) => this.#skipped(count));
    on('end', () => this.#leave('lost'));
  }

  #leave(state: WireState): void {
    this.#events?.close();
    this.#events = undefined;
    this.#told.clear();
    const { tap } = this.#options;
    tap.token = undefined;
    tap.serverTells = false;
    tap.told = new Set();
    tap.eventsToo = false;
    this.state.value = state;
  }

  #opened({ connection: id, name, protocol, request, tcp, at }: Data): void {
    const connection: Connection = { name, protocol, target: request.split(' ', 2)[1] ?? '' };
    this.#told.set(id, { connection, deflate: false, gzip: false });
    this.#tellNames();
    const { log } = this.#options.tap;
    const port = `${tcp?.address}, port ${tcp?.port}, to port ${tcp?.serverPort}`;
    log.add(connection, 'page', { kind: 'note', text: `TCP: from ${port}.` }, at);
    log.add(connection, 'client', { kind: 'head', bytes: encode(request), seen: 'wire' }, at);
  }

  #tellNames(): void {
    this.#options.tap.told = new Set([...this.#told.values()].map(({ connection }) => connection.name));
  }

  #answered({ connection: id, response, at }: Data): void {
    const told = this.#told.get(id);
    if (told === undefined) return;
    told.deflate = /^sec-websocket-extensions:.*permessage-deflate/im.test(response);
    told.gzip = /^content-encoding:.*gzip/im.test(response);
    if (told.gzip) this.#options.tap.eventsToo = true;
    this.#options.tap.log.add(told.connection, 'server', { kind: 'head', bytes: encode(response), seen: 'wire' }, at);
  }

  #bytes({ connection: id, from, bytes: base64, hidden, at }: Data): void {
    const told = this.#told.get(id);
    if (told === undefined) return;
    const { log } = this.#options.tap;
    const { connection, deflate, gzip } = told;
    const bytes = decode(base64);
    if (connection.protocol === 'sse') {
      log.add(connection, from, { kind: 'chunk', bytes, seen: 'wire', gzip }, at);
      return;
    }
    for (const frame of framesOf(bytes, from)) {
      log.add(connection, from, { kind: 'frame', bytes: frame, seen: 'wire', deflate, hidden }, at);
    }
  }

  #skipped(count: number): void {
    const connection: Connection = { name: 'lab', protocol: 'websocket', target: '' };
    const text = `${count} left out: more than the server tells in a second.`;
    this.#options.tap.log.add(connection, 'page', { kind: 'note', text });
  }

  #note({ connection: id, at }: Data, text: string): void {
    const told = this.#told.get(id);
    if (told === undefined) return;
    this.#told.delete(id);
    this.#tellNames();
    this.#options.tap.log.add(told.connection, 'page', { kind: 'note', text }, at);
  }
}

/** What the events of our own server hold; each has those that belong to its type. */
interface Data {
  readonly connection: number;
  readonly name: string;
  readonly protocol: 'websocket' | 'sse';
  readonly request: string;
  readonly response: string;
  readonly tcp?: { readonly address: string; readonly port: number; readonly serverPort: number };
  readonly from: 'client' | 'server';
  readonly bytes: string;
  readonly hidden: boolean;
  readonly count: number;
  readonly at: number;
}

/** One write of the server may hold several frames, always whole ones; only a long one comes cut. */
function framesOf(bytes: Uint8Array, from: 'client' | 'server'): Uint8Array[] {
  const frames: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; ) {
    const { length } = explainFrame(bytes.subarray(at), { from });
    frames.push(bytes.subarray(at, at + length));
    at += Math.max(1, length);
  }
  return frames;
}

async function labIsOn(): Promise<boolean> {
  try {
    const info: unknown = await (await fetch('/api/info')).json();
    return typeof info === 'object' && info !== null && 'lab' in info && info.lab === true;
  } catch {
    return false;
  }
}

/** 192 bits in base64url. */
function randomToken(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(TOKEN_BYTES));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_');
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function decode(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}
