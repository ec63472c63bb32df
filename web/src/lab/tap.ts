import type { Connection } from './entry.ts';
import { FrameLog } from './frame-log.ts';
import type { SockJsTransport } from './model/sockjs.ts';

/** What is tapped of an EventSource. */
interface Source {
  addEventListener(
    type: string,
    listener: (event: { readonly data: string; readonly lastEventId: string }) => void,
  ): void;
}

/** A SockJS of its client library; each frame that came goes through this method of its own, before it is taken apart. */
interface SockJsLike extends Pick<WebSocket, 'url' | 'addEventListener' | 'send'> {
  _transportMessage?(frame: string): void;
}

/** The page's transports by the names of their requests. */
const SOCKJS = { 'xhr-streaming': 'xhr-streaming', 'xhr-polling': 'xhr' } as const satisfies Record<
  string,
  SockJsTransport
>;

const EVENTS = ['market-tick', 'market-snapshot', 'market-status'];
/** After so many milliseconds the server should have told of a connection that is open. */
const PATIENCE = 3_000;
const UNTOLD =
  'The server does not tell of this connection: another one behind the same address has it. From here on as the browser tells it.';

/**
 * Where the page's connections are looked at, on their way and without changing anything: it writes down what the browser
 * tells of them. Once the server tells too, it writes down nothing, and connections carry the token that names them to the
 * server.
 */
export class Tap {
  readonly log: FrameLog;
  /** Names this page's connections to the server's debug stream; see docs/protocol-lab.md. */
  token: string | undefined;
  /** The server tells of connections with the token: the tap need not. */
  serverTells = false;
  /** Names of the connections of which the server tells now. */
  told: ReadonlySet<string> = new Set();
  /** The server cannot tell of the events: the stream is compressed. */
  eventsToo = false;

  readonly #later: (task: () => void, milliseconds: number) => void;

  constructor(
    now: () => number = Date.now,
    later: (task: () => void, milliseconds: number) => void = (task, milliseconds) =>
      void setTimeout(task, milliseconds),
  ) {
    this.log = new FrameLog(now);
    this.#later = later;
  }

  /** A URL with the token, where there is one. */
  url(url: string, name: string): string {
    if (this.token === undefined) return url;
    return `${url}${url.includes('?') ? '&' : '?'}lab=${this.token}.${name}`;
  }

  /** Writes down what goes over a WebSocket. Returns the same one. */
  socket(socket: WebSocket, name: string): WebSocket {
    const connection: Connection = { name, protocol: 'websocket', target: targetOf(socket.url) };
    const server = this.#server(connection);
    const note = (text: string): void => {
      if (!server.tells()) this.log.add(connection, 'page', { kind: 'note', text });
    };
    socket.addEventListener('open', () => {
      note(opened(socket));
      server.shouldTell();
    });
    socket.addEventListener('message', ({ data }: { readonly data: unknown }) => {
      if (!server.tells()) this.#message(connection, 'server', data);
    });
    socket.addEventListener('close', ({ code, reason }) => note(closed(code, reason)));
    const send = socket.send.bind(socket);
    socket.send = (data) => {
      if (!server.tells()) this.#message(connection, 'client', data);
      send(data);
    };
    return socket;
  }

  /** Writes down the frames of a SockJS session over HTTP, of which the server does not tell. Returns the same one. */
  sockJs<S extends SockJsLike>(socket: S, name: string, transport: keyof typeof SOCKJS): S {
    const connection: Connection = { name, protocol: 'sockjs', target: targetOf(socket.url) };
    const note = (text: string): void => this.log.add(connection, 'page', { kind: 'note', text });
    const envelope = (from: 'client' | 'server', data: string): void =>
      this.log.add(connection, from, { kind: 'envelope', data, transport: SOCKJS[transport] });
    const take = socket._transportMessage;
    socket._transportMessage = (frame) => {
      envelope('server', frame);
      take?.call(socket, frame);
    };
    const send = socket.send.bind(socket);
    socket.send = (data) => {
      envelope('client', JSON.stringify([String(data)]));
      send(data);
    };
    socket.addEventListener('open', () => note(`Open over SockJS, ${transport}.`));
    socket.addEventListener('close', ({ code, reason }) => note(closed(code, reason)));
    return socket;
  }

  /** Writes down the events of an EventSource. Returns the same one. */
  source<S extends Source>(source: S, name: string, url: string): S {
    const connection: Connection = { name, protocol: 'sse', target: targetOf(url) };
    const server = this.#server(connection);
    source.addEventListener('open', () => server.shouldTell());
    for (const type of EVENTS) {
      source.addEventListener(type, ({ data, lastEventId: id }) => {
        if (!server.tells() || this.eventsToo) this.log.add(connection, 'server', { kind: 'event', type, data, id });
      });
    }
    return source;
  }

  #message(connection: Connection, from: 'client' | 'server', data: unknown): void {
    if (typeof data === 'string') this.log.add(connection, from, { kind: 'message', data });
    else if (data instanceof ArrayBuffer) {
      this.log.add(connection, from, { kind: 'message', data: new Uint8Array(data.slice(0)) });
    }
  }

  /** Whether a connection can be left to the server's telling. Of one that is with another server it never hears. */
  #server(connection: Connection) {
    const named = this.token !== undefined;
    let silent = false;
    return {
      tells: () => this.serverTells && !silent,
      shouldTell: () => {
        if (!named) return;
        this.#later(() => {
          if (!this.serverTells || this.told.has(connection.name)) return;
          silent = true;
          this.log.add(connection, 'page', { kind: 'note', text: UNTOLD });
        }, PATIENCE);
      },
    };
  }
}

function opened({ protocol, extensions }: WebSocket): string {
  const spoken = protocol === '' ? 'no subprotocol' : `subprotocol ${protocol}`;
  return `Open: ${spoken}, ${extensions === '' ? 'no extensions' : `extensions ${extensions}`}.`;
}

function closed(code: number, reason: string): string {
  return `Closed: code ${code}${reason === '' ? '' : `, ${reason}`}.`;
}

function targetOf(url: string): string {
  return url.replace(/^\w+:\/\/[^/]*/, '').replaceAll(/((?:access_token|lab)=)[^&]*/g, '$1…');
}
