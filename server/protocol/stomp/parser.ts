import { isUtf8 } from 'node:buffer';
import { unescapeHeader } from './escape.ts';
import type { Frame, FrameHeader } from './frame.ts';
import { FrameError } from './frame-error.ts';
import { Holder } from './holder.ts';
import { withoutPadding } from './padding.ts';
import type { Version } from './version.ts';

/** What a frame may cost. */
interface FrameLimits {
  /** The whole frame, from its command to the NUL, in bytes. */
  readonly frameBytes: number;
  readonly headers: number;
}

const defaultLimits: FrameLimits = { frameBytes: 65_536, headers: 100 };

/**
 * Where the parser stands. `command`: before or inside the line that names the command; empty lines here are heart-beats.
 * `headers`: inside the header lines. `counted-body`: inside a body whose length the frame told. `open-body`: inside one that
 * goes up to the first NUL. `end`: before the NUL after a counted body. `broken`: after an error.
 */
type State = 'command' | 'headers' | 'counted-body' | 'open-body' | 'end' | 'broken';

const NUL = 0;
const LF = 10;
const CR = 13;
const COLON = 58;
const BACKSLASH = 92;
const FIRST_PRINTABLE = 32;
const LAST_PRINTABLE = 126;
const NOTHING = Buffer.alloc(0);
const NO_HEADERS: FrameHeader[] = [];

/**
 * Reads frames out of bytes that come in any parts. `push` hands bytes over, `read` takes the next whole frame: whoever
 * reads decides when, so that a frame may change the `version` for those behind it, and a busy reader can wait.
 * Bytes that were pushed and not yet read are kept as they are; to stop pushing meanwhile is the caller's part.
 */
export class FrameParser {
  /** Until it is known the frame must be a CONNECT, which has no escapes and whose lines may end in CR LF. */
  version: Version | undefined;
  readonly #limits: FrameLimits;
  #state: State = 'command';
  /** What is being read, how far it is read, and what waits behind it. */
  #chunk: Buffer = NOTHING;
  #at = 0;
  #waiting: Uint8Array[] | undefined;
  #waitingBytes = 0;
  /** The frame so far. */
  #bytes = 0;
  #command = '';
  #headers: FrameHeader[] = NO_HEADERS;
  #length = 0;
  #body: Buffer = NOTHING;
  /** The start of a line or body of which the rest has not come yet. */
  #held: Holder | undefined;

  constructor(limits: FrameLimits = defaultLimits) {
    this.#limits = limits;
  }

  /** Bytes that were pushed and not yet read. */
  get unread(): number {
    return this.#chunk.length - this.#at + this.#waitingBytes;
  }

  /** Hands over the next bytes, which must not change any more. */
  push(bytes: Uint8Array): void {
    if (this.#state === 'broken' || bytes.length === 0) return;
    if (this.#at < this.#chunk.length) {
      this.#waiting ??= [];
      this.#waiting.push(bytes);
      this.#waitingBytes += bytes.length;
    } else {
      this.#open(bytes);
    }
  }

  /** The next frame, or `undefined` while it is not whole. Throws a `FrameError` once; then there are no more frames. */
  read(): Frame | undefined {
    try {
      while (this.#state !== 'broken' && this.#more()) if (this.#step()) return this.#take();
      return undefined;
    } catch (error) {
      this.#state = 'broken';
      this.#chunk = NOTHING;
      this.#at = 0;
      this.#waiting = undefined;
      this.#waitingBytes = 0;
      this.#held = undefined;
      throw error;
    }
  }

  #open(bytes: Uint8Array): void {
    this.#chunk = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    this.#at = 0;
  }

  /** Whether there are bytes to read. A chunk that is read up is let go: it may be part of something large. */
  #more(): boolean {
    if (this.#at < this.#chunk.length) return true;
    this.#chunk = NOTHING;
    this.#at = 0;
    const next = this.#waiting?.shift();
    if (next === undefined) {
      this.#waiting = undefined;
      return false;
    }
    this.#waitingBytes -= next.length;
    this.#open(next);
    return true;
  }

  /** Reads on by one line or one part of a body; returns whether the frame is whole. */
  #step(): boolean {
    switch (this.#state) {
      case 'command':
        return this.#readCommand();
      case 'headers':
        return this.#readHeader();
      case 'counted-body':
        return this.#readCounted();
      case 'open-body':
        return this.#readOpen();
      case 'end':
        return this.#readEnd();
      case 'broken':
        return false;
    }
  }

  #readCommand(): boolean {
    if (this.#held === undefined) this.#skipLineFeeds();
    if (this.#at === this.#chunk.length) return false;
    const line = this.#line();
    if (line === undefined) return false;
    if (line.length === 0) {
      this.#bytes = 0;
      return false;
    }
    this.#command = this.#text(line);
    this.#headers = [];
    this.#state = 'headers';
    return false;
  }

  /** Heart-beats, all that are there: a hundred thousand of them are a message that compresses well, and must cost little. */
  #skipLineFeeds(): void {
    const chunk = this.#chunk;
    let at = this.#at;
    while (chunk[at] === LF || (chunk[at] === CR && chunk[at + 1] === LF && this.#mayEndInCr)) at++;
    this.#at = at;
  }

  #readHeader(): boolean {
    if (this.#readPlainHeader()) return false;
    const line = this.#line();
    if (line === undefined) return false;
    if (line.length === 0) {
      this.#beginBody();
      return false;
    }
    if (this.#headers.length >= this.#limits.headers) {
      this.#fail('too-large', `A frame has at most ${this.#limits.headers} headers.`);
    }
    const colon = line.indexOf(COLON);
    if (colon < 0) this.#fail('invalid-frame', 'A header line has no colon.');
    if (colon === 0) this.#fail('invalid-frame', 'A header has no name.');
    this.#headers.push([this.#unescape(line.subarray(0, colon)), this.#unescape(line.subarray(colon + 1))]);
    return false;
  }

  /**
   * Reads a header line in one go that lies in one chunk and is printable ASCII without escapes, as nearly all are. Returns
   * whether it was one; what is not is read, or refused, by the careful way.
   */
  #readPlainHeader(): boolean {
    if (this.#held !== undefined || this.version === '1.0' || this.#headers.length >= this.#limits.headers)
      return false;
    const chunk = this.#chunk;
    const start = this.#at;
    let colon = -1;
    for (let at = start; at < chunk.length; at++) {
      const byte = chunk[at] ?? NUL;
      if (byte === LF && colon > start) {
        this.#spend(at + 1 - start);
        this.#headers.push([chunk.toString('latin1', start, colon), chunk.toString('latin1', colon + 1, at)]);
        this.#at = at + 1;
        return true;
      }
      if (byte < FIRST_PRINTABLE || byte > LAST_PRINTABLE || byte === BACKSLASH) return false;
      if (byte === COLON && colon < 0) colon = at;
    }
    return false;
  }

  #beginBody(): void {
    const told = this.#contentLength();
    if (told === undefined) {
      this.#state = 'open-body';
      return;
    }
    if (!/^\d+$/.test(told)) this.#fail('invalid-frame', 'The header content-length is not a number of bytes.');
    this.#length = Number(told);
    this.#spend(this.#length + 1);
    this.#state = this.#length === 0 ? 'end' : 'counted-body';
  }

  /** The examples of STOMP 1.0 have a space after the colon, and before the version is known it may be that. */
  #contentLength(): string | undefined {
    const told = this.#header('content-length');
    return this.version === undefined ? told?.trim() : told;
  }

  #readCounted(): boolean {
    const part = this.#chunk.subarray(this.#at, this.#at + this.#length - (this.#held?.length ?? 0));
    this.#at += part.length;
    if ((this.#held?.length ?? 0) + part.length < this.#length) {
      this.#hold(part);
      return false;
    }
    this.#body = this.#whole(part);
    this.#state = 'end';
    return false;
  }

  #readEnd(): boolean {
    if (this.#chunk[this.#at] !== NUL) {
      this.#fail('invalid-frame', 'The body is longer than content-length says: no NUL after it.');
    }
    this.#at++;
    return true;
  }

  #readOpen(): boolean {
    const end = this.#chunk.indexOf(NUL, this.#at);
    const part = this.#chunk.subarray(this.#at, end < 0 ? this.#chunk.length : end);
    this.#spend(part.length + (end < 0 ? 0 : 1));
    this.#at += part.length;
    if (end < 0) {
      this.#hold(part);
      return false;
    }
    this.#body = this.#whole(part);
    this.#at++;
    return true;
  }

  /** The next line without its end, once it is whole. */
  #line(): Buffer | undefined {
    const end = this.#chunk.indexOf(LF, this.#at);
    const part = this.#chunk.subarray(this.#at, end < 0 ? this.#chunk.length : end);
    this.#spend(part.length + (end < 0 ? 0 : 1));
    if (part.includes(NUL)) this.#fail('invalid-frame', 'A NUL stands before the empty line that ends the headers.');
    this.#at += part.length;
    if (end < 0) {
      this.#hold(part);
      return undefined;
    }
    this.#at++;
    const line = this.#whole(part);
    return this.#mayEndInCr && line.at(-1) === CR ? line.subarray(0, -1) : line;
  }

  /** STOMP 1.2, "STOMP Frames": an EOL is a line feed, and a carriage return may stand before it. 1.0 and 1.1 have none. */
  get #mayEndInCr(): boolean {
    return this.version === undefined || this.version === '1.2';
  }

  #hold(part: Buffer): void {
    this.#held ??= new Holder();
    this.#held.add(part);
  }

  #whole(part: Buffer): Buffer {
    if (this.#held === undefined) return part;
    this.#held.add(part);
    const whole = this.#held.bytes();
    this.#held = undefined;
    return whole;
  }

  #spend(bytes: number): void {
    this.#bytes += bytes;
    if (this.#bytes > this.#limits.frameBytes) {
      this.#fail('too-large', `A frame has at most ${this.#limits.frameBytes} bytes.`);
    }
  }

  #text(bytes: Buffer): string {
    if (!isUtf8(bytes)) this.#fail('invalid-frame', 'The command or a header is not UTF-8.');
    return bytes.toString('utf8');
  }

  #unescape(bytes: Buffer): string {
    const text = this.#text(bytes);
    // CONNECT knows no escapes, and a STOMP frame is handled like it (STOMP 1.2, "Value Encoding", "CONNECT or STOMP Frame").
    if (this.version === undefined || this.#command === 'CONNECT' || this.#command === 'STOMP') return text;
    if (this.version === '1.0') return withoutPadding(text);
    try {
      return unescapeHeader(text, this.version);
    } catch (error) {
      if (error instanceof FrameError) this.#fail(error.code, error.message);
      throw error;
    }
  }

  #header(name: string): string | undefined {
    return this.#headers.find((header) => header[0] === name)?.[1];
  }

  #fail(code: FrameError['code'], message: string): never {
    throw new FrameError(code, message, this.#header('receipt'));
  }

  #take(): Frame {
    const frame: Frame = { command: this.#command, headers: this.#headers, body: this.#body };
    this.#state = 'command';
    this.#bytes = 0;
    this.#command = '';
    this.#headers = NO_HEADERS;
    this.#length = 0;
    this.#body = NOTHING;
    return frame;
  }
}
