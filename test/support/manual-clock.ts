import type { Clock, Timer } from '../../server/clock.ts';

interface Entry {
  readonly due: number;
  readonly order: number;
  readonly task: () => void;
  readonly every: number | undefined;
}

/** A clock that stands still until a test turns it. `soon` tasks run at the next `run` or `advance`. */
export class ManualClock implements Clock {
  #now: number;
  #order = 0;
  readonly #entries = new Set<Entry>();
  #soon: (() => void)[] = [];
  readonly #start: number;

  constructor(now = 1_700_000_000_000) {
    this.#now = now;
    this.#start = now;
  }

  now(): number {
    return this.#now;
  }

  monotonic(): number {
    return this.#now - this.#start + 1;
  }

  after(ms: number, task: () => void): Timer {
    return this.#add({ due: this.#now + Math.max(0, ms), order: this.#order++, task, every: undefined });
  }

  every(ms: number, task: () => void): Timer {
    let entry: Entry;
    const repeat = (): void => {
      entry = { due: this.#now + ms, order: this.#order++, task: tick, every: ms };
      this.#entries.add(entry);
    };
    const tick = (): void => {
      repeat();
      task();
    };
    repeat();
    return { cancel: () => void this.#entries.delete(entry) };
  }

  soon(task: () => void): void {
    this.#soon.push(task);
  }

  /** Timers that wait. */
  get pending(): number {
    return this.#entries.size;
  }

  /** Lets time pass in the midst of a task: nothing else runs. */
  spend(ms: number): void {
    this.#now += ms;
  }

  /** Runs what was to run soon, and what that asks to run soon, but lets no time pass. */
  run(): void {
    for (let rounds = 0; this.#soon.length > 0; rounds++) {
      if (rounds > 10_000) throw new Error('soon tasks never end');
      const tasks = this.#soon;
      this.#soon = [];
      for (const task of tasks) task();
    }
  }

  /** Lets time pass, timer by timer. */
  advance(ms: number): void {
    const end = this.#now + ms;
    this.run();
    for (;;) {
      const entry = this.#next(end);
      if (entry === undefined) break;
      this.#entries.delete(entry);
      this.#now = Math.max(this.#now, entry.due);
      entry.task();
      this.run();
    }
    this.#now = end;
  }

  #add(entry: Entry): Timer {
    this.#entries.add(entry);
    return { cancel: () => void this.#entries.delete(entry) };
  }

  #next(end: number): Entry | undefined {
    let first: Entry | undefined;
    for (const entry of this.#entries) {
      if (entry.due > end) continue;
      if (first === undefined || entry.due < first.due || (entry.due === first.due && entry.order < first.order))
        first = entry;
    }
    return first;
  }
}
