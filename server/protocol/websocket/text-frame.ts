/** FIN, and the opcode of a text frame (RFC 6455 section 5.2). */
const FINAL_TEXT = 0x81;
/** RSV1: the message is compressed (RFC 7692 section 6). */
const COMPRESSED = 0x40;
const LENGTH_16 = 126;
const LENGTH_64 = 127;

/**
 * UTF-8 text as one whole WebSocket frame from a server: not fragmented, not masked, with the shortest form of its length
 * (RFC 6455 section 5.2).
 * @param compressed - whether the payload is deflated already
 */
export function textFrame(payload: Uint8Array, compressed = false): Buffer {
  const { length } = payload;
  const head = length < LENGTH_16 ? 2 : length < 65_536 ? 4 : 10;
  const frame = Buffer.allocUnsafe(head + length);
  frame[0] = compressed ? FINAL_TEXT | COMPRESSED : FINAL_TEXT;
  if (head === 2) {
    frame[1] = length;
  } else if (head === 4) {
    frame[1] = LENGTH_16;
    frame.writeUInt16BE(length, 2);
  } else {
    frame[1] = LENGTH_64;
    frame.writeBigUInt64BE(BigInt(length), 2);
  }
  frame.set(payload, head);
  return frame;
}
