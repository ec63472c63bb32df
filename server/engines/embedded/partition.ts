const M = 0x5bd1e995;
const SEED = 0x9747b28c;

/** MurmurHash2 of 32 bits, as Kafka's clients compute it; a signed integer. */
export function murmur2(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let hash = SEED ^ bytes.length;
  let at = 0;
  for (; at + 4 <= bytes.length; at += 4) {
    const word = Math.imul(view.getInt32(at, true), M);
    hash = Math.imul(hash, M) ^ Math.imul(word ^ (word >>> 24), M);
  }
  for (let rest = bytes.length - at - 1; rest >= 0; rest--) {
    hash ^= view.getUint8(at + rest) << (8 * rest);
    if (rest === 0) hash = Math.imul(hash, M);
  }
  hash = Math.imul(hash ^ (hash >>> 13), M);
  return hash ^ (hash >>> 15);
}

/** The partition that Kafka's default partitioner gives a key: a symbol lies where it would lie there. */
export function partitionOf(key: string, partitions: number): number {
  return (murmur2(Buffer.from(key)) & 0x7fffffff) % partitions;
}
