import type { Clock, Timer } from '../clock.ts';
import type { CandleInterval, CandleRecord, CandleStore } from '../engines/candle-store.ts';
import type { Logger } from '../log.ts';
import { type Candles, candleIntervals } from './candles.ts';

export interface CandleRecorderOptions {
  readonly recent: Candles;
  readonly store: Pick<CandleStore, 'claim' | 'put' | 'newest' | 'forget'>;
  readonly clock: Clock;
  readonly log: Logger;
  /** For how many days candles of an interval are kept; those of one that is not named are not. */
  readonly days: { readonly [I in CandleInterval]?: number };
}

/** How often it is looked what is new, in milliseconds: so much of the newest candles is lost with the log, at most. */
const EVERY = 10_000;
/** How often old candles are looked for, in milliseconds. */
const FORGET_EVERY = 3_600_000;
/** Candles of one `put`, and of one step of forgetting. */
const STEP = 500;
/** Others have their turn at the database between two steps of forgetting, in milliseconds. */
const PAUSE = 50;
const DAY = 86_400_000;
const intervals = Object.keys(candleIntervals) as readonly CandleInterval[]; // keys of a constant

interface Written {
  readonly time: number;
  readonly ticks: number;
}

/**
 * Writes candles into the store: every instance makes the same ones, and the one that the store names writes them, the open
 * ones too. Who becomes the writer goes on from the newest that are stored, so what the last one left out is made good, as
 * far back as memory reaches.
 */
export class CandleRecorder {
  /** Candles written, of which some were written before; times that writing failed; candles deleted as too old. */
  readonly stats = { written: 0, failed: 0, forgotten: 0 };
  readonly #options: CandleRecorderOptions;
  readonly #timer: Timer;
  /** The newest candle written, by interval and symbol; `undefined` while another instance writes. */
  #written: Map<string, Written> | undefined;
  #forgotAt = Number.NEGATIVE_INFINITY;
  #running: Promise<void> | undefined;
  #pause: { readonly timer: Timer; readonly go: () => void } | undefined;
  #failing = false;
  #closed = false;

  constructor(options: CandleRecorderOptions) {
    this.#options = options;
    this.#timer = options.clock.every(EVERY, () => void this.record());
  }

  /** Whether this instance is the one that writes. */
  get active(): boolean {
    return this.#written !== undefined;
  }

  /** Writes what is new. Never rejects; called while it is under way, it is that one's end that is waited for. */
  record(): Promise<void> {
    this.#running ??= this.#record().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  /** Writes all that is new, also what still grows. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#timer.cancel();
    this.#pause?.timer.cancel();
    this.#pause?.go();
    await this.#running;
    await this.record();
  }

  async #record(): Promise<void> {
    const { log } = this.#options;
    try {
      await this.#claim();
      if (this.#written === undefined) return;
      await this.#write(this.#written);
      await this.#forget();
      if (this.#failing) log.info({}, 'candles are stored again');
      this.#failing = false;
    } catch (error) {
      this.stats.failed++;
      if (!this.#failing) log.warn({ err: error }, 'candles cannot be stored: it is tried again');
      this.#failing = true;
    }
  }

  async #claim(): Promise<void> {
    const { store } = this.#options;
    if (!(await store.claim())) this.#written = undefined;
    else if (this.#written === undefined) {
      const newest = await store.newest();
      // How many ticks those have does not matter: each is written once more, and the fuller one stays.
      this.#written = new Map(
        newest.map(({ symbol, interval, time }) => [keyOf(symbol, interval), { time, ticks: 0 }]),
      );
    }
  }

  async #write(written: Map<string, Written>): Promise<void> {
    const { recent, store, days } = this.#options;
    let step: CandleRecord[] = [];
    const put = async (): Promise<void> => {
      await store.put(step);
      for (const { symbol, interval, time, ticks } of step) written.set(keyOf(symbol, interval), { time, ticks });
      this.stats.written += step.length;
      step = [];
    };
    for (const symbol of recent.symbols()) {
      for (const interval of intervals.filter((each) => days[each] !== undefined)) {
        for (const candle of this.#fresh(symbol, interval, written.get(keyOf(symbol, interval)))) {
          step.push(candle);
          if (step.length === STEP) await put();
        }
      }
    }
    if (step.length > 0) await put();
  }

  /** What was not written yet, or has grown since. */
  #fresh(symbol: string, interval: CandleInterval, last: Written | undefined): CandleRecord[] {
    const candles = this.#options.recent.since(symbol, interval, last?.time ?? 0);
    // It is over before the next look: why write it twice.
    if (interval === '1s' && !this.#closed) candles.pop();
    const [first] = candles;
    if (first !== undefined && first.time === last?.time && first.ticks === last.ticks) candles.shift();
    return candles.map((candle) => ({ symbol, interval, ...candle }));
  }

  async #forget(): Promise<void> {
    const { clock, store, days } = this.#options;
    if (this.#closed || clock.monotonic() - this.#forgotAt < FORGET_EVERY) return;
    this.#forgotAt = clock.monotonic();
    for (const interval of intervals) {
      const kept = days[interval];
      const before = kept === undefined ? Number.MAX_SAFE_INTEGER : clock.now() - kept * DAY;
      for (let deleted = STEP; deleted === STEP && !this.#closed; ) {
        deleted = await store.forget(interval, before, STEP);
        this.stats.forgotten += deleted;
        if (deleted === STEP) await this.#rest();
      }
    }
  }

  #rest(): Promise<void> {
    return new Promise((go) => {
      this.#pause = { timer: this.#options.clock.after(PAUSE, go), go };
    });
  }
}

function keyOf(symbol: string, interval: CandleInterval): string {
  return `${interval} ${symbol}`;
}
