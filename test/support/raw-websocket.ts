import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** What is sent to be a good frame; each part can be made wrong. */
export interface FrameParts {
  readonly fin?: boolean;
  /** The three reserved bits, as in `0b100` for RSV1. */
  readonly reserved?: number;
  readonly opcode?: number;
  readonly masked?: boolean;
  readonly payload?: Uint8Array | string;
}

export const TEXT = 1;
export const BINARY = 2;
export const CLOSE = 8;
export const PING = 9;
export const PONG = 10;

/** The bytes of a WebSocket frame (RFC 6455 section 5.2), made here by hand so that nothing checks them. */
export function frame({ fin = true, reserved = 0, opcode = TEXT, masked = true, payload = '' }: FrameParts): Buffer {
  const data = typeof payload === 'string' ? Buffer.from(payload) : Buffer.from(payload);
  const first = (fin ? 0x80 : 0) | (reserved << 4) | opcode;
  const mask = Buffer.of(0x37, 0xfa, 0x21, 0x3d);
  const body = masked ? Buffer.from(data.map((byte, i) => byte ^ (mask[i % 4] ?? 0))) : data;
  return Buffer.concat([Buffer.of(first), lengthOf(data.length, masked ? 0x80 : 0), masked ? mask : Buffer.of(), body]);
}

function lengthOf(length: number, mask: number): Buffer {
  if (length < 126) return Buffer.of(mask | length);
  const bytes = Buffer.alloc(length < 65_536 ? 3 : 9);
  bytes[0] = mask | (length < 65_536 ? 126 : 127);
  if (length < 65_536) bytes.writeUInt16BE(length, 1);
  else bytes.writeBigUInt64BE(BigInt(length), 1);
  return bytes;
}

export interface ReceivedFrame {
  readonly opcode: number;
  /** RSV1. */
  readonly compressed: boolean;
  readonly payload: Buffer;
}

/** The first frame that a server sent, and the bytes after it; `undefined` while it is not whole. */
export function takeFrame(bytes: Buffer): { readonly frame: ReceivedFrame; readonly rest: Buffer } | undefined {
  const [first = 0, second = 0] = bytes;
  const extra = second === 126 ? 2 : second === 127 ? 8 : 0;
  if (bytes.length < 2 + extra) return undefined;
  const length = extra === 0 ? second : extra === 2 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
  const end = 2 + extra + length;
  if (bytes.length < end) return undefined;
  const payload = bytes.subarray(2 + extra, end);
  return { frame: { opcode: first & 0x0f, compressed: (first & 0x40) !== 0, payload }, rest: bytes.subarray(end) };
}

/** A WebSocket of which the test writes every byte. */
export class RawWebSocket {
  readonly socket: Socket;
  /** The answer to the handshake. */
  head = '';
  #bytes: Buffer = Buffer.of();
  #ended = false;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (chunk: Buffer) => {
      this.#bytes = Buffer.concat([this.#bytes, chunk]);
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.#ended = true;
    });
  }

  /** With the headers of a handshake, or others instead: `undefined` leaves one out. */
  static async open(port: number, headers: Readonly<Record<string, string | undefined>> = {}): Promise<RawWebSocket> {
    const socket = new RawWebSocket(connect(port, '127.0.0.1'));
    socket.socket.write(handshake({ headers }));
    socket.head = await socket.#line('\r\n\r\n');
    return socket;
  }

  send(...parts: readonly FrameParts[]): void {
    this.socket.write(Buffer.concat(parts.map(frame)));
  }

  /** A STOMP frame as one text frame. */
  stomp(text: string): void {
    this.send({ payload: text.replaceAll('^', '\0') });
  }

  /** The next frame; `undefined` when the connection ended before one came. */
  async next(): Promise<ReceivedFrame | undefined> {
    for (;;) {
      const found = this.#take();
      if (found !== undefined || this.#ended) return found;
      await Promise.race([once(this.socket, 'data'), once(this.socket, 'close')]);
    }
  }

  /** The code of the close frame; those before it are dropped. `undefined` when the connection was cut without one. */
  async closeCode(): Promise<number | undefined> {
    for (let next = await this.next(); next !== undefined; next = await this.next()) {
      if (next.opcode !== CLOSE) continue;
      this.socket.destroy();
      return next.payload.length < 2 ? 1005 : next.payload.readUInt16BE(0);
    }
    return undefined;
  }

  #take(): ReceivedFrame | undefined {
    const taken = takeFrame(this.#bytes);
    if (taken !== undefined) this.#bytes = taken.rest;
    return taken?.frame;
  }

  async #line(end: string): Promise<string> {
    while (!this.#bytes.includes(end) && !this.#ended)
      await Promise.race([once(this.socket, 'data'), once(this.socket, 'close')]);
    const at = this.#bytes.indexOf(end) + end.length;
    const text = this.#bytes.subarray(0, at).toString();
    this.#bytes = this.#bytes.subarray(at);
    return text;
  }
}

interface Handshake {
  readonly path?: string;
  readonly version?: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string | undefined>>;
}

/** The request of a handshake (RFC 6455 section 4.1). */
export function handshake({
  path = '/ws-endpoint',
  version = '1.1',
  method = 'GET',
  headers = {},
}: Handshake = {}): string {
  const all = {
    Host: 'localhost',
    Connection: 'Upgrade',
    Upgrade: 'websocket',
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
    ...headers,
  };
  const lines = Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : `${name}: ${value}\r\n`));
  return `${method} ${path} HTTP/${version}\r\n${lines.join('')}\r\n`;
}
