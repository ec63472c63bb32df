import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Dialect } from './exchange-dialects.ts';

/** Stands in for an exchange at a port of this machine: it speaks the documented messages, and fails as a test wants it to. */
export class ExchangeStandIn {
  readonly url: string;
  /** What was sent to it, in order, with when (in milliseconds of the monotonic clock). */
  readonly asked: { readonly text: string; readonly at: number }[] = [];
  connections = 0;
  /** What came back of `ping`. */
  readonly pongs: string[] = [];
  /** It answers no probe and sends no heartbeat. */
  silent = false;
  /** It ends each connection as soon as it is there. */
  refusing = false;
  readonly #dialect: Dialect;
  readonly #server: WebSocketServer;
  readonly #beating: NodeJS.Timeout;
  #id = 1_000;
  readonly #names = new Set<string>();
  readonly #last = new Map<string, string>();

  private constructor(dialect: Dialect, server: WebSocketServer) {
    this.#dialect = dialect;
    this.#server = server;
    // The server listens at a TCP port, so its address is not a path.
    this.url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
    this.#beating = setInterval(() => this.#beat(), 40);
    server.on('connection', (socket) => this.#accept(socket));
  }

  static async start(dialect: Dialect): Promise<ExchangeStandIn> {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    await once(server, 'listening');
    return new ExchangeStandIn(dialect, server);
  }

  /** A trade takes place, and is told to whoever listens. Without `told` nobody hears of it. */
  trade(name: string, price: string, told = true): void {
    const text = this.#dialect.trade({ name, id: this.#id++, price, size: '0.25', taker: 'buy', time: TRADED_AT });
    this.#last.set(name, text);
    if (told && this.#names.has(name)) this.say(text);
  }

  /** The newest trade of a name is told once more. */
  tellAgain(name: string): void {
    this.say(this.#last.get(name) ?? '');
  }

  say(text: string): void {
    for (const socket of this.#server.clients) socket.send(text);
  }

  ping(payload: string): void {
    for (const socket of this.#server.clients) socket.ping(payload);
  }

  /** The next trade has this number: the exchange counts anew. */
  countFrom(id: number): void {
    this.#id = id;
  }

  /** All connections end without a word. */
  cut(): void {
    for (const socket of this.#server.clients) socket.terminate();
  }

  /** Resolves once it has been asked for these names since the last cut. */
  async subscribed(...names: string[]): Promise<void> {
    while (!names.every((name) => this.#names.has(name))) await new Promise((go) => setTimeout(go, 5));
  }

  async close(): Promise<void> {
    clearInterval(this.#beating);
    this.cut();
    await new Promise((done) => this.#server.close(done));
  }

  #accept(socket: WebSocket): void {
    this.connections++;
    this.#names.clear();
    if (this.refusing) {
      socket.terminate();
      return;
    }
    for (const text of this.#dialect.greeting) socket.send(text);
    socket.on('pong', (payload) => this.pongs.push(payload.toString()));
    socket.on('message', (data) => {
      this.asked.push({ text: data.toString(), at: performance.now() });
      if (!this.silent) for (const text of this.#answer(data.toString())) socket.send(text);
    });
  }

  #answer(text: string): string[] {
    const { names, answers } = this.#dialect.answer(text, [...this.#names]);
    for (const name of names) this.#names.add(name);
    const past = names.flatMap((name) => this.#last.get(name) ?? []);
    return [...answers, ...past.flatMap((trade) => this.#dialect.past(trade) ?? [])];
  }

  #beat(): void {
    if (this.silent || this.#names.size === 0) return;
    for (const text of this.#dialect.heartbeats([...this.#names])) this.say(text);
  }
}

/** When all trades of the stand-in take place. */
export const TRADED_AT = '2026-01-02T03:04:05.678912Z';
