import type { Clock } from '../clock.ts';
import type { LinkState } from '../connection/link.ts';
import type { PriceEvent } from '../connection/price-event.ts';
import type { ChartFeed } from './chart-feed.ts';
import { Freshness } from './freshness.ts';
import type { MarketState } from './market-state.ts';
import type { PriceTitle } from './price-title.ts';
import type { SparkReader } from './spark-reader.ts';
import type { Tick } from './tick.ts';

export interface MarketFeedOptions {
  readonly market: MarketState;
  readonly chart: Pick<ChartFeed, 'tick' | 'reload' | 'status'>;
  readonly sparks: Pick<SparkReader, 'again'>;
  readonly title: Pick<PriceTitle, 'tick'>;
  readonly clock: Clock;
}

/** Brings what comes from the price stream into the market's state and the chart, and has read what was before or in between. */
export class MarketFeed {
  readonly #options: MarketFeedOptions;
  readonly #freshness: Freshness;
  #began = false;
  #seen = true;
  /** Ticks were missed that the chart and the lines are drawn from. */
  #missed = false;

  constructor(options: MarketFeedOptions) {
    this.#options = options;
    this.#freshness = new Freshness(options.clock, (state) => {
      options.market.link.value = state;
    });
  }

  event(event: PriceEvent): void {
    if (event.kind === 'tick') this.#tick(event.tick);
    else if (event.kind === 'status') this.#freshness.status(event.state);
    else {
      // A snapshot says nothing of how old its prices are.
      if (event.kind === 'newest') this.#freshness.tick();
      this.#newest(event.ticks);
    }
  }

  changed(link: LinkState): void {
    this.#freshness.link(link);
    const { chart } = this.#options;
    if (link === 'live' && chart.status.peek() === 'failed') void chart.reload();
  }

  /** Whether the page is seen: what is missing is read only then. */
  seen(seen: boolean): void {
    this.#seen = seen;
    this.#catchUp();
  }

  #tick(tick: Tick): void {
    const { market, chart, title } = this.#options;
    this.#freshness.tick();
    market.tick(tick);
    chart.tick(tick);
    title.tick();
  }

  /** There may be ticks between the last one and these: what was drawn from each tick is read anew. */
  #newest(ticks: readonly Tick[]): void {
    const { market, title } = this.#options;
    market.snapshot(ticks);
    title.tick();
    if (this.#began) this.#missed = true;
    this.#began = true;
    this.#catchUp();
  }

  #catchUp(): void {
    if (!this.#seen || !this.#missed) return;
    this.#missed = false;
    this.#options.sparks.again();
    void this.#options.chart.reload();
  }
}
