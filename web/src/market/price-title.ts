import { computed, effect, type ReadonlySignal, signal } from '@preact/signals';
import type { Clock } from '../clock.ts';
import { priceDecimals, priceText } from './format.ts';
import type { MarketState } from './market-state.ts';

/** A title that changes faster is not read, and each change goes through the whole browser. */
const EVERY_MS = 1_000;

/**
 * The price of the chosen symbol, for the title of the tab, where it can be read while another tab is looked at. Ticks drive it
 * and not a timer: a hidden tab's timers may run once a minute.
 */
export class PriceTitle {
  /** Undefined while the price is not the newest: a title has no way to say so. */
  readonly text: ReadonlySignal<string | undefined>;
  readonly #market: MarketState;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #shown = signal<string | undefined>(undefined);
  #shownAt = Number.NEGATIVE_INFINITY;

  constructor(market: MarketState, clock: Pick<Clock, 'now'>) {
    this.#market = market;
    this.#clock = clock;
    this.text = computed(() => (market.link.value === 'live' ? this.#shown.value : undefined));
    effect(() => this.#show(market.selected.value));
  }

  /** A price has come in. */
  tick(): void {
    if (this.#clock.now() - this.#shownAt >= EVERY_MS) this.#show(this.#market.selected.peek());
  }

  #show(symbol: string): void {
    const tick = this.#market.newestOf(symbol);
    if (tick === undefined) return;
    this.#shownAt = this.#clock.now();
    this.#shown.value = `${priceText(tick.price, priceDecimals(tick.price, this.#market.finestOf(symbol)))} ${symbol}`;
  }
}
