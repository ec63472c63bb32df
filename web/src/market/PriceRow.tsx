// biome-ignore-all lint/a11y/useSemanticElements: a table lays out all of its rows anew when one of its texts changes; this grid does not, and its focus is on the grid.
// biome-ignore-all lint/a11y/useFocusableInteractive: see above.
// biome-ignore-all lint/a11y/useKeyWithClickEvents: the keys are the grid's.
import { useEffect } from 'preact/hooks';
import { useApp } from '../app/context.ts';
import { Icon } from '../app/Icon.tsx';
import { memo } from '../app/memo.ts';
import { Change } from './Change.tsx';
import type { Quote } from './market-state.ts';
import { Price } from './Price.tsx';
import { ROW_HEIGHT } from './row-window.ts';
import { Sparkline } from './Sparkline.tsx';

export interface PriceRowProps {
  readonly quote: Quote;
  /** Its place in the whole list, from 0. */
  readonly row: number;
  readonly selected: boolean;
  /** The keys are at it. */
  readonly active: boolean;
  readonly favourite: boolean;
}

/** The id of a symbol's row in the document. */
export function rowId(symbol: string): string {
  return `row-${symbol}`;
}

/** One symbol of the watch list. Price, change and line render by themselves when their signals change. */
export const PriceRow = memo((props: PriceRowProps) => <PriceRowCells {...props} />);

function PriceRowCells({ quote, row, selected, active, favourite }: PriceRowProps) {
  const { market, sparks } = useApp();
  const { symbol } = quote;
  // A line's past is read when it is first seen.
  useEffect(() => sparks.show(symbol), [symbol]);
  const [base, counter] = symbol.split('-');
  return (
    // The keys are those of the grid.
    <div
      id={rowId(symbol)}
      role="row"
      aria-rowindex={row + 2}
      aria-selected={selected}
      class={`price-row${selected ? ' selected' : ''}${active ? ' active' : ''}`}
      style={{ transform: `translateY(${row * ROW_HEIGHT}px)` }}
      data-testid="price-row"
      data-symbol={symbol}
      onClick={() => market.select(symbol)}
    >
      <span class="cell-symbol" role="rowheader">
        <Star symbol={symbol} favourite={favourite} />
        <b>{base}</b>
        {counter !== undefined && <span class="symbol-counter">{counter}</span>}
      </span>
      <span class="cell-spark" role="gridcell">
        <Sparkline quote={quote} />
      </span>
      <span class="cell-price" role="gridcell">
        <Price quote={quote} lights="ground" class="price" data-testid="price" />
      </span>
      <span class="cell-change" role="gridcell">
        <QuoteChange quote={quote} />
      </span>
    </div>
  );
}

function Star({ symbol, favourite }: { symbol: string; favourite: boolean }) {
  const { watch } = useApp();
  return (
    <button
      type="button"
      class={favourite ? 'star starred' : 'star'}
      // By keys it is S in the list.
      tabIndex={-1}
      aria-pressed={favourite}
      aria-label={`Favourite ${symbol}`}
      data-testid="star"
      onClick={(event) => {
        event.stopPropagation();
        watch.star(symbol);
      }}
    >
      <Icon name={favourite ? 'starred' : 'star'} />
    </button>
  );
}

function QuoteChange({ quote }: { quote: Quote }) {
  return <Change change={quote.tick.value.change} />;
}
