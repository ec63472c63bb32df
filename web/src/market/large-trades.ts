/** So many times the usual size is large. */
const TIMES = 4;
/** The usual size is the mean of about so many trades, the newer ones counting more. */
const MEMORY = 100;
/** Before so many trades nobody knows what is usual. */
const FIRST = 20;

/** Tells which trades of a symbol stand out by their size. */
export class LargeTrades {
  #mean = 0;
  #count = 0;

  /** Takes the next trade; whether it is large against those before it. */
  add(size: number): boolean {
    const large = this.#count >= FIRST && size >= TIMES * this.#mean;
    this.#count++;
    this.#mean += (size - this.#mean) / Math.min(this.#count, MEMORY);
    return large;
  }
}
