import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { type ClientOptions, WebSocket } from 'ws';
import { type Clock, systemClock } from '../../server/clock.ts';
import { Hub } from '../../server/hub/hub.ts';
import { type Frame, headerOf } from '../../server/protocol/stomp/frame.ts';
import { FrameParser } from '../../server/protocol/stomp/parser.ts';
import type { Version } from '../../server/protocol/stomp/version.ts';
import { Sessions } from '../../server/session/sessions.ts';
import { WebSocketEndpoint } from '../../server/transports/websocket.ts';
import { FakeDestinations, FakeLog } from '../session/stage.ts';

/** An HTTP server with the endpoint under test, on a port of its own. */
export class TestServer {
  readonly hub: Hub;
  readonly destinations: FakeDestinations;
  readonly sessions: Sessions;
  readonly endpoint: WebSocketEndpoint;
  readonly log = new FakeLog();
  readonly #http: Server = createServer();
  readonly #sockets = new Set<Socket>();

  constructor(options: { allowedOrigins?: readonly string[]; clock?: Clock; compression?: boolean } = {}) {
    const clock = options.clock ?? systemClock;
    this.hub = new Hub({ clock, latencyBudget: 250, stallTimeout: 30_000 });
    this.destinations = new FakeDestinations(this.hub);
    this.sessions = new Sessions({
      hub: this.hub,
      destinations: this.destinations,
      clock,
      log: this.log,
      random: Math.random,
      epoch: 'epoch-1',
      version: '9.8.7',
    });
    this.endpoint = new WebSocketEndpoint({
      sessions: this.sessions,
      allowedOrigins: options.allowedOrigins ?? [],
      compression: options.compression ?? true,
    });
    this.#http.on('upgrade', (req, socket, head) => this.endpoint.upgrade(req, socket, head));
    this.#http.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    });
  }

  async listen(): Promise<this> {
    this.#http.listen(0, '127.0.0.1');
    await once(this.#http, 'listening');
    return this;
  }

  get port(): number {
    // A server that listens on TCP has an address of this form.
    return (this.#http.address() as AddressInfo).port;
  }

  get url(): string {
    return `ws://127.0.0.1:${this.port}/ws-endpoint`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.endpoint.close();
    this.sessions.close();
    this.hub.close();
    for (const socket of this.#sockets) socket.destroy();
    this.#http.close();
    await once(this.#http, 'close');
  }
}

/** A STOMP client by hand: it sends what it is told, and keeps the frames that come. */
export class TestClient {
  readonly socket: WebSocket;
  readonly frames: Frame[] = [];
  /** All text that came, heart-beats too. */
  readonly texts: string[] = [];
  readonly #parser = new FrameParser({ frameBytes: 10_000_000, headers: 100 });
  readonly #closed: Promise<{ code: number; reason: string }>;
  #wake: () => void = () => {};

  constructor(url: string, protocols: string[] = ['v12.stomp'], options: ClientOptions = {}) {
    this.socket = new WebSocket(url, protocols, options);
    this.#closed = new Promise((resolve) => {
      this.socket.on('close', (code, reason) => {
        resolve({ code, reason: reason.toString() });
        this.#wake();
      });
    });
    this.socket.on('error', () => {});
    this.socket.on('message', (data: Buffer) => {
      this.texts.push(data.toString());
      this.#parser.push(data);
      for (let frame = this.#parser.read(); frame !== undefined; frame = this.#parser.read()) this.frames.push(frame);
      this.#wake();
    });
  }

  async open(): Promise<this> {
    await once(this.socket, 'open');
    return this;
  }

  async connect(version: Version = '1.2', headers: Record<string, string> = {}): Promise<this> {
    await this.open();
    this.send('CONNECT', { 'accept-version': version, ...headers });
    this.#parser.version = version;
    await this.next('CONNECTED');
    return this;
  }

  send(command: string, headers: Record<string, string> = {}, body = ''): void {
    const lines = Object.entries(headers).map(([name, value]) => `${name}:${value}\n`);
    this.socket.send(`${command}\n${lines.join('')}\n${body}\0`);
  }

  /** The next frame of this command; those before it are dropped. Fails when the connection ends first. */
  async next(command: string): Promise<Frame> {
    for (;;) {
      const frame = this.frames.shift();
      if (frame?.command === command) return frame;
      if (frame !== undefined) continue;
      if (this.socket.readyState === WebSocket.CLOSED) throw new Error(`closed before a ${command}`);
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** The close code and reason, once the connection has ended. */
  closed(): Promise<{ code: number; reason: string }> {
    return this.#closed;
  }
}

export const code = (frame: Frame): string | undefined => headerOf(frame, 'code');

/** The first line of the answer to an upgrade request with these headers. */
export async function statusOf(port: number, headers: Record<string, string>, method = 'GET'): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(`${method} /ws-endpoint HTTP/1.1\r\n${lines.join('')}\r\n`);
  const [data]: Buffer[] = await once(socket, 'data');
  socket.destroy();
  return data?.toString().split('\r\n')[0] ?? '';
}
