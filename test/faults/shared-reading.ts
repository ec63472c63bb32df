/** What bytes of a server say, and those at their end that are the beginning of something. */
export interface Reading<Said> {
  readonly said: readonly Said[];
  readonly rest: Buffer;
}

/** Bytes that are known again. One pass of a server sends hundreds of clients the same, within a moment. */
const KNOWN = 512;

/**
 * Reads what a server sends, for all clients of a crowd: hundreds get the same bytes, which are read once and known again by
 * comparing them. So a crowd costs the machine about what its sockets cost, and the server has the rest of it.
 */
export class SharedReading<Said> {
  readonly #read: (bytes: Buffer) => Reading<Said>;
  readonly #known = new Map<string, Reading<Said>>();

  /** `read` must say the same of the same bytes. */
  constructor(read: (bytes: Buffer) => Reading<Said>) {
    this.#read = read;
  }

  read(bytes: Buffer): Reading<Said> {
    const key = bytes.toString('latin1');
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const reading = this.#read(bytes);
    this.#known.set(key, reading);
    if (this.#known.size > KNOWN) for (const oldest of this.#known.keys()) return this.#forget(oldest, reading);
    return reading;
  }

  #forget(key: string, reading: Reading<Said>): Reading<Said> {
    this.#known.delete(key);
    return reading;
  }
}
