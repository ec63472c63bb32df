/** How much a log keeps; the oldest events go as soon as one bound is passed. The newest event always stays. */
export interface LogBounds {
  readonly count: number;
  /** Bytes, by the stream's own measure of an event. */
  readonly bytes: number;
  /** Milliseconds. */
  readonly age: number;
}

/** The recent events of a stream by position: a ring bounded by count, bytes and age. */
export class Log<E> {
  readonly #bounds: LogBounds;
  readonly #size: (event: E) => number;
  #events: (E | undefined)[] = [];
  #times: number[] = [];
  /** Index of the oldest event in the arrays; what lies before it is gone and waits to be cut off. */
  #start = 0;
  #first: number;
  #bytes = 0;

  /** `next` is the position of the first event that will be appended. */
  constructor(bounds: LogBounds, size: (event: E) => number, next: number) {
    this.#bounds = bounds;
    this.#size = size;
    this.#first = next;
  }

  /** Position of the oldest event kept; equals `next` when the log is empty. */
  get first(): number {
    return this.#first;
  }

  /** Position of the next event. */
  get next(): number {
    return this.#first + this.#events.length - this.#start;
  }

  get bytes(): number {
    return this.#bytes;
  }

  at(position: number): E | undefined {
    return position < this.#first ? undefined : this.#events[this.#start + position - this.#first];
  }

  /** Appends, then drops what the bounds no longer allow. `now` in milliseconds of a clock that never goes back. */
  append(event: E, now: number): number {
    const position = this.next;
    this.#events.push(event);
    this.#times.push(now);
    this.#bytes += this.#size(event);
    this.expire(now);
    return position;
  }

  /** Puts another event in the place of one that is kept; returns whether it was. */
  replace(position: number, event: E): boolean {
    const old = this.at(position);
    if (old === undefined) return false;
    this.#events[this.#start + position - this.#first] = event;
    this.#bytes += this.#size(event) - this.#size(old);
    return true;
  }

  /** Drops the events past the bounds at `now`. */
  expire(now: number): void {
    const oldest = now - this.#bounds.age;
    while (this.#events.length - this.#start > 1 && this.#overfull(oldest)) this.#drop();
    if (this.#start > 1024 && this.#start * 2 > this.#events.length) this.#compact();
  }

  #overfull(oldest: number): boolean {
    const count = this.#events.length - this.#start;
    const time = this.#times[this.#start] ?? 0;
    return count > this.#bounds.count || this.#bytes > this.#bounds.bytes || time < oldest;
  }

  #drop(): void {
    const event = this.#events[this.#start];
    if (event !== undefined) this.#bytes -= this.#size(event);
    this.#events[this.#start] = undefined;
    this.#start++;
    this.#first++;
  }

  #compact(): void {
    this.#events = this.#events.slice(this.#start);
    this.#times = this.#times.slice(this.#start);
    this.#start = 0;
  }
}
