import type { Api } from '../connection/api.ts';
import type { MarketState } from './market-state.ts';
import { SPARK_SPAN } from './spark.ts';

/** So many lines are read at a time: what a user scrolls past must not crowd out the rest of the page. */
const AT_ONCE = 3;

/** Reads the past of the lines that are seen, each once. */
export class SparkReader {
  readonly #market: MarketState;
  readonly #api: Pick<Api, 'candles'>;
  readonly #seen = new Set<string>();
  readonly #read = new Set<string>();
  #reading = 0;

  constructor(market: MarketState, api: Pick<Api, 'candles'>) {
    this.#market = market;
    this.#api = api;
  }

  /** A symbol's line is seen from now on, until the function that is returned is called. */
  show(symbol: string): () => void {
    this.#seen.add(symbol);
    this.#next();
    return () => {
      this.#seen.delete(symbol);
    };
  }

  /** Ticks were missed: what is seen is read again, and the rest when it is seen. */
  again(): void {
    this.#read.clear();
    this.#next();
  }

  #next(): void {
    for (const symbol of this.#seen) {
      if (this.#reading >= AT_ONCE) return;
      if (this.#read.has(symbol)) continue;
      this.#read.add(symbol);
      void this.#load(symbol);
    }
  }

  async #load(symbol: string): Promise<void> {
    this.#reading++;
    try {
      const candles = await this.#api.candles(symbol, '1s', SPARK_SPAN / 1_000);
      this.#market.loadSpark(
        symbol,
        candles.map(({ time, close }) => ({ time, price: close })),
      );
    } catch {
      // The line grows from now on.
    }
    this.#reading--;
    this.#next();
  }
}
