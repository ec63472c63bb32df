import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Host } from '../../../server/session/conversation.ts';
import { SockJsEndpoint, type SockJsOptions } from '../../../server/transports/sockjs/endpoint.ts';
import { listenForNeighbours } from '../../../server/transports/sockjs/neighbours.ts';
import { WebSocketEndpoint } from '../../../server/transports/websocket.ts';
import { FakeLog } from '../../session/stage.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { EchoHost } from './services.ts';
import { SockJsClient } from './sockjs-client.ts';

type Changes = Partial<Omit<SockJsOptions, 'limits'>> & { readonly limits?: Partial<SockJsOptions['limits']> };

/** An HTTP server with the endpoint at `/base`, as the protocol's test server is set up, on a clock that the test turns. */
export class SockJsServer<H extends Host = EchoHost> {
  readonly clock: ManualClock;
  readonly host: H;
  readonly log = new FakeLog();
  readonly endpoint: SockJsEndpoint;
  readonly sockets = new Set<Socket>();
  /** Requests that it has been asked so far. */
  requests = 0;
  readonly #websocket: WebSocketEndpoint;
  readonly #http: Server = createServer();
  #inner: Server | undefined;
  readonly #neighbours: SockJsOptions['neighbours'];

  constructor(clock: ManualClock, host: H, { limits, ...changes }: Changes = {}) {
    this.clock = clock;
    this.host = host;
    this.#neighbours = changes.neighbours;
    const allowedOrigins = changes.allowedOrigins ?? ['*'];
    this.#websocket = new WebSocketEndpoint({ sessions: host, allowedOrigins });
    this.endpoint = new SockJsEndpoint({
      host,
      log: this.log,
      base: '/base',
      allowedOrigins,
      newId: randomUUID,
      script: { url: '/base/sockjs.min.js', body: Buffer.from('the library') },
      cookie: false,
      upgrade: this.#websocket.upgrade.bind(this.#websocket),
      ...changes,
      limits: { sessions: 0, sessionsPerAddress: 0, responseBytes: 4_096, ...limits },
    });
    this.#http.on('request', this.endpoint.handle.bind(this.endpoint));
    this.#http.on('request', () => void this.requests++);
    this.#http.on('upgrade', this.endpoint.upgrade.bind(this.endpoint));
    this.#http.on('connection', (socket) => {
      this.sockets.add(socket);
      socket.on('close', () => this.sockets.delete(socket));
    });
  }

  static echo(changes: Changes = {}): Promise<SockJsServer> {
    const clock = new ManualClock();
    return new SockJsServer(clock, new EchoHost(clock), changes).listen();
  }

  async listen(): Promise<this> {
    if (this.#neighbours !== undefined) {
      this.#inner = await listenForNeighbours(this.#neighbours, this.endpoint.handleForwarded.bind(this.endpoint));
    }
    this.#http.listen(0, '127.0.0.1');
    await once(this.#http, 'listening');
    return this;
  }

  get port(): number {
    // A server that listens on TCP has an address of this form.
    return (this.#http.address() as AddressInfo).port;
  }

  get client(): SockJsClient {
    return new SockJsClient(this.port);
  }

  /** A session nobody has used, as a client of the protocol's tests makes one. */
  session(): string {
    return `/000/${randomUUID()}`;
  }

  /** Ends what other processes reach, as a crash does. */
  closeInner(): void {
    this.#inner?.closeAllConnections();
    this.#inner?.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.endpoint.close();
    for (const socket of this.sockets) socket.destroy();
    this.closeInner();
    this.#http.close();
    await once(this.#http, 'close');
  }
}
