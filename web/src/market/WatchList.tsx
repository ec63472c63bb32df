import { useApp } from '../app/context.ts';
import { PriceRow } from './PriceRow.tsx';

/** Every symbol with its price and how it went. */
export function WatchList() {
  const { market } = useApp();
  const quotes = market.quotes.value;
  return (
    <div class="watch-list">
      <table>
        <caption class="visually-hidden">Prices</caption>
        <thead>
          <tr>
            <th scope="col">Symbol</th>
            <th scope="col" class="cell-spark">
              5 min
            </th>
            <th scope="col" class="number">
              Price
            </th>
            <th scope="col" class="number">
              24 h
            </th>
          </tr>
        </thead>
        <tbody>
          {quotes.map((quote) => (
            <PriceRow key={quote.symbol} quote={quote} selected={quote.symbol === market.selected.value} />
          ))}
        </tbody>
      </table>
      {quotes.length === 0 && <NoPrices />}
    </div>
  );
}

function NoPrices() {
  const { market } = useApp();
  const waiting = market.link.value === 'connecting' || market.link.value === 'live';
  return (
    <p class="empty">{waiting ? 'Waiting for the first prices…' : 'There are no prices. The page goes on trying.'}</p>
  );
}
