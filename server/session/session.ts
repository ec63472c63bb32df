import { type ErrorCode, errorTable, Refusal, refusalOf } from '../errors.ts';
import type { Client } from '../hub/client.ts';
import type { Allowance } from '../limits/limits.ts';
import type { Frame, FrameHeader } from '../protocol/stomp/frame.ts';
import { FrameError } from '../protocol/stomp/frame-error.ts';
import type { HeartBeat } from '../protocol/stomp/heart-beat.ts';
import { FrameParser } from '../protocol/stomp/parser.ts';
import { serializeFrame } from '../protocol/stomp/serialize.ts';
import type { Version } from '../protocol/stomp/version.ts';
import { Cost } from './cost.ts';
import type { Sender } from './destinations.ts';
import { dispatch } from './dispatch.ts';
import { errorFrame, errorMessage, errorMessageHeaders } from './error-frame.ts';
import { optionalHeader } from './headers.ts';
import { Pace } from './pace.ts';
import type { Pipe } from './pipe.ts';
import { knownOf, type SignedInAs } from './sender.ts';
import type { Sessions } from './sessions.ts';
import { SignedIn } from './signed-in.ts';
import type { Subscription } from './subscription.ts';
import { refusedLater } from './too-fast.ts';
import { refuseTransactionOf } from './transaction.ts';
import { Transactions } from './transactions.ts';
import type { Watched } from './wheel.ts';

/** A connection that has not CONNECTed for so long is closed, in milliseconds. */
const CONNECT_TIME = 10_000;
/** Frames of one session that may wait for an answer from elsewhere; at so many we stop reading. */
const MAX_IN_FLIGHT = 64;
/** Bytes that may come after reading was paused: that is little, but may be compressed. More than a burst of messages. */
const MAX_UNREAD = 1_048_576;

/**
 * `opened`: waits for CONNECT. `connected`. `leaving`: has said DISCONNECT, and waits for the answers to what it sent
 * before. `closing`: its last frame is given to the client and waits to be written. `ended`.
 */
type State = 'opened' | 'connected' | 'leaving' | 'closing' | 'ended';

/** One STOMP session: from the first byte of a connection to its end. The verbs act on it, each in a file of its own. */
export class Session implements Watched {
  readonly host: Sessions;
  /** What its client and the log call it. */
  readonly id: string;
  readonly pipe: Pipe;
  readonly client: Client;
  readonly subscriptions = new Map<string, Subscription>();
  /** Ids of subscriptions with acknowledgement that have ended: an ACK may have crossed the UNSUBSCRIBE. */
  endedSubscriptions: Set<string> | undefined;
  slot = -1;
  /** What its token allows; `undefined` where everybody is a guest. */
  signedIn: SignedIn | undefined;
  readonly #parser = new FrameParser();
  #state: State = 'opened';
  #sender: Sender | undefined;
  /** The receipt that DISCONNECT asked for. */
  #farewell: string | undefined;
  /** Why we end the session, where the answers to what it sent come first. */
  #dismissal: Refusal | undefined;
  /** Why the connection is closed; `undefined` when the client wanted it. */
  #closing: ErrorCode | undefined;
  #inFlight = 0;
  #held = false;
  readonly #cost = new Cost();
  /** Its next turn is waited for. */
  #resting = false;
  /** CONNECT waits to know whose token that is. */
  #waiting = false;
  #heardAt: number;
  /** Known when connected. */
  #pace: Pace | undefined;
  #errors = 0;
  #allowance: Allowance | undefined;
  #transactions: Transactions | undefined;

  constructor(host: Sessions, pipe: Pipe) {
    this.host = host;
    this.id = host.newId();
    this.pipe = pipe;
    this.client = host.options.hub.connect(pipe);
    this.#heardAt = host.options.clock.monotonic();
    host.wheel.add(this, CONNECT_TIME);
  }

  get version(): Version | undefined {
    return this.#parser.version;
  }

  get connected(): boolean {
    return this.#state === 'connected';
  }

  /** Made when it is first asked for: few sessions have any. */
  get transactions(): Transactions {
    this.#transactions ??= new Transactions();
    return this.#transactions;
  }

  // What the transport calls.

  /** Takes bytes of the client, in any parts. They must not change afterwards. */
  receive(bytes: Uint8Array): void {
    const now = this.host.options.clock.monotonic();
    this.#cost.forget(now - this.#heardAt);
    this.#heardAt = now;
    if (!this.#reads) return;
    this.#parser.push(bytes);
    if (!this.#held) this.#read();
    else if (this.#parser.unread > MAX_UNREAD)
      this.fail(new Refusal('too-large', `More than ${MAX_UNREAD} bytes wait to be read.`));
  }

  /** The pipe takes bytes again. */
  drained(): void {
    this.client.drained();
    if (this.#state === 'closing') this.#closeWhenWritten();
    else if (this.#held) this.#read();
  }

  /** The connection is gone, whoever ended it. */
  ended(): void {
    if (this.#state === 'ended') return;
    this.#letGo();
    this.#state = 'ended';
    this.client.end();
    this.host.note(this.id, { code: this.#closing }, 'a session has ended');
  }

  /** What the pipe writes last when it is closed with `code`: an ERROR frame, unless the session has said why already. */
  lastWords(code: ErrorCode): Uint8Array | undefined {
    if (this.#state === 'closing' || this.#state === 'ended') return undefined;
    this.host.options.refused?.(code);
    const bytes = this.#error(new Refusal(code), undefined, []);
    this.#letGo();
    this.#state = 'closing';
    return bytes;
  }

  /** Ends the session from our side, after the answers to what it sent before. */
  dismiss(refusal: Refusal): void {
    if (this.#state === 'leaving') return;
    if (this.#state !== 'connected' || this.#inFlight === 0) {
      this.fail(refusal);
      return;
    }
    this.#dismissal = refusal;
    this.#listenNoMore();
  }

  describe(): { readonly name: string | undefined; readonly version: string | undefined } {
    return { name: this.#sender?.name ?? this.#sender?.fallback, version: this.version };
  }

  // What the wheel calls.

  look(now: number): number {
    const { client } = this;
    // While we do not read, its silence is ours.
    if (this.#held) this.#heardAt = now;
    const silence = now - this.#heardAt;
    if (this.#pace === undefined) {
      this.fail(new Refusal('timeout', `No CONNECT came within ${CONNECT_TIME / 1_000} s.`));
      return Number.POSITIVE_INFINITY;
    }
    if (this.#pace.isDead(silence)) {
      this.fail(new Refusal('timeout', `Nothing came for ${Math.round(silence / 1_000)} s, not even a heart-beat.`));
      return Number.POSITIVE_INFINITY;
    }
    // To one that is not writable, bytes are on their way.
    if (this.#pace.beatIsDue(now - client.wroteAt) && client.writable) client.send(this.pipe.wire.beat);
    return this.#pace.next(now - client.wroteAt, silence, this.host.options.random());
  }

  // What the verbs call.

  /** The session is connected from here on. */
  begin(version: Version, as: SignedInAs, heartBeat: HeartBeat): Sender {
    const { host } = this;
    this.#parser.version = version;
    this.#state = 'connected';
    host.connected++;
    host.note(this.id, { version, address: this.pipe.peer.address }, 'a session is connected');
    this.#sender = host.sender(this.id, as.name, knownOf(as, this.pipe.peer));
    if (as.identity !== undefined) this.signedIn = new SignedIn(this, as.identity);
    this.#pace = new Pace(heartBeat);
    host.wheel.add(this, this.#pace.next(0, 0, host.options.random()));
    return this.#sender;
  }

  /** Handles no other frame before this is known and `next` was done with it; a rejection is answered as a refusal. */
  wait<T>(known: Promise<T>, next: (value: T) => void, receipt: string | undefined): void {
    this.#waiting = true;
    const ifHere = (answer: () => void): void => {
      if (this.#state === 'opened') answer();
    };
    known
      .then((value) => ifHere(() => next(value)))
      .catch((error) => ifHere(() => this.refuse(error, receipt)))
      .finally(() => {
        this.#waiting = false;
        if (this.#held) this.#read();
      });
  }

  /** Who sends this frame. Refused with `unexpected-frame` before CONNECT. */
  needSender(frame: Frame): Sender {
    if (this.#sender !== undefined) return this.#sender;
    throw new Refusal('unexpected-frame', `${frame.command} came before CONNECT.`);
  }

  /** Counts a SEND, before anything is done with it. Refused with `too-fast`. */
  spend(destination: string): void {
    this.#allowance ??= this.host.options.allowance?.(this.pipe.peer.address);
    this.#allowance?.take(destination);
  }

  /** Sends a frame for this client alone. */
  send(command: string, headers: readonly FrameHeader[], body?: Uint8Array): void {
    this.client.send(this.#bytes(command, headers, body));
  }

  receipt(id: string | undefined): void {
    if (id !== undefined) this.send('RECEIPT', [['receipt-id', id]]);
  }

  /** Answers a frame when `work` is done: with its RECEIPT, or with what was refused. Nobody waits for it meanwhile. */
  track(work: Promise<void>, receipt: string | undefined): void {
    this.#inFlight++;
    work.then(
      () => this.#settled(() => this.receipt(receipt)),
      (error) => this.#settled(() => this.refuse(error, receipt)),
    );
  }

  /** Tells the client what it does not get: on the error queue if it may go on and listens there, else by an ERROR. */
  refuse(error: unknown, receipt: string | undefined): void {
    const refusal = error instanceof FrameError ? new Refusal(error.code, error.message) : refusalOf(error);
    if (refusal.code === 'internal') {
      const err = refusal.cause ?? refusal;
      this.host.options.log.error({ err, connection: this.id, receipt }, 'A STOMP frame could not be handled');
    }
    if (errorTable[refusal.code].fatal || !this.#tell(refusal, receipt)) this.fail(refusal, receipt);
    else this.host.options.refused?.(refusal.code);
  }

  /** Sends an ERROR and ends the session (STOMP 1.2, "ERROR"). */
  fail(refusal: Refusal, receipt?: string, headers: readonly FrameHeader[] = []): void {
    if (this.#state === 'closing' || this.#state === 'ended') return;
    const { code, message } = refusal;
    this.host.options.refused?.(code);
    this.host.note(this.id, { code, message, receipt }, 'A STOMP session is refused');
    this.#letGo();
    this.#state = 'closing';
    this.#closing = code;
    this.client.send(this.#error(refusal, receipt, headers));
    this.#closeWhenWritten();
  }

  /** Ends the session as the client wishes, after the answers to what it sent before. */
  leave(receipt: string | undefined): void {
    this.#farewell = receipt;
    this.#listenNoMore();
    if (this.#inFlight === 0) this.#depart();
  }

  // The rest is the session's own.

  get #reads(): boolean {
    return this.#state === 'opened' || this.#state === 'connected';
  }

  /** Handles the frames that are there, up to what may be in flight. */
  #read(): void {
    const { turns, options } = this.host;
    const { clock } = options;
    while (this.#reads) {
      if (this.#waiting || this.#resting || this.client.full || this.#inFlight >= MAX_IN_FLIGHT) {
        this.#hold();
        return;
      }
      if (this.#cost.isDue(turns.crowded)) {
        this.#rest();
        continue;
      }
      const start = clock.monotonic();
      if (!this.#readOne()) break;
      const cost = clock.monotonic() - start;
      turns.spend(cost);
      this.#cost.add(cost);
    }
    this.#goOn();
  }

  #readOne(): boolean {
    let frame: Frame | undefined;
    let receipt: string | undefined;
    try {
      frame = this.#parser.read();
      if (frame === undefined) return false;
      receipt = optionalHeader(frame, 'receipt');
      dispatch(this, frame, receipt);
    } catch (error) {
      if (frame !== undefined) refuseTransactionOf(this, frame);
      if (error instanceof Refusal && error.code === 'too-fast')
        this.track(refusedLater(error, this.host.options.clock), receipt);
      else this.refuse(error, error instanceof FrameError ? error.receipt : receipt);
    }
    return true;
  }

  #rest(): void {
    this.#cost.rest();
    this.#resting = true;
    this.host.turns.wait(this, () => {
      this.#resting = false;
      if (this.#held) this.#read();
    });
  }

  #hold(): void {
    if (this.#held) return;
    this.#held = true;
    this.pipe.pauseReading();
  }

  #goOn(): void {
    if (!this.#held) return;
    this.#held = false;
    this.#heardAt = this.host.options.clock.monotonic();
    this.pipe.resumeReading();
  }

  #settled(answer: () => void): void {
    this.#inFlight--;
    if (this.#state !== 'connected' && this.#state !== 'leaving') return;
    answer();
    if (this.#state === 'leaving' && this.#inFlight === 0) this.#depart();
    else if (this.#held) this.#read();
  }

  #listenNoMore(): void {
    this.#state = 'leaving';
    for (const { cursor } of this.subscriptions.values()) if (cursor !== undefined) this.client.unfollow(cursor);
  }

  #depart(): void {
    if (this.#dismissal !== undefined) {
      this.fail(this.#dismissal);
      return;
    }
    this.#letGo();
    this.#state = 'closing';
    this.receipt(this.#farewell);
    this.#closeWhenWritten();
  }

  /** The client is writable only when all its private frames are written. If that never comes, the hub finds it too slow. */
  #closeWhenWritten(): void {
    if (!this.client.writable) return;
    if (this.#closing !== undefined) this.client.close(this.#closing);
    else {
      this.client.end();
      this.pipe.finish();
    }
  }

  /** Leaves wheel, streams and presence; what is left is to write, and to end. */
  #letGo(): void {
    const { options, wheel } = this.host;
    wheel.remove(this);
    this.signedIn?.stop();
    // STOMP 1.2, "BEGIN": what is not committed at the end is aborted.
    this.#transactions = undefined;
    for (const { cursor } of this.subscriptions.values()) if (cursor !== undefined) this.client.unfollow(cursor);
    this.subscriptions.clear();
    if (this.#sender === undefined || this.#state === 'closing' || this.#state === 'ended') return;
    options.destinations.left(this.#sender);
  }

  /** Sends a refusal to the session's error queue; returns whether it has one. */
  #tell(refusal: Refusal, receipt: string | undefined): boolean {
    const queues = [...this.subscriptions].filter(([, { kind }]) => kind === 'errors');
    for (const [id] of queues) {
      this.send('MESSAGE', errorMessageHeaders(id, ++this.#errors), errorMessage(refusal, receipt));
    }
    if (queues.length > 0) this.host.note(this.id, { code: refusal.code, receipt }, 'a frame is refused');
    return queues.length > 0;
  }

  #error(refusal: Refusal, receipt: string | undefined, more: readonly FrameHeader[]): Uint8Array {
    const { headers, body } = errorFrame(refusal, receipt, more);
    return this.#bytes('ERROR', headers, body);
  }

  /** Before the version is agreed on, frames are written in the form that every version reads: that of 1.0. */
  #bytes(command: string, headers: readonly FrameHeader[], body: Uint8Array | undefined): Uint8Array {
    return this.pipe.wire.wrap(serializeFrame(command, headers, body, this.version ?? '1.0'));
  }
}
