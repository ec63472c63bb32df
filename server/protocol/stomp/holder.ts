const FIRST_BYTES = 256;

/**
 * Gathers the pieces of something that arrives in parts, in one buffer that grows with what came (not with what was
 * announced), so that many tiny pieces cost no more than their bytes. The pieces are copied: the larger buffers that they
 * were cut from can go.
 */
export class Holder {
  #buffer = Buffer.allocUnsafeSlow(FIRST_BYTES);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  add(piece: Uint8Array): void {
    const length = this.#length + piece.length;
    if (length > this.#buffer.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(length, this.#buffer.length * 2));
      larger.set(this.#buffer.subarray(0, this.#length));
      this.#buffer = larger;
    }
    this.#buffer.set(piece, this.#length);
    this.#length = length;
  }

  /** All that came; the holder is not used afterwards. */
  bytes(): Buffer {
    return this.#buffer.subarray(0, this.#length);
  }
}
