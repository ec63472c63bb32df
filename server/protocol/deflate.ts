/**
 * What is compressed once for many: pieces of one endless DEFLATE stream (RFC 1951), each complete in itself: none refers to bytes of another one and each ends
 * on a byte, so a client may get any of them in any order, whenever it joined.
 */
import { constants, deflateRawSync } from 'node:zlib';

// A piece is at most 16 KB of text, of which nothing is kept: what deflating it takes is freed at once.

/** What begins a gzip stream (RFC 1952 section 2.3): DEFLATE, no flags, no time, of an unknown system. */
export const GZIP_HEAD: Uint8Array = Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff);

/** Bytes below which compressing gains too little to be worth anyone's time. */
export const LEAST_BYTES = 512;
/** A stored block tells its length in 16 bits (RFC 1951 section 3.2.4). */
const MOST_STORED = 65_535;
/** BFINAL 0, BTYPE 00 and the padding in one byte, then LEN and its complement. */
const STORED_HEAD = 5;

/** Text as it is, in stored blocks; nothing stays nothing. */
export function storedBlocks(bytes: Uint8Array): Uint8Array {
  const blocks = Math.ceil(bytes.length / MOST_STORED);
  const out = Buffer.allocUnsafe(bytes.length + blocks * STORED_HEAD);
  for (let from = 0, at = 0; from < bytes.length; from += MOST_STORED) {
    const part = bytes.subarray(from, from + MOST_STORED);
    out.writeUInt8(0, at);
    out.writeUInt16LE(part.length, at + 1);
    out.writeUInt16LE(~part.length & 0xffff, at + 3);
    out.set(part, at + STORED_HEAD);
    at += STORED_HEAD + part.length;
  }
  return out;
}

/** Compressed, and ended by a full flush: an empty stored block, the bytes 00 00 ff ff. */
export function deflatedBlock(bytes: Uint8Array): Uint8Array {
  return deflateRawSync(bytes, { level: LEVEL, finishFlush: constants.Z_FULL_FLUSH });
}

/** The payload of one compressed WebSocket message (RFC 7692 section 7.2.1): flushed, without the 00 00 ff ff of the flush. */
export function deflatedMessage(bytes: Uint8Array): Uint8Array {
  return deflateRawSync(bytes, { level: LEVEL, finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4);
}

/** See docs/decisions/0015-compression.md for what the levels cost and gain. */
const LEVEL = 4;
