/** What bytes of a server say, and those at their end that are the beginning of something. */
export interface Reading<Said> {
  readonly said: readonly Said[];
  readonly rest: Buffer;
}

/** Remembers what was made of the newest texts. */
export class Known<T> {
  readonly #most: number;
  readonly #made = new Map<string, T>();

  constructor(most: number) {
    this.#most = most;
  }

  get(text: string, make: (text: string) => T): T {
    const known = this.#made.get(text);
    if (known !== undefined) return known;
    const made = make(text);
    this.#made.set(text, made);
    if (this.#made.size > this.#most) this.#forgetOldest();
    return made;
  }

  #forgetOldest(): void {
    const { value } = this.#made.keys().next();
    if (value !== undefined) this.#made.delete(value);
  }
}

/** Bytes that are known again. One pass of a server sends hundreds of clients the same, within a moment. */
const PASSES = 256;
/** Events that are known again where clients have fallen behind, each by another length, and get other pieces. */
const EVENTS = 50_000;

/**
 * Reads what a server sends, for all clients of a crowd: hundreds get the same bytes, which are read once and known again by
 * comparing them; and so are single events. So a crowd costs the machine about what its sockets cost, and the server has
 * the rest of it.
 */
export class SharedReading<Said> {
  readonly #read: (bytes: Buffer, events: Known<readonly Said[]>) => Reading<Said>;
  readonly #passes = new Known<Reading<Said>>(PASSES);
  readonly #events = new Known<readonly Said[]>(EVENTS);

  /** `read` must say the same of the same bytes. */
  constructor(read: (bytes: Buffer, events: Known<readonly Said[]>) => Reading<Said>) {
    this.#read = read;
  }

  read(bytes: Buffer): Reading<Said> {
    return this.#passes.get(bytes.toString('latin1'), () => this.#read(bytes, this.#events));
  }
}
