import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import type { Clock } from '../../server/clock.ts';
import { marketStreamSource } from '../../server/destinations/stream.ts';
import type { MarketEvent } from '../../server/market/event.ts';
import { SseEndpoint } from '../../server/transports/sse.ts';
import type { StreamSource } from '../../server/transports/sse-source.ts';
import { type LogLine, recordingLog } from '../chat/recording-log.ts';
import { ManualTickLog } from '../market/manual-tick-log.ts';
import { type Instance, instance, tick } from '../market/world.ts';
import { ManualClock } from '../support/manual-clock.ts';

/** Time stands still until the test turns it, but what shall run soon does, as sockets need it. */
class SocketClock extends ManualClock {
  override soon(task: () => void): void {
    setImmediate(task);
  }
}

interface Options {
  readonly allowedOrigins?: readonly string[];
  /** Puts something around the market's source. */
  readonly source?: (source: StreamSource<MarketEvent>) => StreamSource<MarketEvent>;
}

/** An endpoint on a port of this machine, and the market that it serves. */
export class SseServer {
  readonly clock: ManualClock;
  readonly world: Instance;
  readonly endpoint: SseEndpoint<MarketEvent>;
  readonly lines: LogLine[];
  readonly counts: { opened: number; closed: number };
  readonly http: Server;
  readonly port: number;
  /** Requests that did not go to the endpoint. */
  others = 0;
  #size = 0;

  private constructor(
    clock: ManualClock,
    world: Instance,
    endpoint: SseEndpoint<MarketEvent>,
    lines: LogLine[],
    counts: { opened: number; closed: number },
    http: Server,
  ) {
    this.clock = clock;
    this.world = world;
    this.endpoint = endpoint;
    this.lines = lines;
    this.counts = counts;
    this.http = http;
    // The server listens at a TCP port, so its address is not a path.
    this.port = (http.address() as AddressInfo).port;
  }

  static async start({ allowedOrigins = [], source = (it) => it }: Options = {}): Promise<SseServer> {
    const clock = new SocketClock();
    const log = new ManualTickLog();
    const world = await instance(clock satisfies Clock, log);
    const { log: logger, lines } = recordingLog();
    const counts = { opened: 0, closed: 0 };
    const endpoint = new SseEndpoint({
      hub: world.hub,
      clock,
      log: logger,
      source: source(marketStreamSource(world.market)),
      allowedOrigins,
      opened: () => void counts.opened++,
      closed: () => void counts.closed++,
    });
    const http = createServer((request, response) => {
      if (request.url?.startsWith('/stream')) return endpoint.handle(request, response);
      server.others++;
      setImmediate(() => response.end('other'));
    });
    http.listen(0, '127.0.0.1');
    await once(http, 'listening');
    const server = new SseServer(clock, world, endpoint, lines, counts, http);
    return server;
  }

  /** Has the market read new ticks of a symbol; the first letter of its name says the partition. */
  trade(symbol: string, count = 1): void {
    const partition = 'ABC'.indexOf(symbol[0] ?? '');
    for (let i = 0; i < count; i++) this.world.log.shared.add(partition, tick(symbol, ++this.#size));
    this.world.log.deliver(partition, count);
  }

  request(text: string): Peer {
    return new Peer(this.port, text);
  }

  get(query = '', headers: readonly string[] = [], version = '1.1'): Peer {
    const lines = [`GET /stream${query} HTTP/${version}`, 'Host: localhost', ...headers];
    return this.request(`${lines.join('\r\n')}\r\n\r\n`);
  }

  async close(): Promise<void> {
    await this.endpoint.close();
    this.world.market.close();
    this.world.hub.close();
    this.http.closeAllConnections();
    this.http.close();
  }
}

/** A client that keeps all bytes it gets. */
export class Peer {
  readonly socket: Socket;
  text = '';
  ended = false;
  #waiting: (() => void)[] = [];

  constructor(port: number, request: string) {
    this.socket = connect({ port, host: '127.0.0.1', allowHalfOpen: false });
    this.socket.setEncoding('utf8');
    this.socket.on('data', (chunk) => {
      this.text += chunk;
      this.#wake();
    });
    this.socket.on('error', () => undefined);
    this.socket.on('close', () => {
      this.ended = true;
      this.#wake();
    });
    this.socket.write(request);
  }

  get head(): string {
    return this.text.split('\r\n\r\n', 1)[0] ?? '';
  }

  header(name: string): string | undefined {
    const line = this.head.split('\r\n').find((each) => each.toLowerCase().startsWith(`${name.toLowerCase()}: `));
    return line?.slice(name.length + 2);
  }

  /** What comes after the head, with the chunks' frames taken off where there are any. */
  get body(): string {
    const body = this.text.slice(this.head.length + 4);
    return this.header('transfer-encoding') === 'chunked' ? unchunk(body) : body;
  }

  /** The blocks of the body that are events. */
  get events(): { id?: string; event?: string; data: unknown }[] {
    const blocks = this.body.split('\n\n').filter((block) => block.includes('data: '));
    return blocks.map((block) => {
      const fields = Object.fromEntries(block.split('\n').map((line) => line.split(/: (.*)/s, 2)));
      return { ...fields, data: JSON.parse(fields.data) };
    });
  }

  get sizes(): number[] {
    return this.events.flatMap(({ data }) => {
      const { size, ticks } = data as { size?: number; ticks?: { size: number }[] };
      return size === undefined ? (ticks ?? []).map((each) => each.size) : [size];
    });
  }

  async until(condition: (peer: this) => boolean): Promise<this> {
    while (!condition(this)) {
      if (this.ended) throw new Error(`the connection ended before that came: ${this.text}`);
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    return this;
  }

  async untilEnd(): Promise<this> {
    while (!this.ended) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    return this;
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) wake();
  }
}

/** Takes the frames off chunks; what does not parse as chunks is an error, and a last piece may be incomplete. */
function unchunk(text: string): string {
  let body = '';
  for (let rest = Buffer.from(text); rest.length > 0; ) {
    const end = rest.indexOf('\r\n');
    if (end < 0) return body;
    const size = rest.subarray(0, end).toString();
    if (!/^[0-9a-f]+$/.test(size)) throw new Error(`not the size of a chunk: ${JSON.stringify(size)}`);
    const next = end + 2 + Number.parseInt(size, 16);
    if (rest.length < next + 2) return body;
    if (rest.subarray(next, next + 2).toString() !== '\r\n') throw new Error('a chunk does not end where it says');
    body += rest.subarray(end + 2, next).toString();
    rest = rest.subarray(next + 2);
  }
  return body;
}
