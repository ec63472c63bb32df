import { computed, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { Interval } from './candle.ts';
import { decimalsOf } from './format.ts';
import { Spark, type SparkPoint } from './spark.ts';
import type { Tick } from './tick.ts';
import { type TapeEntry, TradeTape } from './trade-tape.ts';

/** What can be said of the prices shown. `stale`: they may not be the newest. */
export type PriceState = 'connecting' | 'live' | 'stale' | 'offline';

/** One symbol, as a row shows it. */
export interface Quote {
  readonly symbol: string;
  readonly tick: Signal<Tick>;
  /** Its prices were seen with so many decimals at most. */
  readonly decimals: Signal<number>;
  readonly spark: Signal<readonly SparkPoint[]>;
}

interface Entry extends Quote {
  finest: number;
  readonly line: Spark;
  newest: Tick;
  sparkAt: number;
}

export interface MarketStateOptions {
  /** The symbol to begin with, if there is such a one. */
  readonly choice: string;
  readonly interval: Interval;
  /** Asks for one call of `publish`, soon. */
  readonly publishSoon: () => void;
  /** Milliseconds, from anywhere. */
  readonly now: () => number;
}

/** The tape as it is shown. */
export interface ShownTape {
  /** Newest first. */
  readonly entries: readonly TapeEntry[];
  /** How many trades came since it was held; undefined while it is not. */
  readonly missed: number | undefined;
}

/** More symbols than this are not shown. */
const SYMBOLS_SHOWN = 1_000;
const TAPE_SIZE = 60;
/** Trades are shown at most so often: nobody reads faster, and each time the rows move. */
const TAPE_EVERY = 100;
/** A sparkline is drawn anew at most so often, in milliseconds of the ticks' own time. */
const SPARK_EVERY = 1_000;

/** What the market shows. Ticks cost a few assignments each; signals change, and so views render, once a `publish`. */
export class MarketState {
  /** In the order of the symbols' names. */
  readonly quotes = signal<readonly Quote[]>([]);
  /** The symbol that the user wants. */
  readonly choice;
  /** The symbol that is shown: the choice, or the first where there is no such symbol. */
  readonly selected: ReadonlySignal<string>;
  readonly interval;
  readonly link = signal<PriceState>('connecting');
  /** The newest trades of the selected symbol. */
  readonly tape = signal<ShownTape>({ entries: [], missed: undefined });
  /** The time of the newest price, in milliseconds since 1970. */
  readonly newest = signal(0);
  /** Since when the prices shown may not be the newest; 0 where there are none. Undefined while they are. */
  readonly staleSince: ReadonlySignal<number | undefined>;
  readonly #options: MarketStateOptions;
  readonly #entries = new Map<string, Entry>();
  readonly #touched = new Set<Entry>();
  readonly #tape = new TradeTape(TAPE_SIZE);
  #taped = '';
  readonly #holders = new Set<string>();
  #heldAt = 0;
  /** The symbol whose trades are shown. */
  #shownOf = '';
  #newest = 0;
  /** When trades were shown the last time, and how many there had been then. */
  #tapeAt = Number.NEGATIVE_INFINITY;
  #tapeCount = 0;
  #added = false;

  constructor(options: MarketStateOptions) {
    this.#options = options;
    this.choice = signal(options.choice);
    this.selected = computed(() => {
      const wanted = this.choice.value;
      const [first] = this.quotes.value;
      return first === undefined || this.#entries.has(wanted) ? wanted : first.symbol;
    });
    this.interval = signal(options.interval);
    this.staleSince = computed(() =>
      this.link.value === 'stale' || this.link.value === 'offline' ? this.newest.value : undefined,
    );
  }

  quote(symbol: string): Quote | undefined {
    return this.#entries.get(symbol);
  }

  /** A symbol's newest tick, published or not. */
  newestOf(symbol: string): Tick | undefined {
    return this.#entries.get(symbol)?.newest;
  }

  /** How many decimals a symbol's prices were seen with, published or not. */
  finestOf(symbol: string): number | undefined {
    return this.#entries.get(symbol)?.finest;
  }

  select(symbol: string): void {
    this.choice.value = symbol;
    this.#publishTape();
  }

  /** The tape stands still as long as one of its holders wants it to. */
  holdTape(holder: string, held: boolean): void {
    if (held && this.#holders.size === 0) this.#heldAt = this.#tape.count;
    if (held) this.#holders.add(holder);
    else this.#holders.delete(holder);
    this.#publishTape();
  }

  /** A trade. */
  tick(tick: Tick): void {
    if (!this.#take(tick)) return;
    const selected = this.selected.peek();
    if (selected !== this.#taped) this.#tape.clear();
    this.#taped = selected;
    if (tick.symbol === selected) this.#tape.add(tick);
  }

  /** The newest of every symbol, that are no trades of now. */
  snapshot(ticks: readonly Tick[]): void {
    for (const tick of ticks) this.#take(tick);
  }

  /** A symbol's price of before. */
  loadSpark(symbol: string, points: readonly SparkPoint[]): void {
    const entry = this.#entries.get(symbol);
    if (entry === undefined) return;
    entry.line.load(points);
    entry.sparkAt = 0;
    this.#touch(entry);
  }

  /** Brings what has come in into the signals. */
  publish(): void {
    for (const entry of this.#touched) {
      entry.tick.value = entry.newest;
      entry.decimals.value = entry.finest;
      if (Math.abs(entry.newest.time - entry.sparkAt) < SPARK_EVERY) continue;
      entry.sparkAt = entry.newest.time;
      entry.spark.value = entry.line.points();
    }
    this.#touched.clear();
    if (this.#added) this.quotes.value = [...this.#entries.values()].toSorted(bySymbol);
    this.#added = false;
    this.newest.value = this.#newest;
    this.#tapeInTime();
  }

  /** The trades, or another try soon where they were shown just now. */
  #tapeInTime(): void {
    const now = this.#options.now();
    if (Math.abs(now - this.#tapeAt) < TAPE_EVERY) {
      if (this.#tape.count !== this.#tapeCount) this.#options.publishSoon();
      return;
    }
    if (this.#tape.count !== this.#tapeCount) this.#tapeAt = now;
    this.#publishTape();
  }

  #publishTape(): void {
    this.#tapeCount = this.#tape.count;
    const shown = this.tape.peek();
    const isOther = this.selected.peek() !== this.#taped;
    // What is held is the list of one symbol.
    if (this.#holders.size > 0 && !isOther && this.#shownOf === this.#taped) {
      const missed = this.#tape.count - this.#heldAt;
      if (missed !== shown.missed) this.tape.value = { entries: shown.entries, missed };
      return;
    }
    const entries = isOther ? NO_ENTRIES : this.#tape.entries;
    this.#shownOf = this.#taped;
    this.#heldAt = this.#tape.count;
    const missed = this.#holders.size > 0 ? 0 : undefined;
    if (entries !== shown.entries || missed !== shown.missed) this.tape.value = { entries, missed };
  }

  #take(tick: Tick): boolean {
    const entry = this.#entries.get(tick.symbol) ?? this.#add(tick);
    if (entry === undefined) return false;
    entry.newest = tick;
    entry.finest = Math.max(entry.finest, decimalsOf(tick.price));
    this.#newest = Math.max(this.#newest, tick.time);
    entry.line.add(tick);
    this.#touch(entry);
    return true;
  }

  #touch(entry: Entry): void {
    this.#touched.add(entry);
    this.#options.publishSoon();
  }

  #add(tick: Tick): Entry | undefined {
    if (this.#entries.size >= SYMBOLS_SHOWN) return undefined;
    const entry: Entry = {
      symbol: tick.symbol,
      tick: signal(tick),
      decimals: signal(0),
      finest: 0,
      spark: signal<readonly SparkPoint[]>([]),
      line: new Spark(),
      newest: tick,
      sparkAt: 0,
    };
    this.#entries.set(tick.symbol, entry);
    this.#added = true;
    return entry;
  }
}

const NO_ENTRIES: readonly TapeEntry[] = [];

function bySymbol(a: Quote, b: Quote): number {
  return a.symbol < b.symbol ? -1 : 1;
}
