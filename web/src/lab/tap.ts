import type { Connection } from './entry.ts';
import { FrameLog } from './frame-log.ts';

/** What is tapped of an EventSource. */
interface Source {
  addEventListener(
    type: string,
    listener: (event: { readonly data: string; readonly lastEventId: string }) => void,
  ): void;
}

const EVENTS = ['market-tick', 'market-snapshot'];

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
  /** The server cannot tell of the events: the stream is compressed. */
  eventsToo = false;

  constructor(now: () => number = Date.now) {
    this.log = new FrameLog(now);
  }

  /** A URL with the token, where there is one. */
  url(url: string, name: string): string {
    if (this.token === undefined) return url;
    return `${url}${url.includes('?') ? '&' : '?'}lab=${this.token}.${name}`;
  }

  /** Writes down what goes over a WebSocket. Returns the same one. */
  socket(socket: WebSocket, name: string): WebSocket {
    const connection: Connection = { name, protocol: 'websocket', target: targetOf(socket.url) };
    const note = (text: string): void => this.#note(connection, text);
    socket.addEventListener('open', () => note(opened(socket)));
    socket.addEventListener('message', ({ data }: { readonly data: unknown }) => {
      if (!this.serverTells) this.#message(connection, 'server', data);
    });
    socket.addEventListener('close', ({ code, reason }) => note(closed(code, reason)));
    const send = socket.send.bind(socket);
    socket.send = (data) => {
      if (!this.serverTells) this.#message(connection, 'client', data);
      send(data);
    };
    return socket;
  }

  /** Says that a connection goes over SockJS, of which only opening and end are written down. Returns the same one. */
  sockJs<S extends Pick<WebSocket, 'url' | 'addEventListener'>>(socket: S, name: string, transport: string): S {
    const connection: Connection = { name, protocol: 'sockjs', target: targetOf(socket.url) };
    const note = (text: string): void => this.#note(connection, text);
    socket.addEventListener('open', () => note(`Open over SockJS, ${transport}. Its messages are not shown here.`));
    socket.addEventListener('close', ({ code, reason }) => note(closed(code, reason)));
    return socket;
  }

  /** Writes down the events of an EventSource. Returns the same one. */
  source<S extends Source>(source: S, name: string, url: string): S {
    const connection: Connection = { name, protocol: 'sse', target: targetOf(url) };
    for (const type of EVENTS) {
      source.addEventListener(type, ({ data, lastEventId: id }) => {
        if (!this.serverTells || this.eventsToo) this.log.add(connection, 'server', { kind: 'event', type, data, id });
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

  #note(connection: Connection, text: string): void {
    if (!this.serverTells) this.log.add(connection, 'page', { kind: 'note', text });
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
