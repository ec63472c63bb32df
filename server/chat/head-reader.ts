/**
 * Reads the head of a store on request, once at a time: those who ask while a read is under way share the next one, which
 * began after they asked. So however many ask, the store sees one read after the other.
 */
export class HeadReader {
  readonly #head: () => Promise<number>;
  #running: Promise<number> | undefined;
  #following: Promise<number> | undefined;

  constructor(head: () => Promise<number>) {
    this.#head = head;
  }

  /** The head, as it was at some time after the call. Rejects as the store does. */
  read(): Promise<number> {
    if (this.#running === undefined) return this.#begin();
    this.#following ??= this.#running.then(
      () => this.#begin(),
      () => this.#begin(),
    );
    return this.#following;
  }

  #begin(): Promise<number> {
    this.#following = undefined;
    const read = this.#head().finally(() => {
      if (this.#running === read) this.#running = undefined;
    });
    this.#running = read;
    return read;
  }
}
