import type { Candle, CandleInterval, CandleStore, CountedCandle } from '../engines/candle-store.ts';
import { Refusal } from '../errors.ts';
import type { Candles } from './candles.ts';

export interface CandleHistoryOptions {
  /** What this instance made of the ticks that it read. */
  readonly recent: Candles;
  readonly store: Pick<CandleStore, 'read'>;
  has(symbol: string): boolean;
}

/** One symbol and interval. */
export interface CandleKey {
  readonly symbol: string;
  readonly interval: CandleInterval;
}

export interface CandlePage {
  /** Oldest first. */
  readonly candles: readonly Candle[];
  /** The store could not be asked: older candles than these may be there. */
  readonly partial?: true;
}

/** Candles that are read and handed on in one piece. */
const PIECE = 1_000;
/** Every candle begins before it. */
const EVER = Number.MAX_SAFE_INTEGER;

/**
 * Candles from memory and, older than those, from the store. Where the two meet there is no seam: memory counts from the
 * first candle of which all ticks were seen, and before it of two candles the one of more ticks, as in the store itself.
 */
export class CandleHistory {
  readonly #options: CandleHistoryOptions;

  constructor(options: CandleHistoryOptions) {
    this.#options = options;
  }

  /**
   * The newest candles, or the newest of those that began before a time. Where the store does not answer, the newest ones are
   * what memory has; an older page is refused, as an empty one would mean that there are none.
   */
  async page(key: CandleKey, before: number | undefined, limit: number): Promise<CandlePage> {
    const { recent, store } = this.#options;
    const { symbol, interval } = key;
    const edge = this.#edge(key, before ?? EVER);
    const whole = recent.before(symbol, interval, before ?? EVER, limit).filter(({ time }) => time >= edge);
    if (whole.length === limit) return { candles: whole.map(shown) };
    const rest = limit - whole.length;
    const unsure = recent.before(symbol, interval, edge, 1);
    try {
      const stored = await store.read({ ...key, from: 0, before: edge, limit: rest, end: 'newest' });
      const candles = [...fuller(stored, unsure).slice(-rest), ...whole];
      if (candles.length === 0) this.refuseUnknown(symbol);
      return { candles: candles.map(shown) };
    } catch (error) {
      if (error instanceof Refusal) throw error;
      if (before !== undefined || !this.#options.has(symbol)) throw new Refusal('store-down', DOWN, { cause: error });
      return { candles: [...unsure.slice(-rest), ...whole].map(shown), partial: true };
    }
  }

  /** All candles from one time to another, oldest first, in pieces, at most `limit`. Rejects where the store does not answer. */
  async *all(key: CandleKey, from: number, before: number, limit: number): AsyncGenerator<readonly Candle[]> {
    let [next, left] = [from, limit];
    while (left > 0) {
      const edge = this.#edge(key, before);
      const most = Math.min(left, PIECE);
      const fromStore = next < edge;
      const piece = fromStore ? await this.#stored(key, next, edge, most) : this.#remembered(key, next, before, most);
      if (piece.length > 0) yield piece.map(shown);
      left -= piece.length;
      // What the store has ends before the edge; memory goes on there.
      if (piece.length < most && !fromStore) return;
      next = piece.length < most ? edge : (piece.at(-1)?.time ?? edge) + 1;
    }
  }

  /** Refuses a symbol that nobody knows, after it was seen that it has no candles. */
  refuseUnknown(symbol: string): void {
    if (!this.#options.has(symbol)) throw new Refusal('unknown-symbol', `There is no symbol ${symbol}.`);
  }

  /** From here on memory knows better than the store. */
  #edge({ symbol, interval }: CandleKey, before: number): number {
    return Math.min(before, this.#options.recent.wholeFrom(symbol, interval));
  }

  async #stored(key: CandleKey, from: number, edge: number, limit: number): Promise<readonly CountedCandle[]> {
    const { recent, store } = this.#options;
    const unsure = recent.before(key.symbol, key.interval, edge, 1).filter(({ time }) => time >= from);
    const stored = await store.read({ ...key, from, before: edge, limit, end: 'oldest' }).catch((error: unknown) => {
      throw new Refusal('store-down', DOWN, { cause: error });
    });
    // A full piece ends before what memory is unsure of, or with it: then it comes in its turn.
    const isLast = stored.length < limit;
    return isLast ? fuller(stored, unsure).slice(0, limit) : stored;
  }

  #remembered({ symbol, interval }: CandleKey, from: number, before: number, limit: number): readonly CountedCandle[] {
    const since = this.#options.recent.since(symbol, interval, from).filter(({ time }) => time < before);
    return since.slice(0, limit);
  }
}

const DOWN = 'The store of the candles does not answer: older candles cannot be read now.';

/** Both together, oldest first; of two of one time the one that is made of more ticks. */
function fuller(stored: readonly CountedCandle[], others: readonly CountedCandle[]): CountedCandle[] {
  const byTime = new Map(stored.map((candle) => [candle.time, candle]));
  for (const candle of others) {
    if (candle.ticks > (byTime.get(candle.time)?.ticks ?? 0)) byTime.set(candle.time, candle);
  }
  return [...byTime.values()].sort((one, other) => one.time - other.time);
}

function shown({ time, open, high, low, close, volume }: CountedCandle): Candle {
  return { time, open, high, low, close, volume };
}
