import { useSignal } from '@preact/signals';
import { useApp } from '../app/context.ts';
import { Icon } from '../app/Icon.tsx';
import { memo } from '../app/memo.ts';
import { priceDecimals, priceText, sizeText, timeText } from './format.ts';
import type { TapeEntry } from './trade-tape.ts';

/** The newest trades of the chosen symbol, as they come in. They stand still under the pointer, and while paused. */
export function Tape() {
  const { market } = useApp();
  const paused = useSignal(false);
  const { entries, missed } = market.tape.value;
  const finest = market.quote(market.selected.value)?.decimals.value;
  return (
    <section
      class="tape"
      aria-label={`Trades ${market.selected.value}`}
      data-testid="tape"
      onPointerEnter={(event) => {
        if (event.pointerType === 'mouse') market.holdTape('pointer', true);
      }}
      onPointerLeave={() => market.holdTape('pointer', false)}
    >
      <div class="tape-head">
        <h2 class="tape-title">
          Trades <span class="muted">{market.selected.value}</span>
        </h2>
        {missed !== undefined && (
          <span class="tape-held" data-testid="tape-held">
            Paused{missed > 0 && `, ${missed > 999 ? '999+' : missed} new`}
          </span>
        )}
        <button
          type="button"
          class="tape-pause"
          aria-pressed={paused.value}
          aria-label="Pause the trades"
          title={paused.value ? 'Go on' : 'Pause'}
          data-testid="tape-pause"
          onClick={() => {
            paused.value = !paused.value;
            market.holdTape('button', paused.value);
          }}
        >
          <Icon name={paused.value ? 'play' : 'pause'} />
        </button>
      </div>
      <div class="tape-rows">
        <table>
          <thead class="muted">
            <tr>
              <th scope="col">Price</th>
              <th scope="col">Side</th>
              <th scope="col" class="number">
                Amount
              </th>
              <th scope="col" class="number">
                Time
              </th>
            </tr>
          </thead>
          <tbody>
            {entries.map((entry) => (
              <TapeRow key={entry.number} entry={entry} finest={finest} />
            ))}
          </tbody>
        </table>
        {entries.length === 0 && <p class="tape-empty">No trades yet. They show here as they are made.</p>}
      </div>
    </section>
  );
}

const SIDES = { buy: '▲ Buy', sell: '▼ Sell' } as const;
const WAYS = { buy: 'up', sell: 'down' } as const;

/** A trade never changes: its row is made once. */
const TapeRow = memo(({ entry: { tick, large }, finest }: { entry: TapeEntry; finest: number | undefined }) => {
  const way = tick.side === undefined ? '' : WAYS[tick.side];
  return (
    <tr class={large ? `large ${way}` : undefined} data-testid="trade" data-large={large}>
      <td class={way}>{priceText(tick.price, priceDecimals(tick.price, finest))}</td>
      <td class={way}>{tick.side === undefined ? '–' : SIDES[tick.side]}</td>
      <td class="number">
        {large && (
          <span class="tape-large" title="Much more than usual">
            <span aria-hidden="true">◆</span>
            <span class="visually-hidden">Large: </span>
          </span>
        )}
        {sizeText(tick.size, tick.price)}
      </td>
      <td class="number muted">{timeText(tick.time)}</td>
    </tr>
  );
});
