import { once } from 'node:events';
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  request,
  type Server,
  type ServerResponse,
} from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { createGzip } from 'node:zlib';

/** How a proxy in front of a server is set up: by default as it should be. */
export interface ProxySetup {
  /** Passes WebSocket upgrades on (default); otherwise it forgets the headers, as nginx does unless told. */
  readonly upgrades?: boolean;
  /** Holds each answer back until it has all of it. */
  readonly buffers?: boolean;
  /** Compresses, and holds back what it compresses; `always`: also for those who did not ask. */
  readonly gzips?: 'asked' | 'always';
  /** Tells the server this Host, and not the one that came. */
  readonly host?: string;
}

/** An HTTP server of a test, on a port of its own. */
export class Front {
  readonly url: URL;
  readonly #server: Server;
  readonly #sockets = new Set<Duplex>();

  private constructor(server: Server) {
    this.#server = server;
    // Of a server that listens by TCP it is an object.
    this.url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  }

  /** One that answers by itself. */
  static async serving(answer: RequestListener): Promise<Front> {
    const server = createServer(answer).listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new Front(server);
  }

  /** A proxy before these servers, by turns. */
  static async before(targets: readonly string[], setup: ProxySetup = {}): Promise<Front> {
    let turn = 0;
    const next = (): URL => new URL(targets[turn++ % targets.length] ?? '');
    const front = await Front.serving((asked, answer) => forward(asked, answer, next(), setup));
    if (setup.upgrades !== false)
      front.#server.on('upgrade', (asked, socket) => front.#tunnel(asked, socket, next(), setup));
    return front;
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.closeAllConnections();
    this.#server.close();
  }

  #tunnel(asked: IncomingMessage, socket: Duplex, target: URL, { host }: ProxySetup): void {
    const upstream = connect(Number(target.port), target.hostname);
    for (const each of [socket, upstream]) {
      this.#sockets.add(each);
      each.on('error', () => undefined);
    }
    const headers = { ...asked.headers, ...(host !== undefined && { host }) };
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    upstream.write(`GET ${asked.url} HTTP/1.1\r\n${lines.join('')}\r\n`);
    upstream.pipe(socket).pipe(upstream);
    socket.on('close', () => upstream.destroy());
  }
}

function forward(asked: IncomingMessage, answer: ServerResponse, target: URL, { buffers, gzips }: ProxySetup): void {
  const { upgrade: _, connection: __, ...headers } = asked.headers;
  const upstream = request(new URL(asked.url ?? '/', target), { headers, method: asked.method ?? 'GET', agent: false });
  asked.pipe(upstream);
  upstream.on('error', () => answer.destroy());
  answer.on('close', () => upstream.destroy());
  upstream.on('response', (came) => {
    const compress =
      came.headers['content-type']?.includes('event-stream') === true &&
      (gzips === 'always' || (gzips === 'asked' && String(headers['accept-encoding']).includes('gzip')));
    answer.writeHead(came.statusCode ?? 502, { ...came.headers, ...(compress && { 'content-encoding': 'gzip' }) });
    if (buffers)
      came.toArray().then(
        (chunks) => answer.end(Buffer.concat(chunks)),
        () => answer.destroy(),
      );
    else if (compress) came.pipe(createGzip()).pipe(answer);
    else came.pipe(answer);
  });
}
