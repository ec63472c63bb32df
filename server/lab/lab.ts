import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Clock } from '../clock.ts';
import { Refusal } from '../errors.ts';
import { ClientFrames } from './client-frames.ts';
import { withoutSecrets } from './secrets.ts';
import { tapSocket } from './tap-socket.ts';
import { MOST_CONNECTIONS, Watch, type WatchSink } from './watch.ts';
import { watchElsewhere } from './watch-elsewhere.ts';

export interface LabOptions {
  readonly clock: Clock;
  /** Watches at one time. */
  readonly watches: number;
  readonly bytesPerSecond: number;
  /** Where several processes share the port. */
  readonly neighbours?: LabNeighbours | undefined;
}

/** The processes that share the port, as one of them sees them. */
export interface LabNeighbours {
  /** The number of this process, from 0. */
  readonly index: number;
  readonly count: number;
  /** Unix sockets of the others. */
  readonly sockets: readonly string[];
}

/** At least 128 bits in base64url. */
const TOKEN = /^[\w-]{22,64}$/;
/** The token, and a name that the page gives its connection. */
const CLAIM = /[?&]lab=([\w-]{22,64})(?:\.([a-z]{1,16}))?(?:&|$)/;
/** A watch ends by itself after so many milliseconds. */
const MOST_TIME = 15 * 60_000;

type Upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
type Handle = (request: IncomingMessage, response: ServerResponse) => void;

/**
 * The debug stream behind the page's Protocol Lab. Somebody watches under a token of their own making; connections that are made
 * with this token afterwards are told of there, and no others. A connection without a token is not touched at all.
 */
export class Lab {
  readonly #options: LabOptions;
  readonly #watches = new Map<string, Watch>();
  #counter = 0;

  constructor(options: LabOptions) {
    this.#options = options;
  }

  get watches(): number {
    return this.#watches.size;
  }

  /**
   * Begins a watch. Throws a `Refusal`: `invalid-parameter`, `lab-taken`, `lab-full`.
   * @param until - when the right to watch ends, in milliseconds since 1970
   * @param open - makes the sink, once nothing is refused any more
   * @param after - called when it has ended
   */
  watch(token: unknown, until: number, open: () => WatchSink, after?: () => void): Watch {
    const name = this.#free(token);
    const { clock, bytesPerSecond } = this.#options;
    const time = Math.max(0, Math.min(MOST_TIME, until - clock.now()));
    const ended = (): void => {
      this.#watches.delete(name);
      after?.();
    };
    const watch = new Watch({ clock, bytesPerSecond, time, ended, sink: open() });
    this.#watches.set(name, watch);
    return watch;
  }

  /**
   * The same for all processes that share the port, for a connection may be with any of them: resolves once all of them watch.
   * When one is gone, the watch ends.
   */
  async watchEverywhere(token: unknown, until: number, open: () => WatchSink): Promise<Watch> {
    const sockets = this.#options.neighbours?.sockets ?? [];
    const name = this.#free(token);
    let watch: Watch | undefined;
    let complete = true;
    const told = (event: string): void => watch?.pass(event);
    const lost = (): void => {
      complete = false;
      watch?.end('worker-gone');
    };
    const end = await watchElsewhere({ sockets, token: name, until, told, lost });
    try {
      if (!complete) throw new Refusal('worker-gone');
      watch = this.watch(name, until, open, end);
    } catch (error) {
      end();
      throw error;
    }
    return watch;
  }

  /** The token, where it may be watched. */
  #free(token: unknown): string {
    if (typeof token !== 'string' || !TOKEN.test(token))
      throw new Refusal('invalid-parameter', 'The parameter lab must be 22 to 64 letters, digits, - and _.');
    if (this.#watches.has(token)) throw new Refusal('lab-taken');
    if (this.#watches.size >= this.#options.watches) throw new Refusal('lab-full');
    return token;
  }

  /** The same handler of upgrades, where a watched connection is told of. */
  upgrade(handler: Upgrade): Upgrade {
    return (request, socket, head) => {
      const claimed = this.#claim(request);
      if (claimed === undefined) {
        handler(request, socket, head);
        return;
      }
      const { watch, connection } = this.#open(claimed, 'websocket', request, socket);
      handler(request, socket, head);
      const frames = new ClientFrames(({ bytes, length, hidden }) =>
        watch.bytes(connection, 'client', bytes, { length, hidden }),
      );
      // After the handler, so that what it puts back of the first bytes is heard too, and nothing flows before it listens.
      if (!socket.destroyed && socket.listenerCount('data') > 0)
        socket.on('data', (chunk: Buffer) => frames.push(chunk));
    };
  }

  /** The same handler of requests, where a watched one is told of. */
  stream(handler: Handle): Handle {
    return (request, response) => {
      const claimed = this.#claim(request);
      // Behind an earlier request the socket is still that one's.
      if (claimed === undefined || response.socket === null) {
        handler(request, response);
        return;
      }
      const { untap } = this.#open(claimed, 'sse', request, request.socket);
      // An answer that ends leaves the socket to the next request, which may be somebody else's where a proxy stands between.
      response.prependOnceListener('finish', untap);
      handler(request, response);
    };
  }

  close(): void {
    for (const watch of [...this.#watches.values()]) watch.end('stopping');
  }

  #claim({ url = '' }: IncomingMessage): { watch: Watch; name: string } | undefined {
    // Nobody watches: nothing is looked at.
    if (this.#watches.size === 0) return undefined;
    const [, token = '', name = 'connection'] = CLAIM.exec(url) ?? [];
    const watch = this.#watches.get(token);
    return watch === undefined || watch.connections >= MOST_CONNECTIONS ? undefined : { watch, name };
  }

  #open(
    { watch, name }: { watch: Watch; name: string },
    protocol: 'websocket' | 'sse',
    request: IncomingMessage,
    socket: Duplex,
  ): { watch: Watch; connection: number; untap: () => void } {
    const { index = 0, count = 1 } = this.#options.neighbours ?? {};
    // Two processes have none in common.
    const connection = ++this.#counter * count + index;
    watch.connections++;
    const { remoteAddress, remotePort, localPort } = request.socket;
    const tcp = { address: remoteAddress, port: remotePort, serverPort: localPort };
    const at = this.#options.clock.now();
    watch.tell('connected', { connection, name, protocol, at, tcp, request: withoutSecrets(requestHead(request)) });
    let headed = false;
    const untap = tapSocket(socket, {
      sent: (bytes) => {
        if (headed) return watch.bytes(connection, 'server', bytes);
        // The head is one write.
        headed = true;
        const end = bytes.indexOf('\r\n\r\n');
        const head = end < 0 ? bytes.length : end + 4;
        const text = withoutSecrets(bytes.toString('latin1', 0, head));
        watch.tell('answer', { connection, at: this.#options.clock.now(), response: text });
        if (head < bytes.length) watch.bytes(connection, 'server', bytes.subarray(head));
      },
      closed: () => {
        watch.connections--;
        watch.tell('closed', { connection, at: this.#options.clock.now() });
      },
    });
    return { watch, connection, untap };
  }
}

/** The head of a request as Node kept it: names, order and values are those that came. */
function requestHead({ method, url, httpVersion, rawHeaders }: IncomingMessage): string {
  const lines = [`${method} ${url} HTTP/${httpVersion}`];
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) lines.push(`${rawHeaders[at]}: ${rawHeaders[at + 1]}`);
  return `${lines.join('\r\n')}\r\n\r\n`;
}
