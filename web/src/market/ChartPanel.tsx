import { useApp } from '../app/context.ts';
import { Change } from './Change.tsx';
import { ChartCanvas } from './ChartCanvas.tsx';
import { IntervalSwitch } from './IntervalSwitch.tsx';
import type { Quote } from './market-state.ts';
import { Price } from './Price.tsx';

/** The chosen symbol: its price now, and its candles. */
export function ChartPanel() {
  const { market } = useApp();
  // Read for the render: a quote is there once the first prices are.
  void market.quotes.value;
  const quote = market.quote(market.selected.value);
  return (
    <section class="panel chart" aria-label="Chart" data-link={market.link.value}>
      <div class="panel-head">
        {quote !== undefined && <Headline key={quote.symbol} quote={quote} />}
        <IntervalSwitch />
      </div>
      <ChartCanvas />
    </section>
  );
}

function Headline({ quote }: { quote: Quote }) {
  return (
    <h2 class="headline">
      <span class="headline-symbol">{quote.symbol}</span>
      <Price quote={quote} lights="text" class="headline-price" data-testid="headline-price" />
      <Change change={quote.tick.value.change} />
    </h2>
  );
}
