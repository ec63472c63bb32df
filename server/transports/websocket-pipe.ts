import type { Duplex } from 'node:stream';
import { type RawData, WebSocket } from 'ws';
import type { Timer } from '../clock.ts';
import { type ErrorCode, Refusal } from '../errors.ts';
import type { ClientDescription } from '../hub/sink.ts';
import { deflatedMessage, LEAST_BYTES } from '../protocol/deflate.ts';
import { textFrame } from '../protocol/websocket/text-frame.ts';
import type { Conversation, Host } from '../session/conversation.ts';
import type { Peer } from '../session/peer.ts';
import type { Pipe } from '../session/pipe.ts';
import type { Wire } from '../session/wire.ts';
import { socketWriter } from './direct-write.ts';
import type { Guest } from './drain.ts';
import { boundPieces } from './websocket-pieces.ts';

/** How long a client may take to answer the end of its connection, in milliseconds; then it is cut. */
export const CLOSE_TIME = 2_000;

/** STOMP frames as WebSocket text frames. */
export const webSocketWire: Wire = {
  key: 'ws',
  beat: textFrame(Buffer.from('\n')),
  wrap: (frame) => textFrame(frame),
};

const oneByOne = (frames: readonly Uint8Array[]): Uint8Array => Buffer.concat(frames.map((frame) => textFrame(frame)));

/** The same for a client that reads permessage-deflate: what many get goes out as one compressed message of several frames. */
const deflatingWire: Wire = {
  ...webSocketWire,
  key: 'ws-deflate',
  blocks: {
    // Clients bound their messages too: what it inflates to.
    bytes: 16_384,
    pack(frames) {
      const text = Buffer.concat(frames);
      const pays = text.length >= LEAST_BYTES && text.length <= 16_384;
      return pays ? textFrame(deflatedMessage(text), true) : oneByOne(frames);
    },
    wrap: oneByOne,
  },
};

/** What travels in the messages of a WebSocket instead of plain STOMP. */
export interface MessageForm {
  readonly wire: Wire;
  /** A whole WebSocket frame, sent first. */
  readonly greeting: Uint8Array;
  /** A whole WebSocket frame, sent last when the server ends the connection. */
  farewell(code: ErrorCode | undefined): Uint8Array;
  /** The STOMP bytes in a message of the client; `undefined` where it breaks the form. */
  decode(message: Uint8Array): Uint8Array | undefined;
  opened(pipe: WebSocketPipe): void;
  ended(pipe: WebSocketPipe): void;
}

export interface WebSocketPipeOptions {
  readonly sessions: Host;
  /** Plain STOMP where it is left out. */
  readonly form?: MessageForm | undefined;
  readonly ws: StompSocket;
  /** The socket below `ws`. */
  readonly socket: Duplex;
  readonly peer: Peer;
  readonly onEnd: (pipe: WebSocketPipe) => void;
  /** Told of what is refused before it reaches the session. */
  readonly refused: ((code: ErrorCode) => void) | undefined;
}

/** A `ws` socket that knows its pipe: the listeners are shared by all of them. */
export class StompSocket extends WebSocket {
  pipe: WebSocketPipe | undefined;

  /** Whether the client inflates with the whole window: it may say that it has less (RFC 7692 section 7.1.2.1). */
  get inflates(): boolean {
    // As below.
    const { _extensions } = this as { _extensions?: Record<string, { params?: { server_max_window_bits?: number } }> };
    const agreed = _extensions?.['permessage-deflate'];
    return agreed !== undefined && (agreed.params?.server_max_window_bits ?? 15) === 15;
  }

  /**
   * Lets go of what inflated the last message. `ws` keeps it for the next one, its window alone is 32 KB, though without a
   * context there is nothing to keep; `cleanup` is how it lets go itself, when the connection ends.
   */
  release(): void {
    // `ws` has no other way to its extensions; the tests measure that this one works.
    const { _extensions } = this as { _extensions?: Record<string, { cleanup?(): void }> };
    _extensions?.['permessage-deflate']?.cleanup?.();
  }
}

const NOTHING = new Uint8Array(0);
const writer = socketWriter(process.version);

/**
 * One WebSocket. `ws` reads it and closes it; what is sent is bytes that are frames already, written to the socket below,
 * which `ws` has no way to do. Both write whole frames only, so they may take turns.
 */
export class WebSocketPipe implements Pipe, Guest {
  readonly wire: Wire;
  readonly peer: Peer;
  readonly #sessions: Host;
  readonly #form: MessageForm | undefined;
  readonly #ws: StompSocket;
  readonly #socket: Duplex;
  readonly #onEnd: (pipe: WebSocketPipe) => void;
  readonly #refused: ((code: ErrorCode) => void) | undefined;
  readonly #session: Conversation;
  /** How many times reading is paused: by the hub, by the session, by both. */
  #pauses = 0;
  #cut: Timer | undefined;

  constructor({ sessions, form, ws, socket, peer, onEnd, refused }: WebSocketPipeOptions) {
    this.wire = form?.wire ?? (ws.inflates ? deflatingWire : webSocketWire);
    this.#form = form;
    this.peer = peer;
    this.#sessions = sessions;
    this.#ws = ws;
    this.#socket = socket;
    this.#onEnd = onEnd;
    this.#refused = refused;
    ws.pipe = this;
    boundPieces(ws);
    ws.on('message', onMessage);
    ws.on('close', onClose);
    // `ws` closes the connection with the fitting code itself; without a listener the error would end the process.
    ws.on('error', onError);
    if (form !== undefined) socket.write(form.greeting);
    this.#session = sessions.open(this);
    form?.opened(this);
  }

  // What the hub and the session call.

  write(bytes: Uint8Array): boolean {
    if (this.#ws.readyState !== WebSocket.OPEN) return false;
    return writer.write(this.#socket, bytes) || this.#wait();
  }

  writeAll(parts: readonly Uint8Array[]): boolean {
    if (this.#ws.readyState !== WebSocket.OPEN) return false;
    return writer.writeAll(this.#socket, parts) || this.#wait();
  }

  pauseReading(): void {
    this.#pauses++;
    if (this.#pauses === 1) this.#ws.pause();
  }

  resumeReading(): void {
    this.#pauses--;
    if (this.#pauses === 0) this.#ws.resume();
  }

  close(code: ErrorCode): void {
    const words = this.#session.lastWords(code);
    if (words !== undefined && this.#ws.readyState === WebSocket.OPEN) this.#socket.write(words);
    this.#sayFarewell(code);
    this.#end(closeCode(code), code);
  }

  finish(): void {
    this.#sayFarewell(undefined);
    // sockjs-protocol 0.3.3, `RawWebsocket.test_close`.
    this.#end(1000, 'Go away!');
  }

  describe(): ClientDescription {
    const transport = this.#form === undefined ? 'websocket' : 'sockjs';
    return { transport, address: this.peer.address, ...this.#session.describe() };
  }

  // What the endpoint calls.

  /** The server stops: the session says so, and ends. */
  stop(): void {
    this.#session.fail(new Refusal('stopping'));
  }

  /** The same, when what the client sent is answered. */
  leave(): void {
    this.#session.dismiss(new Refusal('stopping'));
  }

  /** Cuts the connection. It is gone then: `ws` says so only when it has read, and inflated, all that had come of it. */
  destroy(): void {
    this.#socket.destroy();
    this.gone();
  }

  /** Sends a whole WebSocket frame as a sign of life, unless there are bytes on their way already. */
  beat(frame: Uint8Array): void {
    if (this.#ws.readyState === WebSocket.OPEN && this.#socket.writableLength === 0) this.#socket.write(frame);
  }

  // What the listeners call.

  receive(bytes: Buffer): void {
    if (this.#form === undefined) {
      this.#session.receive(bytes);
      return;
    }
    const within = this.#form.decode(bytes);
    if (within === undefined) this.#end(1007, 'Broken JSON encoding.');
    else if (within.length > 0) this.#session.receive(within);
  }

  /** `ws` refuses what came, and closes. */
  failed(error: Error & { readonly code?: unknown }): void {
    const tooLarge = /_(?:LENGTH|PARTS)$/.test(`${error.code}`) && !/CONTROL/.test(`${error.code}`);
    if (`${error.code}`.startsWith('WS_ERR_')) this.#refused?.(tooLarge ? 'too-large' : 'invalid-frame');
  }

  gone(): void {
    if (this.#ws.pipe === undefined) return;
    this.#ws.pipe = undefined;
    this.#cut?.cancel();
    this.#session.ended();
    this.#form?.ended(this);
    this.#onEnd(this);
  }

  /** The session is told as soon as all that was written is with the kernel. */
  #wait(): false {
    // Written after the rest, so it is done when the rest is: one callback while blocked, instead of a listener for ever.
    this.#socket.write(NOTHING, (error) => {
      if (!error) this.#session.drained();
    });
    return false;
  }

  #sayFarewell(code: ErrorCode | undefined): void {
    if (this.#form === undefined || this.#ws.readyState !== WebSocket.OPEN) return;
    this.#socket.write(this.#form.farewell(code));
  }

  /** The closing handshake, for at most `CLOSE_TIME`. The client's part of it must be read, whatever else is not. */
  #end(code: number, reason: string): void {
    if (this.#cut !== undefined) return;
    this.#cut = this.#sessions.options.clock.after(CLOSE_TIME, () => this.destroy());
    this.#ws.close(code, reason);
    this.#ws.resume();
  }
}

/** The WebSocket close code for a refusal (RFC 6455 section 7.4.1). */
export function closeCode(code: ErrorCode): number {
  switch (code) {
    case 'stopping':
      // Of the registry of RFC 6455: the service is restarted, come back.
      return 1012;
    case 'too-large':
      return 1009;
    case 'internal':
      return 1011;
    default:
      return 1008;
  }
}

function onMessage(this: WebSocket, data: RawData): void {
  // With the binary type of a server, which is never changed here, every message is one Buffer.
  if (!(this instanceof StompSocket) || !Buffer.isBuffer(data)) return;
  this.release();
  this.pipe?.receive(data);
}

function onClose(this: WebSocket): void {
  if (this instanceof StompSocket) this.pipe?.gone();
}

function onError(this: WebSocket, error: Error): void {
  if (this instanceof StompSocket) this.pipe?.failed(error);
}
