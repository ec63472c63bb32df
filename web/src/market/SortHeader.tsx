// biome-ignore-all lint/a11y/useSemanticElements: a table lays out all of its rows anew when one of its texts changes; this grid does not, and its focus is on the grid.
// biome-ignore-all lint/a11y/useFocusableInteractive: see above.
// biome-ignore-all lint/a11y/useKeyWithClickEvents: the keys are the grid's.
import { useApp } from '../app/context.ts';
import type { SortKey } from './watch-list.ts';

/** The head of the watch list: each column but the line sorts, and sorts the other way round the second time. */
export function SortHeader() {
  return (
    <div class="watch-head" role="row" aria-rowindex={1}>
      <Column by="symbol" label="Symbol" />
      <span class="cell-spark" role="columnheader">
        5 min
      </span>
      <Column by="price" label="Price" />
      <Column by="change" label="24 h" />
    </div>
  );
}

const ARROWS = { ascending: '▲', descending: '▼' } as const;

function Column({ by, label }: { by: SortKey; label: string }) {
  const { watch } = useApp();
  const { key, descending } = watch.sort.value;
  const way = key !== by ? undefined : descending ? 'descending' : 'ascending';
  return (
    <span class={`cell-${by}`} role="columnheader" aria-sort={way ?? 'none'}>
      <button type="button" class="sort" data-testid={`sort-${by}`} onClick={() => watch.sortBy(by)}>
        {label}
        <span class="sort-arrow" aria-hidden="true">
          {way === undefined ? '' : ARROWS[way]}
        </span>
      </button>
    </span>
  );
}
