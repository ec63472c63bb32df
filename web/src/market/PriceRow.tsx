import { useApp } from '../app/context.ts';
import { memo } from '../app/memo.ts';
import { Change } from './Change.tsx';
import type { Quote } from './market-state.ts';
import { Price } from './Price.tsx';
import { Sparkline } from './Sparkline.tsx';

/** One symbol of the watch list. Price, change and line render by themselves when their signals change. */
export const PriceRow = memo(({ quote, selected }: { quote: Quote; selected: boolean }) => (
  <PriceRowCells quote={quote} selected={selected} />
));

function PriceRowCells({ quote, selected }: { quote: Quote; selected: boolean }) {
  const { market } = useApp();
  const [base, counter] = quote.symbol.split('-');
  return (
    <tr
      class={selected ? 'price-row selected' : 'price-row'}
      data-testid="price-row"
      data-symbol={quote.symbol}
      // The button in the row is the same for the keyboard.
      onClick={() => market.select(quote.symbol)}
    >
      <th scope="row">
        <button type="button" class="symbol" aria-pressed={selected} onKeyDown={moveFocus}>
          <b>{base}</b>
          {counter !== undefined && <span class="symbol-counter">{counter}</span>}
        </button>
      </th>
      <td class="cell-spark">
        <Sparkline quote={quote} />
      </td>
      <td class="number">
        <Price quote={quote} lights="ground" class="price" data-testid="price" />
      </td>
      <td class="number">
        <QuoteChange quote={quote} />
      </td>
    </tr>
  );
}

function QuoteChange({ quote }: { quote: Quote }) {
  return <Change change={quote.tick.value.change} />;
}

/** Up and down go from symbol to symbol. */
function moveFocus(event: KeyboardEvent & { currentTarget: HTMLElement }): void {
  if (event.key !== 'ArrowUp' && event.key !== 'ArrowDown') return;
  const row = event.currentTarget.closest('tr');
  const other = event.key === 'ArrowUp' ? row?.previousElementSibling : row?.nextElementSibling;
  const button = other?.querySelector('button');
  if (button === null || button === undefined) return;
  event.preventDefault();
  button.focus();
  button.click();
}
