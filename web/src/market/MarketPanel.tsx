import { useSignal } from '@preact/signals';
import { useApp } from '../app/context.ts';
import { Search } from './Search.tsx';
import { Tape } from './Tape.tsx';
import { WatchListView } from './WatchListView.tsx';

const PARTS = { list: 'List', trades: 'Trades' } as const;
type Part = keyof typeof PARTS;
const NAMES = Object.keys(PARTS) as Part[]; // Object.keys cannot know more than string.

/** The left side: the watch list, and under it the trades of the chosen symbol; one of both where there is little room. */
export function MarketPanel() {
  const { market } = useApp();
  const part = useSignal<Part>('list');
  return (
    <section class="panel market" aria-label="Market" data-link={market.link.value} data-part={part.value}>
      <div class="panel-head market-head">
        <Search
          onUse={() => {
            part.value = 'list';
          }}
        />
        <fieldset class="segments market-parts">
          <legend class="visually-hidden">Shown under the chart</legend>
          {NAMES.map((name) => (
            <label key={name} class="segment">
              <input
                type="radio"
                name="market-part"
                class="visually-hidden"
                value={name}
                checked={part.value === name}
                onChange={() => {
                  part.value = name;
                }}
              />
              {PARTS[name]}
            </label>
          ))}
        </fieldset>
      </div>
      <WatchListView />
      <Tape />
    </section>
  );
}
