import { useApp } from '../app/context.ts';
import { amountText, priceText } from './format.ts';
import type { TapeEntry } from './trade-tape.ts';

const clock = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium' });

/** The newest trades of the chosen symbol, as they come in. */
export function Tape() {
  const { market } = useApp();
  const entries = market.tape.value;
  if (entries.length === 0) return null;
  return (
    <div class="tape">
      <h2 class="tape-title">
        Trades <span class="muted">{market.selected.value}</span>
      </h2>
      <table aria-hidden="true">
        <thead class="muted">
          <tr>
            <th>Price</th>
            <th class="number">Amount</th>
            <th class="number">Time</th>
          </tr>
        </thead>
        <tbody>
          {entries.map((entry, place) => (
            // A row is a place in the list, not a trade: only its texts change as trades come in.
            <TapeRow key={place} entry={entry} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function TapeRow({ entry: { tick, went } }: { entry: TapeEntry }) {
  return (
    <tr>
      <td class={went}>{priceText(tick.price)}</td>
      <td class="number">{amountText(tick.size)}</td>
      <td class="number muted">{clock.format(tick.time)}</td>
    </tr>
  );
}
