import { useEffect, useRef } from 'preact/hooks';
import { useApp } from '../app/context.ts';
import { Icon } from '../app/Icon.tsx';
import { isTypedInto } from '../app/typed-into.ts';
import { WATCH_GRID } from './WatchListView.tsx';

/** Finds symbols. The key `/` leads here from wherever nothing is typed. */
export function Search({ onUse }: { onUse: () => void }) {
  const { market, watch, view } = useApp();
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const focus = (event: KeyboardEvent): void => {
      if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey || isTypedInto(event.target)) return;
      event.preventDefault();
      view.tab.value = 'prices';
      input.current?.focus();
      input.current?.select();
    };
    document.addEventListener('keydown', focus);
    return () => document.removeEventListener('keydown', focus);
  }, []);
  const keys: Record<string, () => void> = {
    ArrowDown: () => document.getElementById(WATCH_GRID)?.focus(),
    Enter: () => {
      const [first] = watch.rows.peek();
      if (first === undefined) return;
      market.select(first.symbol);
      watch.query.value = '';
    },
    Escape: () => {
      if (watch.query.peek() === '') input.current?.blur();
      watch.query.value = '';
    },
  };
  return (
    <search class="watch-search">
      <Icon name="search" />
      <input
        ref={input}
        type="text"
        inputMode="search"
        enterKeyHint="search"
        autoComplete="off"
        spellcheck={false}
        maxLength={64}
        placeholder="Search symbols"
        aria-label="Search symbols"
        aria-keyshortcuts="/"
        data-testid="watch-search"
        value={watch.query.value}
        onFocus={onUse}
        onInput={(event) => {
          watch.query.value = event.currentTarget.value;
        }}
        onKeyDown={(event) => {
          const act = keys[event.key];
          if (act === undefined) return;
          event.preventDefault();
          act();
        }}
      />
      <span class="watch-key" aria-hidden="true">
        /
      </span>
    </search>
  );
}
