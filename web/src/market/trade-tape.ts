import { LargeTrades } from './large-trades.ts';
import type { Tick } from './tick.ts';

/** A trade in the tape, with a number of its own. */
export interface TapeEntry {
  readonly number: number;
  readonly tick: Tick;
  /** Much more than what is traded at once otherwise. */
  readonly large: boolean;
}

/** The newest trades of one symbol, newest first. */
export class TradeTape {
  readonly #size: number;
  /** Oldest first, up to twice as many as are shown: so that few trades cost a copy. */
  #entries: TapeEntry[] = [];
  #shown: readonly TapeEntry[] | undefined = [];
  #large = new LargeTrades();
  #number = 0;

  constructor(size: number) {
    this.#size = size;
  }

  add(tick: Tick): void {
    this.#entries.push({ number: this.#number++, tick, large: this.#large.add(tick.size) });
    if (this.#entries.length > this.#size * 2) this.#entries = this.#entries.slice(-this.#size);
    this.#shown = undefined;
  }

  /** Another symbol's trades follow. */
  clear(): void {
    this.#entries = [];
    this.#shown = [];
    this.#large = new LargeTrades();
  }

  /** How many trades there have been, of any symbol. */
  get count(): number {
    return this.#number;
  }

  /** The same list until a trade comes. */
  get entries(): readonly TapeEntry[] {
    this.#shown ??= this.#entries.slice(-this.#size).reverse();
    return this.#shown;
  }
}
