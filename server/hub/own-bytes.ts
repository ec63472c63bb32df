/**
 * A text as UTF-8 in memory of its own, for what is kept. `Buffer.from` cuts short texts out of a pool of 64 KB that all share,
 * so one event in a log could hold the whole of what was cut out beside it, hundreds of times what the log counts.
 */
export function ownBytes(text: string): Uint8Array {
  const bytes = Buffer.allocUnsafeSlow(Buffer.byteLength(text));
  bytes.write(text);
  return bytes;
}
