import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type Server, WebSocketServer } from 'ws';
import { Refusal } from '../errors.ts';
import { chooseSubprotocol } from '../protocol/stomp/version.ts';
import type { Host } from '../session/conversation.ts';
import { peerOf } from './peer.ts';
import { originIsAllowed, refuseUpgrade } from './websocket-handshake.ts';
import { CLOSE_TIME, type MessageForm, StompSocket, WebSocketPipe } from './websocket-pipe.ts';

export interface WebSocketEndpointOptions {
  readonly sessions: Host;
  /** Origins of other sites whose pages may connect; `*` is any. */
  readonly allowedOrigins: readonly string[];
}

/**
 * The largest WebSocket message, in bytes. It has room for more than one STOMP frame, so that a frame that is a little too
 * large is answered with an ERROR that says so; what is above it is only closed with 1009.
 */
const MAX_MESSAGE = 131_072;
/** How many connections are told of the end before others get a turn. */
const GOODBYES = 100;

/** STOMP over WebSocket: takes the upgrade requests of an HTTP server, and gives each connection its session. */
export class WebSocketEndpoint {
  readonly #options: WebSocketEndpointOptions;
  readonly #server: Server<typeof StompSocket>;
  readonly #pipes = new Set<WebSocketPipe>();
  #closed: PromiseWithResolvers<void> | undefined;

  constructor(options: WebSocketEndpointOptions) {
    this.#options = options;
    // The types do not know this option yet: how long `ws` waits for the end of a connection that the client closes.
    const more = { closeTimeout: CLOSE_TIME };
    this.#server = new WebSocketServer({
      ...more,
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      maxPayload: MAX_MESSAGE,
      WebSocket: StompSocket,
      handleProtocols: (offered) => chooseSubprotocol(offered) ?? false,
    });
  }

  get connections(): number {
    return this.#pipes.size;
  }

  /**
   * Takes over the socket of an `upgrade` event. A wrong request is answered with an HTTP error.
   * @param form - what travels in the messages; plain STOMP where it is left out
   */
  upgrade(req: IncomingMessage, socket: Duplex, head: Buffer, form?: MessageForm): void {
    if (this.#closed !== undefined) {
      refuseUpgrade(socket, new Refusal('stopping'));
      return;
    }
    const { origin, host } = req.headers;
    if (!originIsAllowed(origin, host, this.#options.allowedOrigins)) {
      refuseUpgrade(socket, new Refusal('origin-refused', `Pages of ${origin} may not connect; see ALLOWED_ORIGINS.`));
      return;
    }
    this.#server.handleUpgrade(req, socket, head, (ws) => this.#open(ws, req, socket, form));
  }

  /** Tells every session that the server stops, and ends it; resolves when all are gone, within a few seconds. */
  close(): Promise<void> {
    if (this.#closed !== undefined) return this.#closed.promise;
    this.#closed = Promise.withResolvers();
    const deadline = this.#options.sessions.options.clock.after(2 * CLOSE_TIME, () => {
      for (const pipe of this.#pipes) pipe.destroy();
    });
    this.#sayGoodbye([...this.#pipes]);
    if (this.#pipes.size === 0) this.#closed.resolve();
    return this.#closed.promise.finally(() => deadline.cancel());
  }

  #open(ws: StompSocket, req: IncomingMessage, socket: Duplex, form: MessageForm | undefined): void {
    const { sessions } = this.#options;
    const pipe = new WebSocketPipe({ sessions, form, ws, socket, peer: peerOf(req), onEnd: this.#ended });
    this.#pipes.add(pipe);
  }

  readonly #ended = (pipe: WebSocketPipe): void => {
    this.#pipes.delete(pipe);
    if (this.#pipes.size === 0) this.#closed?.resolve();
  };

  #sayGoodbye(pipes: WebSocketPipe[]): void {
    for (const pipe of pipes.splice(0, GOODBYES)) pipe.stop();
    if (pipes.length > 0) this.#options.sessions.options.clock.soon(() => this.#sayGoodbye(pipes));
  }
}
