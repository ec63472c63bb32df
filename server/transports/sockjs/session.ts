import { type ErrorCode, Refusal } from '../../errors.ts';
import type { ClientDescription } from '../../hub/sink.ts';
import { closeFrame, GO_AWAY, HEARTBEAT, INTERRUPTED, OPEN, STILL_OPEN } from '../../protocol/sockjs/frames.ts';
import type { Conversation, Host } from '../../session/conversation.ts';
import type { Peer } from '../../session/peer.ts';
import type { Pipe } from '../../session/pipe.ts';
import type { Watched, Wheel } from '../../session/wheel.ts';
import type { Wire } from '../../session/wire.ts';
import type { Guest } from '../drain.ts';
import { closeCode } from '../websocket-pipe.ts';
import type { Receiver, ReceiverHost } from './receiver.ts';

/** A session without a receiver for so long has ended; so long is said why one was closed. In milliseconds. */
const RETURN_TIME = 5_000;
/** Every receiver gets a heart-beat so often, in milliseconds. */
export const BEAT = 25_000;
/** A complete answer must be taken within this time, in milliseconds. */
const TAKE_TIME = 30_000;
/** Bytes that one answer to a poll gathers; the last part may go beyond. */
const GATHER = 65_536;
/** Sends that may wait while the session does not read. Clients send the next one when the last is answered. */
const WAITING_SENDS = 8;

export interface SockJsSessionOptions {
  readonly id: string;
  readonly wire: Wire;
  readonly peer: Peer;
  readonly host: Host;
  readonly wheel: Wheel;
  /** The session is over: it is only kept to say so. */
  readonly onEnd: (session: SockJsSession) => void;
  /** Nothing of it is needed any more. */
  readonly onForget: (session: SockJsSession) => void;
}

interface Send {
  readonly bytes: Uint8Array;
  readonly taken: () => void;
}

/**
 * A session over HTTP: a pipe whose client comes and goes. While no receiver is there it takes no bytes, so the hub keeps the
 * place in its streams; there is no queue here but for the one write that found nobody. When a receiver's connection breaks
 * before its answer was sent, bytes may be lost, and the session ends: its client begins a new one, and says from where.
 */
export class SockJsSession implements Pipe, ReceiverHost, Watched, Guest {
  readonly id: string;
  readonly wire: Wire;
  readonly peer: Peer;
  slot = -1;
  readonly #options: SockJsSessionOptions;
  readonly #conversation: Conversation;
  #receiver: Receiver | undefined;
  /** A complete answer that is not sent yet. */
  #leaving: Receiver | undefined;
  #held: Uint8Array[] = [];
  #gathering = false;
  #gathered = 0;
  #sends: Send[] = [];
  #pauses = 0;
  /** Why it is over. */
  #close: string | undefined;

  /** Begins with its first receiver, which gets the open frame. */
  constructor(options: SockJsSessionOptions, first: Receiver) {
    this.#options = options;
    this.id = options.id;
    this.wire = options.wire;
    this.peer = options.peer;
    this.#take(first);
    first.frame(OPEN);
    this.#conversation = options.host.open(this);
    if (this.#close !== undefined) this.#conversation.ended();
  }

  get over(): boolean {
    return this.#close !== undefined;
  }

  // What the endpoint calls.

  /** A request by which the client receives. */
  attach(receiver: Receiver): void {
    if (this.#receiver !== undefined) {
      receiver.end(STILL_OPEN);
      return;
    }
    if (this.#close !== undefined) {
      this.#sayWhy(receiver, this.#close);
      return;
    }
    this.#take(receiver);
    if (receiver.single) this.#answer();
    else if (this.#flush()) this.#conversation.drained();
  }

  /** What the client sent; `taken` is called when more may come. Order is that of the calls. */
  receive(bytes: Uint8Array, taken: () => void): void {
    if (this.#sends.length >= WAITING_SENDS) {
      this.#conversation.fail(new Refusal('too-large', `More than ${WAITING_SENDS} sends wait to be read.`));
      taken();
      return;
    }
    this.#sends.push({ bytes, taken });
    this.#read();
  }

  /** The server is about to stop: who listens is told, and so is who comes to listen. */
  leave(): void {
    this.#conversation.dismiss(new Refusal('stopping'));
  }

  /** The server stops: who listens is told; who does not will find nobody. */
  stop(): void {
    this.#conversation.fail(new Refusal('stopping'));
    this.#end(closeFrame(closeCode('stopping'), 'stopping'));
  }

  // What the hub and the conversation call.

  write(bytes: Uint8Array): boolean {
    return this.#put([bytes]);
  }

  writeAll(parts: readonly Uint8Array[]): boolean {
    return this.#put(parts);
  }

  pauseReading(): void {
    this.#pauses++;
  }

  resumeReading(): void {
    this.#pauses--;
    this.#read();
  }

  close(code: ErrorCode): void {
    const words = this.#conversation.lastWords(code);
    if (words !== undefined && this.#close === undefined) this.#held.push(words);
    this.#end(closeFrame(closeCode(code), code));
  }

  finish(): void {
    this.#end(GO_AWAY);
  }

  describe(): ClientDescription {
    return { transport: 'sockjs', address: this.peer.address, ...this.#conversation.describe() };
  }

  // What receivers call.

  drained(receiver: Receiver): void {
    if (receiver === this.#receiver) this.#conversation.drained();
  }

  answered(receiver: Receiver): void {
    if (receiver !== this.#receiver) return;
    this.#receiver = undefined;
    this.#leaving = receiver;
    if (this.#close === undefined) this.#options.wheel.add(this, TAKE_TIME);
  }

  sent(receiver: Receiver): void {
    if (receiver !== this.#leaving) return;
    this.#leaving = undefined;
    if (this.#receiver === undefined && this.#close === undefined) this.#options.wheel.add(this, RETURN_TIME);
  }

  interrupted(receiver: Receiver): void {
    if (receiver === this.#receiver) this.#receiver = undefined;
    else if (receiver === this.#leaving) this.#leaving = undefined;
    this.#held = [];
    this.#end(INTERRUPTED);
  }

  // What the wheel calls.

  look(): number {
    if (this.#close === undefined && this.#receiver !== undefined) {
      this.#receiver.frame(HEARTBEAT);
      return this.#receiver === undefined ? TAKE_TIME : BEAT;
    }
    this.#end(INTERRUPTED);
    this.#leaving?.destroy();
    this.#options.onForget(this);
    return Number.POSITIVE_INFINITY;
  }

  // The rest is its own.

  #take(receiver: Receiver): void {
    this.#receiver = receiver;
    receiver.host = this;
    this.#options.wheel.add(this, BEAT);
  }

  #put(parts: readonly Uint8Array[]): boolean {
    if (this.#close !== undefined) return false;
    const receiver = this.#receiver;
    // While there is a receiver nothing is held, but for what an answer gathers.
    if (receiver !== undefined && !this.#gathering) return receiver.send(parts);
    this.#held.push(...parts);
    for (const part of parts) this.#gathered += part.length;
    return this.#gathering && this.#gathered < GATHER;
  }

  /** Answers a poll with what was held and what has come since, in one frame; or later, with what comes next. */
  #answer(): void {
    this.#gathering = true;
    if (this.#gathered < GATHER) this.#conversation.drained();
    this.#gathering = false;
    this.#flush();
    if (this.#close !== undefined) this.#receiver?.end(this.#close);
  }

  /** Gives what is held to the receiver; returns whether it takes more now. */
  #flush(): boolean {
    const held = this.#held;
    this.#held = [];
    this.#gathered = 0;
    if (held.length === 0 || this.#receiver === undefined) return true;
    return this.#receiver.send(held);
  }

  #read(): void {
    while (this.#pauses === 0 || this.#close !== undefined) {
      const send = this.#sends.shift();
      if (send === undefined) return;
      if (this.#close === undefined && send.bytes.length > 0) this.#conversation.receive(send.bytes);
      send.taken();
    }
  }

  #end(frame: string): void {
    if (this.#close !== undefined) return;
    this.#close = frame;
    if (!this.#gathering) {
      const receiver = this.#receiver;
      if (receiver !== undefined) this.#sayWhy(receiver, frame);
    }
    this.#options.wheel.add(this, RETURN_TIME);
    this.#options.onEnd(this);
    // In the constructor the conversation may end before it is known here.
    this.#conversation?.ended();
    this.#read();
  }

  /** The last words, and the close frame; an answer that takes one frame leaves the latter to the next one. */
  #sayWhy(receiver: Receiver, frame: string): void {
    const words = this.#held;
    this.#held = [];
    if (words.length > 0) receiver.send(words);
    receiver.end(frame);
  }
}
