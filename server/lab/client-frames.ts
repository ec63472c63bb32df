import { constants, inflateRawSync } from 'node:zlib';
import { starred } from './secrets.ts';

/** A frame of a client. `hidden`: its payload is zeros, for what is in it may be secret and cannot be told apart. */
export interface SeenFrame {
  readonly bytes: Buffer;
  /** Bytes of the frame; more than there are where the payload was left out. */
  readonly length: number;
  readonly hidden: boolean;
}

/** The longest frame that is shown whole. */
const MOST_FRAME = 65_536;
const TEXT = 1;
const BINARY = 2;

/**
 * Cuts what a client sends into WebSocket frames (RFC 6455, section 5.2), each without its secrets. Holds one frame at most. It
 * only looks: what is wrong with the frames is for others to find, and behind what it cannot read it says nothing more.
 */
export class ClientFrames {
  readonly #seen: (frame: SeenFrame) => void;
  #pending: Buffer = Buffer.alloc(0);
  /** Bytes of a too long frame that are still to come. */
  #skip = 0;

  constructor(seen: (frame: SeenFrame) => void) {
    this.#seen = seen;
  }

  push(chunk: Buffer): void {
    const skipped = Math.min(this.#skip, chunk.length);
    this.#skip -= skipped;
    this.#pending = Buffer.concat([this.#pending, chunk.subarray(skipped)]);
    for (;;) {
      const head = headOf(this.#pending);
      if (head === undefined) return;
      const length = head.size + head.payload;
      if (head.payload > MOST_FRAME) this.#leaveOut(head.size, length);
      else if (this.#pending.length < length) return;
      else {
        this.#seen({ ...withoutSecret(this.#pending.subarray(0, length), head), length });
        this.#pending = this.#pending.subarray(length);
      }
    }
  }

  #leaveOut(size: number, length: number): void {
    this.#seen({ bytes: this.#pending.subarray(0, size), length, hidden: true });
    const here = Math.min(length, this.#pending.length);
    this.#skip = length - here;
    this.#pending = this.#pending.subarray(here);
  }
}

interface Head {
  /** Bytes of the head, the masking key with them. */
  readonly size: number;
  readonly payload: number;
  readonly masked: boolean;
}

function headOf(bytes: Buffer): Head | undefined {
  const second = bytes[1];
  if (second === undefined) return undefined;
  const short = second & 0x7f;
  const extended = short === 127 ? 8 : short === 126 ? 2 : 0;
  const masked = second >= 0x80;
  const size = 2 + extended + (masked ? 4 : 0);
  if (bytes.length < size) return undefined;
  const payload = extended === 8 ? Number(bytes.readBigUInt64BE(2)) : extended === 2 ? bytes.readUInt16BE(2) : short;
  return { size, payload, masked };
}

function withoutSecret(frame: Buffer, { size, masked }: Head): { bytes: Buffer; hidden: boolean } {
  const [first = 0] = frame;
  const opcode = first & 0x0f;
  if (opcode >= 8) return { bytes: Buffer.from(frame), hidden: false };
  const whole = first >= 0x80 && (opcode === TEXT || opcode === BINARY);
  const zeros = (): { bytes: Buffer; hidden: boolean } => ({
    bytes: Buffer.concat([frame.subarray(0, size), Buffer.alloc(frame.length - size)]),
    hidden: true,
  });
  // A secret may begin in one piece of a message and end in the next.
  if (!whole) return zeros();
  const key = masked ? frame.subarray(size - 4, size) : Buffer.alloc(4);
  const payload = xor(frame.subarray(size), key);
  if ((first & 0x40) !== 0) return hasSecret(payload) ? zeros() : { bytes: Buffer.from(frame), hidden: false };
  return { bytes: Buffer.concat([frame.subarray(0, size), xor(starred(payload), key)]), hidden: false };
}

/** Whether a compressed message (RFC 7692) has something secret in it, or cannot be read. */
function hasSecret(payload: Buffer): boolean {
  try {
    const tail = Buffer.of(0, 0, 0xff, 0xff);
    const options = { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: MOST_FRAME };
    const message = inflateRawSync(Buffer.concat([payload, tail]), options);
    return starred(message) !== message;
  } catch {
    return true;
  }
}

function xor(bytes: Buffer, key: Buffer): Buffer {
  return Buffer.from(bytes.map((byte, at) => byte ^ (key[at % 4] ?? 0)));
}
