import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type Server, WebSocketServer } from 'ws';
import type { SignIn } from '../auth/sign-in.ts';
import type { Timer } from '../clock.ts';
import { type ErrorCode, Refusal, refusalOf } from '../errors.ts';
import type { Limits } from '../limits/limits.ts';
import { originIsAllowed } from '../limits/origin.ts';
import { chooseSubprotocol } from '../protocol/stomp/version.ts';
import type { Host } from '../session/conversation.ts';
import type { Drainable, Guest } from './drain.ts';
import { peerOf } from './peer.ts';
import { handshakeRefusal, refuseUpgrade } from './websocket-handshake.ts';
import { CLOSE_TIME, type MessageForm, StompSocket, WebSocketPipe } from './websocket-pipe.ts';

export interface WebSocketEndpointOptions {
  readonly sessions: Host;
  /** Origins of other sites whose pages may connect; `*` is any. */
  readonly allowedOrigins: readonly string[];
  /** Whether messages may be compressed, both ways; they may where this is absent. */
  readonly compression?: boolean;
  /** Counts WebSockets by address; there is no bound where it is absent. */
  readonly limits?: Pick<Limits, 'join' | 'addresses'>;
  /** Where tokens are in a request; they are not looked for where this is absent. */
  readonly signIn?: Pick<SignIn, 'tokenOf'> | undefined;
  /** Told of each refusal, but those of sessions. */
  refused?(code: ErrorCode): void;
}

/**
 * The largest WebSocket message, in bytes. It has room for more than one STOMP frame, so that a frame that is a little too
 * large is answered with an ERROR that says so; what is above it is only closed with 1009.
 */
const MAX_MESSAGE = 131_072;
/** Frames that one message may come in; above it the connection closes with 1008. */
const MAX_FRAGMENTS = 2_048;
/** Answers to pings that may wait to be written; whoever asks for more and does not take them is cut off. */
const MAX_PONGS = 60;
/** How much longer than one connection all of them have, in milliseconds: to be written to, and to be cut. */
const CUT_TIME = 500;
/** How many connections are told of the end before others get a turn. */
const GOODBYES = 100;

/**
 * Compression (RFC 7692): each message for itself, so that nothing is kept from one to the next; see `StompSocket.release`, and
 * `deflatingWire` for what is sent. Of what clients send, the size that counts is the inflated one. Its output comes in small pieces, so that a bomb is known
 * before it has cost anything.
 */
const deflate = {
  clientNoContextTakeover: true,
  serverNoContextTakeover: true,
  zlibInflateOptions: { chunkSize: 4_096 },
};

/** STOMP over WebSocket: takes the upgrade requests of an HTTP server, and gives each connection its session. */
export class WebSocketEndpoint implements Drainable {
  /** Connections that began. */
  accepted = 0;
  readonly #options: WebSocketEndpointOptions;
  readonly #server: Server<typeof StompSocket>;
  readonly #pipes = new Set<WebSocketPipe>();
  #draining = false;
  #closed: PromiseWithResolvers<void> | undefined;
  #deadline: Timer | undefined;

  constructor(options: WebSocketEndpointOptions) {
    this.#options = options;
    // The types do not know these yet. The first is how long `ws` waits for the end of a connection that the client closes.
    const more = { closeTimeout: CLOSE_TIME, maxFragments: MAX_FRAGMENTS, maxPendingAutoPongs: MAX_PONGS };
    this.#server = new WebSocketServer({
      ...more,
      noServer: true,
      clientTracking: false,
      perMessageDeflate: (options.compression ?? true) && deflate,
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
    const refusal = this.#refusal(req);
    if (refusal !== undefined) {
      this.#options.refused?.(refusal.code);
      refuseUpgrade(socket, refusal);
      return;
    }
    this.#server.handleUpgrade(req, socket, head, (ws) => this.#open(ws, req, socket, form));
  }

  drain(): readonly Guest[] {
    this.#draining = true;
    return [...this.#pipes];
  }

  /** Tells every session that the server stops, and ends it; resolves when all are gone, within a few seconds. */
  close(): Promise<void> {
    if (this.#closed !== undefined) return this.#closed.promise;
    this.#closed = Promise.withResolvers();
    this.#sayGoodbye([...this.#pipes]);
    if (this.#pipes.size === 0) this.#closed.resolve();
    return this.#closed.promise.finally(() => this.#deadline?.cancel());
  }

  #refusal(req: IncomingMessage): Refusal | undefined {
    if (this.#draining || this.#closed !== undefined) return new Refusal('stopping');
    const wrong = handshakeRefusal(req);
    if (wrong !== undefined) return wrong;
    const { origin, host } = req.headers;
    if (!originIsAllowed(origin, host, this.#options.allowedOrigins))
      return new Refusal('origin-refused', `Pages of ${origin} may not connect; see ALLOWED_ORIGINS.`);
    try {
      this.#options.signIn?.tokenOf(req);
    } catch (error) {
      return refusalOf(error);
    }
    return this.#options.limits?.join(req);
  }

  #open(ws: StompSocket, req: IncomingMessage, socket: Duplex, form: MessageForm | undefined): void {
    const { sessions, limits, signIn, refused } = this.#options;
    const peer = peerOf(req, limits?.addresses, signIn);
    const pipe = new WebSocketPipe({ sessions, form, ws, socket, peer, onEnd: this.#ended, refused });
    this.#pipes.add(pipe);
    this.accepted++;
  }

  readonly #ended = (pipe: WebSocketPipe): void => {
    this.#pipes.delete(pipe);
    if (this.#pipes.size === 0) this.#closed?.resolve();
  };

  #sayGoodbye(pipes: WebSocketPipe[]): void {
    for (const pipe of pipes.splice(0, GOODBYES)) pipe.stop();
    const { clock } = this.#options.sessions.options;
    if (pipes.length > 0) clock.soon(() => this.#sayGoodbye(pipes));
    else this.#deadline = clock.after(CLOSE_TIME + CUT_TIME, () => this.#cut());
  }

  /** Who was told and is still here takes no byte, not even why the connection ends. */
  #cut(): void {
    for (const pipe of this.#pipes) pipe.destroy();
  }
}
