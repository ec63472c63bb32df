import { closeCode } from './close-codes.ts';
import { byteRange, type Explained, hex, isUtf8, type Part, utf8 } from './part.ts';

export interface FrameContext {
  /** Who sent the bytes: a client's frames are masked, a server's are not (RFC 6455, 5.1). */
  readonly from: 'client' | 'server';
  /** Whether permessage-deflate was agreed on: then RSV1 means a compressed message (RFC 7692, 6). */
  readonly deflate?: boolean;
}

/** A frame taken apart; `payload` is unmasked, and is only as much as has come. */
export interface ExplainedFrame extends Explained {
  readonly opcode: number;
  readonly payload: Uint8Array;
}

const opcodes: ReadonlyMap<number, string> = new Map([
  [0x0, 'continuation: the next piece of a fragmented message'],
  [0x1, 'text: a message of UTF-8, or its first piece'],
  [0x2, 'binary: a message of bytes, or its first piece'],
  [0x8, 'close: the sender says goodbye'],
  [0x9, 'ping: the other side answers with a pong of the same payload'],
  [0xa, 'pong: the answer to a ping'],
]);
const TEXT = 0x1;
const CLOSE = 0x8;
const MASK_BYTES = 4;
const LENGTH_16 = 126;
const LENGTH_64 = 127;
const MOST_CONTROL = 125;

/** Takes apart the frame at the start of some bytes (RFC 6455, section 5.2). Never throws: what is wrong is told. */
export function explainFrame(bytes: Uint8Array, context: FrameContext): ExplainedFrame {
  const [first, second] = bytes;
  const parts: Part[] = first === undefined ? [] : firstByte(first, context);
  const opcode = (first ?? 0) & 0x0f;
  if (second === undefined) return { parts, length: bytes.length, missing: 2 - bytes.length, opcode, payload: NOTHING };
  const masked = second >= 0x80;
  parts.push(maskBit(masked, context), shortLength(second & 0x7f, opcode));
  const extended = extendedBytes(second & 0x7f);
  const head = 2 + extended + (masked ? MASK_BYTES : 0);
  if (bytes.length < head) {
    return { parts, length: bytes.length, missing: head - bytes.length, opcode, payload: NOTHING };
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const length = extended === 0 ? second & 0x7f : extended === 2 ? view.getUint16(2) : Number(view.getBigUint64(2));
  if (extended !== 0) parts.push(longLength(view, extended, length));
  const key = masked ? bytes.subarray(head - MASK_BYTES, head) : undefined;
  if (key !== undefined) parts.push(maskingKey(key, head));
  const raw = bytes.subarray(head, head + length);
  const payload = key === undefined ? raw : unmask(raw, key);
  if (length > 0)
    parts.push(payloadPart(raw, payload, { head, opcode, first: first ?? 0, whole: raw.length === length }));
  return { parts, length: head + raw.length, missing: length - raw.length, opcode, payload };
}

/** Each byte exclusive-or the byte of the key at the same place modulo 4 (RFC 6455, 5.3); doing it twice undoes it. */
export function unmask(bytes: Uint8Array, key: Uint8Array): Uint8Array {
  return bytes.map((byte, at) => byte ^ (key[at % MASK_BYTES] ?? 0));
}

const NOTHING = new Uint8Array(0);

function firstByte(first: number, { deflate = false }: FrameContext): Part[] {
  const opcode = first & 0x0f;
  const final = first >= 0x80;
  const control = opcode >= 0x8;
  const fin: Part = {
    name: 'FIN',
    bits: { from: 0, to: 1 },
    value: final ? '1' : '0',
    text: final ? 'This frame ends its message.' : 'More frames of this message follow.',
    ...(control && !final && { problem: 'a control frame must not be fragmented (5.5)' }),
  };
  const meaning = opcodes.get(opcode);
  const kind: Part = {
    name: 'opcode',
    bits: { from: 4, to: 8 },
    value: `0x${opcode.toString(16)}`,
    text: `Four bits: ${meaning ?? 'reserved, for later versions'}.`,
    ...(meaning === undefined && { problem: `opcode 0x${opcode.toString(16)} is reserved (5.2)` }),
  };
  return [fin, ...[1, 2, 3].map((bit) => reserved(first, bit, deflate, control || opcode === 0)), kind];
}

function reserved(first: number, bit: number, deflate: boolean, mayNot: boolean): Part {
  const set = (first & (0x80 >> bit)) !== 0;
  const compresses = bit === 1 && deflate;
  const text = compresses
    ? set
      ? 'The message is compressed with permessage-deflate.'
      : 'The message is not compressed.'
    : 'Reserved for extensions; 0 without one.';
  return {
    name: `RSV${bit}`,
    bits: { from: bit, to: bit + 1 },
    value: set ? '1' : '0',
    text,
    ...(set && !compresses && { problem: `RSV${bit} is set and no extension gives it a meaning (5.2)` }),
    ...(set && compresses && mayNot && { problem: 'RSV1 stands only on the first frame of a message (RFC 7692, 6)' }),
  };
}

function maskBit(masked: boolean, { from }: FrameContext): Part {
  const right = masked === (from === 'client');
  const problem = from === 'client' ? 'a client must mask each frame (5.1)' : 'a server must not mask its frames (5.1)';
  return {
    name: 'MASK',
    bits: { from: 8, to: 9 },
    value: masked ? '1' : '0',
    text: masked ? 'The payload is masked, and the key stands before it.' : 'The payload is not masked.',
    ...(!right && { problem }),
  };
}

function shortLength(length: number, opcode: number): Part {
  const text =
    length < LENGTH_16
      ? `The payload has ${length} ${length === 1 ? 'byte' : 'bytes'}.`
      : `The length stands in the next ${length === LENGTH_16 ? '2 bytes (16 bits)' : '8 bytes (64 bits)'}.`;
  return {
    name: 'length, 7 bits',
    bits: { from: 9, to: 16 },
    value: `${length}`,
    text,
    ...(opcode >= 0x8 && length > MOST_CONTROL && { problem: 'a control frame carries at most 125 bytes (5.5)' }),
  };
}

function extendedBytes(length: number): 0 | 2 | 8 {
  return length === LENGTH_64 ? 8 : length === LENGTH_16 ? 2 : 0;
}

function longLength(view: DataView, size: 2 | 8, length: number): Part {
  const tooLong = size === 2 ? length < LENGTH_16 : length < 65_536;
  const negative = size === 8 && view.getUint8(2) >= 0x80;
  const problem = negative
    ? 'the highest bit of the 64 must be 0 (5.2)'
    : tooLong
      ? 'the length must have its shortest form (5.2)'
      : undefined;
  return {
    name: `length, ${size * 8} bits`,
    bits: byteRange(2, 2 + size),
    value: `${length}`,
    text: `The payload has ${length} bytes; the highest byte comes first.`,
    ...(problem !== undefined && { problem }),
  };
}

function maskingKey(key: Uint8Array, head: number): Part {
  return {
    name: 'masking key',
    bits: byteRange(head - MASK_BYTES, head),
    value: hex(key),
    text: 'New and random for each frame: payload byte i xor key byte i mod 4.',
  };
}

interface PayloadContext {
  readonly head: number;
  readonly first: number;
  readonly opcode: number;
  readonly whole: boolean;
}

function payloadPart(raw: Uint8Array, payload: Uint8Array, { head, first, opcode, whole }: PayloadContext): Part {
  const bits = byteRange(head, head + raw.length);
  const part = { name: 'payload', bits, value: hex(raw) };
  if (opcode === CLOSE) return { ...part, ...closePayload(payload, head, whole) };
  const compressed = (first & 0x40) !== 0;
  if (opcode !== TEXT || compressed) return { ...part, text: compressed ? 'Compressed bytes.' : `${hex(payload)}` };
  // A piece of a text may end inside a character; only whole messages can be judged.
  const judged = whole && first >= 0x80;
  const broken = judged && !isUtf8(payload);
  return { ...part, text: utf8(payload), ...(broken && { problem: 'text must be UTF-8: close code 1007 (8.1)' }) };
}

function closePayload(payload: Uint8Array, head: number, whole: boolean): Pick<Part, 'text' | 'problem' | 'parts'> {
  if (payload.length < 2) {
    return {
      text: 'A close code, cut short.',
      ...(whole && { problem: 'a close has no payload, or 2 bytes at least (5.5.1)' }),
    };
  }
  const code = ((payload[0] ?? 0) << 8) | (payload[1] ?? 0);
  const { text, problem } = closeCode(code);
  const codePart: Part = {
    name: 'close code',
    bits: byteRange(head, head + 2),
    value: `${code}`,
    text: `${text}.`,
    ...(problem !== undefined && { problem }),
  };
  const reason = payload.subarray(2);
  const bits = byteRange(head + 2, head + payload.length);
  const broken = whole && !isUtf8(reason);
  const reasonPart: Part = {
    name: 'reason',
    bits,
    value: utf8(reason),
    text: 'Words for a log; at most 123 bytes.',
    ...(broken && { problem: 'the reason must be UTF-8 (5.5.1)' }),
  };
  return { text: `Close code ${code}.`, parts: reason.length === 0 ? [codePart] : [codePart, reasonPart] };
}
