import type { Clock } from '../clock.ts';
import type { Api } from '../connection/api.ts';
import { type EventSourceLike, PriceStream } from '../connection/price-stream.ts';
import type { ChartFeed } from './chart-feed.ts';
import { Freshness } from './freshness.ts';
import type { MarketState } from './market-state.ts';
import { SPARK_SPAN } from './spark.ts';
import type { Tick } from './tick.ts';

export interface MarketFeedOptions {
  readonly market: MarketState;
  readonly chart: ChartFeed;
  readonly api: Pick<Api, 'candles'>;
  readonly clock: Clock;
  readonly random: () => number;
  open(url: string): EventSourceLike;
}

/** Sparklines are read for so many symbols; those of the others grow from now on. */
const SPARKS_READ = 24;

/** Brings the price stream into the market's state and the chart, and reads what was before or in between. */
export class MarketFeed {
  readonly stream: PriceStream;
  readonly #options: MarketFeedOptions;
  readonly #freshness: Freshness;
  readonly #known = new Set<string>();

  constructor(options: MarketFeedOptions) {
    this.#options = options;
    const { market, chart } = options;
    this.#freshness = new Freshness(options.clock, (state) => {
      market.link.value = state;
    });
    this.stream = new PriceStream({
      clock: options.clock,
      random: options.random,
      open: options.open,
      tick: (tick) => {
        this.#freshness.tick();
        this.#meet(tick);
        market.tick(tick);
        chart.tick(tick);
      },
      snapshot: (ticks) => this.#snapshot(ticks),
      status: (state) => this.#freshness.status(state),
      changed: (link) => {
        this.#freshness.link(link);
        if (link === 'live' && chart.status.peek() === 'failed') void chart.reload();
      },
    });
  }

  /** There may be ticks between the last one and these: what was drawn from each tick is read anew. */
  #snapshot(ticks: readonly Tick[]): void {
    const { market, chart } = this.#options;
    const again = this.#known.size > 0;
    if (again) this.#known.clear();
    market.snapshot(ticks);
    for (const tick of ticks) this.#meet(tick);
    if (again) void chart.reload();
  }

  #meet(tick: Tick): void {
    if (this.#known.has(tick.symbol) || this.#known.size >= SPARKS_READ) return;
    this.#known.add(tick.symbol);
    void this.#readSpark(tick.symbol);
  }

  async #readSpark(symbol: string): Promise<void> {
    try {
      const candles = await this.#options.api.candles(symbol, '1s', SPARK_SPAN / 1_000);
      this.#options.market.loadSpark(
        symbol,
        candles.map(({ time, close }) => ({ time, price: close })),
      );
    } catch {
      // The line grows from now on.
    }
  }
}
