// biome-ignore-all lint/a11y/useSemanticElements: a table lays out all of its rows anew when one of its texts changes; this grid does not, and its focus is on the grid.
// biome-ignore-all lint/a11y/useFocusableInteractive: see above.
// biome-ignore-all lint/a11y/useKeyWithClickEvents: the keys are the grid's.
import { useSignal, useSignalEffect } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { useApp } from '../app/context.ts';
import type { Quote } from './market-state.ts';
import { PriceRow, rowId } from './PriceRow.tsx';
import { HEAD_HEIGHT, ROW_HEIGHT, rowWindow, scrollTo } from './row-window.ts';
import { SortHeader } from './SortHeader.tsx';

/** The order follows the prices so often, in milliseconds. */
const RESORT_MS = 2_000;
/** What is made before the list knows its height. */
const FIRST_HEIGHT = 600;

/** The id of the list in the document. */
export const WATCH_GRID = 'watch-grid';

/** Every symbol with its price and how it went: only the rows that are seen exist, so that there may be hundreds. */
export function WatchListView() {
  const { market, watch } = useApp();
  const scroller = useRef<HTMLDivElement>(null);
  const top = useSignal(0);
  const height = useSignal(FIRST_HEIGHT);
  useListHeight(scroller, (pixels) => {
    height.value = pixels;
  });
  useResort(scroller);
  const rows = watch.rows.value;
  const activeAt = rows.findIndex(({ symbol }) => symbol === watch.active.value);
  const { from, to } = rowWindow(rows.length, top.value, height.value);
  const goTo = (row: number): void => {
    const quote = rows[Math.max(0, Math.min(rows.length - 1, row))];
    if (quote === undefined || scroller.current === null) return;
    watch.active.value = quote.symbol;
    scroller.current.scrollTop = scrollTo(rows.indexOf(quote), scroller.current.scrollTop, height.peek());
  };
  const isSelected = (quote: Quote): boolean => quote.symbol === market.selected.value;
  const page = Math.max(1, Math.floor(height.value / ROW_HEIGHT) - 1);
  const keys: Record<string, () => void> = {
    ArrowDown: () => goTo(activeAt + 1),
    ArrowUp: () => goTo(activeAt < 0 ? rows.length - 1 : activeAt - 1),
    PageDown: () => goTo(activeAt + page),
    PageUp: () => goTo(activeAt - page),
    Home: () => goTo(0),
    End: () => goTo(rows.length - 1),
    Enter: () => market.select(watch.active.peek() ?? market.selected.peek()),
    ' ': () => market.select(watch.active.peek() ?? market.selected.peek()),
    s: () => watch.star(watch.active.peek() ?? market.selected.peek()),
  };
  return (
    <div class="watch-list">
      {/* The focus stays on the grid while the keys move through its rows: a row that scrolls away takes nothing with it. */}
      <div
        id={WATCH_GRID}
        class="watch-grid"
        role="grid"
        tabIndex={0}
        ref={scroller}
        aria-label="Prices"
        aria-rowcount={rows.length + 1}
        aria-describedby="watch-keys"
        aria-activedescendant={activeAt >= from && activeAt < to ? rowId(rows[activeAt]?.symbol ?? '') : undefined}
        data-testid="watch-grid"
        // As high as all rows, also while a search shows few of them: nothing beside the list jumps.
        style={{ height: `${HEAD_HEIGHT + market.quotes.value.length * ROW_HEIGHT}px` }}
        onScroll={(event) => {
          top.value = event.currentTarget.scrollTop;
        }}
        onFocus={(event) => {
          if (event.target === event.currentTarget && activeAt < 0) goTo(rows.findIndex(isSelected));
        }}
        onBlur={() => {
          watch.active.value = undefined;
        }}
        onKeyDown={(event) => {
          const act = keys[event.key];
          const forButton = event.target !== event.currentTarget;
          if (act === undefined || forButton || event.ctrlKey || event.metaKey || event.altKey) return;
          event.preventDefault();
          act();
        }}
      >
        <SortHeader />
        <div class="watch-space" role="rowgroup" style={{ height: `${rows.length * ROW_HEIGHT}px` }}>
          {rows.slice(from, to).map((quote, i) => (
            <PriceRow
              key={quote.symbol}
              quote={quote}
              row={from + i}
              selected={isSelected(quote)}
              active={quote.symbol === watch.active.value}
              favourite={watch.favourites.value.has(quote.symbol)}
            />
          ))}
        </div>
      </div>
      {rows.length === 0 && <NoRows />}
      <p id="watch-keys" class="visually-hidden">
        Arrow keys move, Enter shows the chart, S marks as a favourite, slash searches.
      </p>
      {/* Said when a search finds something else, and never for a price. */}
      <p class="visually-hidden" role="status" data-testid="watch-found">
        {watch.query.value.trim() !== '' && `${rows.length} ${rows.length === 1 ? 'symbol' : 'symbols'} found`}
      </p>
    </div>
  );
}

function NoRows() {
  const { market, watch } = useApp();
  const query = watch.query.value.trim();
  if (market.quotes.value.length > 0 && query !== '') {
    return (
      <div class="empty none-found" data-testid="watch-empty">
        <p>No symbol matches “{query}”.</p>
        <button
          type="button"
          class="link-button"
          onClick={() => {
            watch.query.value = '';
          }}
        >
          Show all
        </button>
      </div>
    );
  }
  const waiting = market.link.value === 'connecting' || market.link.value === 'live';
  return (
    <p class="empty">{waiting ? 'Waiting for the first prices…' : 'There are no prices. The page goes on trying.'}</p>
  );
}

function useListHeight(scroller: { readonly current: HTMLElement | null }, told: (pixels: number) => void): void {
  useEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    const observer = new ResizeObserver(() => told(element.clientHeight - HEAD_HEIGHT));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
}

/** Rows change places with their prices, but not under a pointer or while the keys are among them, and not unseen. */
function useResort(scroller: { readonly current: HTMLElement | null }): void {
  const { watch, view } = useApp();
  useSignalEffect(() => {
    if (view.pageHidden.value || watch.sort.value.key === 'symbol') return;
    const timer = setInterval(() => {
      const list = scroller.current;
      if (list?.matches(':hover') === true || list === document.activeElement) return;
      watch.resort();
    }, RESORT_MS);
    return () => clearInterval(timer);
  });
}
