import type { Clock } from '../clock.ts';
import { type EventSourceLike, PriceStream } from '../connection/price-stream.ts';
import type { ChartFeed } from './chart-feed.ts';
import { Freshness } from './freshness.ts';
import type { MarketState } from './market-state.ts';
import type { PriceTitle } from './price-title.ts';
import type { SparkReader } from './spark-reader.ts';
import type { Tick } from './tick.ts';

export interface MarketFeedOptions {
  readonly market: MarketState;
  readonly chart: ChartFeed;
  readonly sparks: Pick<SparkReader, 'again'>;
  readonly title: Pick<PriceTitle, 'tick'>;
  readonly clock: Clock;
  readonly random: () => number;
  open(url: string): EventSourceLike;
}

/** Brings the price stream into the market's state and the chart, and reads what was before or in between. */
export class MarketFeed {
  readonly stream: PriceStream;
  readonly #options: MarketFeedOptions;
  readonly #freshness: Freshness;
  #began = false;

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
        market.tick(tick);
        chart.tick(tick);
        options.title.tick();
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
    const { market, chart, sparks, title } = this.#options;
    market.snapshot(ticks);
    title.tick();
    if (this.#began) {
      sparks.again();
      void chart.reload();
    }
    this.#began = true;
  }
}
