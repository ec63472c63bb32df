import { constants, inflateRawSync } from 'node:zlib';

/** Codes that a server may close with (RFC 6455 section 7.4.1); 1011 would be an error of ours. */
const CLOSE_CODES = [1000, 1002, 1003, 1007, 1008, 1009, 1012];
/** The close codes that say what the client did wrong. */
const REFUSALS = [1002, 1003, 1007, 1008, 1009];
/** A STOMP frame or beat, or a frame of SockJS. */
const TEXT = /^(?:\n|CONNECTED\n|MESSAGE\n|RECEIPT\n|ERROR\n|o$|h$|a\[|c\[)/;
const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Checks all that came on a connection: the answer to the handshake and the frames after it. Returns by which close code the
 * client was refused, if it was. Throws for what no server may send.
 */
export function webSocketAnswers(bytes: Buffer): string | undefined {
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
      refusal = closeCode(payload);
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

function closeCode(payload: Buffer): string | undefined {
  if (payload.length === 0) return undefined;
  const code = payload.readUInt16BE(0);
  // A client's own code comes back to it.
  if (!CLOSE_CODES.includes(code) && code !== 1005 && code < 3_000) throw new Error(`closed with ${code}`);
  return REFUSALS.includes(code) ? `close ${code}` : undefined;
}

/** The frames of a server: whole, not masked, no reserved bits but RSV1 (RFC 6455 section 5.2). What is cut off at the end counts not. */
function* frames(bytes: Buffer): Generator<Frame> {
  let at = 0;
  while (at + 2 <= bytes.length) {
    const [first = 0, second = 0] = bytes.subarray(at, at + 2);
    const extra = second === 126 ? 2 : second === 127 ? 8 : 0;
    if (at + 2 + extra > bytes.length) return;
    if ((first & 0xb0) !== 0x80 || (second & 0x80) !== 0)
      throw new Error(`a frame that begins with ${first}, ${second}`);
    const length =
      extra === 0 ? second : extra === 2 ? bytes.readUInt16BE(at + 2) : Number(bytes.readBigUInt64BE(at + 2));
    const start = at + 2 + extra;
    if (start + length > bytes.length) return;
    yield { opcode: first & 0x0f, compressed: (first & 0x40) !== 0, payload: bytes.subarray(start, start + length) };
    at = start + length;
  }
}
