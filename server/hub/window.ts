/**
 * How far a cursor may go ahead of what its client has acknowledged: at most `size` messages are on their way. It keeps the
 * positions of those, as ranges: a stream without holes, acknowledged in order, is one range whatever the size. Positions are
 * sent in rising order.
 */
export class Window {
  readonly size: number;
  /** First and last position of each range, in order; ranges neither touch nor overlap. */
  readonly #ranges: number[] = [];
  #count = 0;
  /** The last position that was sent. */
  #last = Number.NEGATIVE_INFINITY;

  constructor(size: number) {
    this.size = size;
  }

  /** How many more messages may be sent. */
  get room(): number {
    return this.size - this.#count;
  }

  /** Whether a message of this position, or of a later one, was sent. */
  reached(position: number): boolean {
    return position <= this.#last;
  }

  /** For the hub: a message was sent. */
  sent(position: number): void {
    const ranges = this.#ranges;
    if (ranges.length > 0 && ranges.at(-1) === position - 1) ranges[ranges.length - 1] = position;
    else ranges.push(position, position);
    this.#last = position;
    this.#count++;
  }

  /** Acknowledges one message. One that is acknowledged already stays so. */
  acknowledge(position: number): void {
    const ranges = this.#ranges;
    const at = this.#rangeEndingFrom(position);
    const [first, last] = [ranges[at], ranges[at + 1]];
    if (first === undefined || last === undefined || position < first) return;
    this.#count--;
    const left = first < position ? [first, position - 1] : [];
    const right = position < last ? [position + 1, last] : [];
    ranges.splice(at, 2, ...left, ...right);
  }

  /** Acknowledges a message and all that were sent before it. */
  acknowledgeUpTo(position: number): void {
    const ranges = this.#ranges;
    const at = this.#rangeEndingFrom(position);
    for (let i = 0; i < at; i += 2) this.#count -= (ranges[i + 1] ?? 0) - (ranges[i] ?? 0) + 1;
    ranges.splice(0, at);
    const first = ranges[0];
    if (first === undefined || position < first) return;
    this.#count -= position - first + 1;
    if (ranges[1] === position) ranges.splice(0, 2);
    else ranges[0] = position + 1;
  }

  /** Index of the first range that does not end before `position`. */
  #rangeEndingFrom(position: number): number {
    let low = 0;
    let high = this.#ranges.length / 2;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#ranges[2 * middle + 1] ?? 0) < position) low = middle + 1;
      else high = middle;
    }
    return 2 * low;
  }
}
