import type {
  CandleInterval,
  CandleRange,
  CandleRecord,
  CandleStore,
  CountedCandle,
  NewestCandle,
} from '../../server/engines/candle-store.ts';

/** Candles in memory, with the rules of the port, and with the faults that a test asks for. */
export class MemoryCandleStore implements CandleStore {
  readonly candles = new Map<string, CandleRecord>();
  isWriter = true;
  broken = false;
  puts = 0;
  reads = 0;

  async claim(): Promise<boolean> {
    this.#check();
    return this.isWriter;
  }

  async put(candles: readonly CandleRecord[]): Promise<void> {
    this.#check();
    this.puts++;
    for (const candle of candles) {
      const key = `${candle.symbol} ${candle.interval} ${candle.time}`;
      if (candle.ticks > (this.candles.get(key)?.ticks ?? 0)) this.candles.set(key, candle);
    }
  }

  async newest(): Promise<NewestCandle[]> {
    this.#check();
    const groups = Map.groupBy(this.candles.values(), ({ symbol, interval }) => `${symbol} ${interval}`);
    return [...groups.values()].flatMap((group) => group.toSorted((a, b) => b.time - a.time).slice(0, 1));
  }

  async read({ symbol, interval, from, before, limit, end }: CandleRange): Promise<CountedCandle[]> {
    this.#check();
    this.reads++;
    const all = [...this.candles.values()]
      .filter((each) => each.symbol === symbol && each.interval === interval && each.time >= from && each.time < before)
      .sort((one, other) => one.time - other.time);
    return end === 'newest' ? all.slice(-limit) : all.slice(0, limit);
  }

  async forget(interval: CandleInterval, before: number, limit: number): Promise<number> {
    this.#check();
    const old = [...this.candles]
      .filter(([, each]) => each.interval === interval && each.time < before)
      .slice(0, limit);
    for (const [key] of old) this.candles.delete(key);
    return old.length;
  }

  async close(): Promise<void> {}

  #check(): void {
    if (this.broken) throw new Error('away');
  }
}
