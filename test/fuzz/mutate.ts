/** Pieces that parsers trip over. */
const tricky = [
  '\0', '\n', '\r\n', '\n\n', '\r', ':', '\\', '\\t', '\\c', '\ufffd', '\u2028', 'content-length:99999999999\n',
  'content-length:3\n', 'content-length:-1\n', 'receipt:r\n', 'transaction:t\n', 'ack:client\n', 'id:0\n',
  'destination:/topic/chat\n', 'SEND\n', 'DISCONNECT\n\n\0', 'x'.repeat(300), '0'.repeat(50),
].map((text) => Buffer.from(text)); // biome-ignore format: one after the other
const invalid = [[0xff], [0xc3], [0xed, 0xa0, 0x80], [0xf0, 0x9f], [0xef, 0xbb, 0xbf]].map((bytes) =>
  Buffer.from(bytes),
);

/** One small change somewhere in the bytes; `others` lend what is put in from elsewhere. */
export function mutate(bytes: Buffer, others: readonly Buffer[], random: () => number): Buffer {
  const upTo = (most: number): number => Math.floor(random() * most);
  const pick = (list: readonly Buffer[]): Buffer => list[upTo(list.length)] ?? Buffer.alloc(0);
  const at = upTo(bytes.length + 1);
  const to = Math.min(bytes.length, at + 1 + upTo(8));
  const put = (piece: Buffer, from = at): Buffer => Buffer.concat([bytes.subarray(0, from), piece, bytes.subarray(at)]);
  const changed = Buffer.from(bytes);
  switch (upTo(8)) {
    case 0:
      if (at < changed.length) changed[at] = upTo(256);
      return changed;
    case 1:
      if (at < changed.length) changed[at] = (changed[at] ?? 0) ^ (1 << upTo(8));
      return changed;
    case 2:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(to)]);
    case 3:
      return put(bytes.subarray(at, to));
    case 4:
      return put(pick(tricky));
    case 5:
      return put(pick(invalid));
    case 6: {
      const other = pick(others);
      const from = upTo(other.length);
      return put(other.subarray(from, from + upTo(40)));
    }
    default:
      return Buffer.concat([bytes.subarray(0, at), pick(others)]);
  }
}
