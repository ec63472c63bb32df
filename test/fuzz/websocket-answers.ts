import { constants, inflateRawSync } from 'node:zlib';

/** Codes that a server may close with (RFC 6455 section 7.4.1); 1011 would be an error of ours. */
const CLOSE_CODES = [1000, 1002, 1003, 1007, 1008, 1009, 1012];
/** The close codes that say what the client did wrong. */
const REFUSALS = [1002, 1003, 1007, 1008, 1009];
/** A STOMP frame or beat, or a frame of SockJS. */
const TEXT = /^(?:\n|CONNECTED\n|MESSAGE\n|RECEIPT\n|ERROR\n|o$|h$|a\[|c\[)/;
const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Checks all that came on a connection on which the client sent `sent`: the answer to the handshake and the frames after it. Returns
 * by which close code the client was refused, if it was. Throws for what no server may send.
 */
export function webSocketAnswers(bytes: Buffer, sent: Buffer): string | undefined {
  const end = bytes.indexOf('\r\n\r\n') + 4;
  const head = bytes.subarray(0, end).toString('latin1');
  if (!head.startsWith('HTTP/1.1 101 ')) throw new Error(`the handshake is answered with ${head.slice(0, 40)}`);
  let refusal: string | undefined;
  let closed = false;
  const deflate = /^sec-websocket-extensions: permessage-deflate/im.test(head);
  for (const { opcode, compressed, payload } of frames(bytes.subarray(end))) {
    if (closed) throw new Error('a frame after the close frame');
    if (compressed && (opcode !== 1 || !deflate)) throw new Error(`RSV1 on a frame of opcode ${opcode}`);
    if (opcode === 8) {
      closed = true;
      refusal = closeCode(payload, sent);
    } else if (opcode === 1 || opcode === 2) {
      const text = utf8.decode(compressed ? inflated(payload) : payload);
      if (!TEXT.test(text)) throw new Error(`a message that is none of ours: ${text.slice(0, 60)}`);
    } else if (opcode !== 9 && opcode !== 10) throw new Error(`a frame of opcode ${opcode}`);
  }
  return refusal;
}

/** RFC 7692 section 7.2.2. */
function inflated(payload: Buffer): Buffer {
  const whole = Buffer.concat([payload, Buffer.from('0000ffff', 'hex')]);
  return inflateRawSync(whole, { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: 16_384 });
}

interface Frame {
  readonly opcode: number;
  /** RSV1. */
  readonly compressed: boolean;
  readonly payload: Buffer;
}

function closeCode(payload: Buffer, sent: Buffer): string | undefined {
  if (payload.length === 0) return undefined;
  const code = payload.readUInt16BE(0);
  // A client's own code comes back to it (RFC 6455 section 5.5.1).
  if (!CLOSE_CODES.includes(code) && code !== codeOfClient(sent)) throw new Error(`closed with ${code}`);
  return REFUSALS.includes(code) ? `close ${code}` : undefined;
}

/** The code in the close frame of a client, if it sent one: the frames after its handshake are masked, each by a key of its own. */
function codeOfClient(sent: Buffer): number | undefined {
  let at = sent.indexOf('\r\n\r\n') + 4;
  while (at + 2 <= sent.length) {
    const [first = 0, second = 0] = sent.subarray(at, at + 2);
    const { start, length } = measure(sent, at);
    const key = sent.subarray(start, start + 4);
    const payload = sent.subarray(start + 4, start + 4 + length).map((byte, i) => byte ^ (key[i % 4] ?? 0));
    if ((second & 0x80) === 0 || payload.length < length) return undefined;
    const [high, low] = payload;
    if ((first & 0x0f) === 8) return high === undefined || low === undefined ? undefined : high * 256 + low;
    at = start + 4 + length;
  }
  return undefined;
}

/** Where what follows the length of a frame begins, and how long its payload is (RFC 6455 section 5.2). Not in the bytes, it is longer than they are. */
function measure(bytes: Buffer, at: number): { readonly start: number; readonly length: number } {
  const short = (bytes[at + 1] ?? 0) & 0x7f;
  const extra = short === 126 ? 2 : short === 127 ? 8 : 0;
  const start = at + 2 + extra;
  if (start > bytes.length) return { start, length: bytes.length };
  const length = extra === 0 ? short : extra === 2 ? bytes.readUInt16BE(at + 2) : Number(bytes.readBigUInt64BE(at + 2));
  return { start, length };
}

/** The frames of a server: whole, not masked, no reserved bits but RSV1 (RFC 6455 section 5.2). What is cut off at the end counts not. */
function* frames(bytes: Buffer): Generator<Frame> {
  let at = 0;
  while (at + 2 <= bytes.length) {
    const [first = 0, second = 0] = bytes.subarray(at, at + 2);
    if ((first & 0xb0) !== 0x80 || (second & 0x80) !== 0)
      throw new Error(`a frame that begins with ${first}, ${second}`);
    const { start, length } = measure(bytes, at);
    if (start + length > bytes.length) return;
    yield { opcode: first & 0x0f, compressed: (first & 0x40) !== 0, payload: bytes.subarray(start, start + length) };
    at = start + length;
  }
}
