import type { Tick } from './tick.ts';

/** A tick in the tape, with a number of its own. */
export interface TapeEntry {
  readonly number: number;
  readonly tick: Tick;
  /** Which way the price went. */
  readonly went: 'up' | 'down' | 'flat';
}

/** The newest trades of one symbol, newest first. */
export class TradeTape {
  readonly #size: number;
  #entries: TapeEntry[] = [];
  #number = 0;

  constructor(size: number) {
    this.#size = size;
  }

  add(tick: Tick): void {
    const before = this.#entries[0]?.tick.price ?? tick.price;
    const went = tick.price === before ? 'flat' : tick.price > before ? 'up' : 'down';
    this.#entries = [{ number: this.#number++, tick, went }, ...this.#entries.slice(0, this.#size - 1)];
  }

  clear(): void {
    this.#entries = [];
  }

  get entries(): readonly TapeEntry[] {
    return this.#entries;
  }
}
