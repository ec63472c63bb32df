import { useEffect, useRef, useState } from 'preact/hooks';
import { memo } from '../../app/memo.ts';
import type { Row } from '../filter.ts';

/** Height of a row, in pixels; `lab.css` has the same number. */
const ROW = 28;
/** Rows above and below what is seen that are there too. */
const SPARE = 6;
/** So near to its end the list follows what comes. */
const AT_END = 40;

interface Props {
  rows: readonly Row[];
  chosen: number | undefined;
  choose(row: Row): void;
}

/** The entries, newest last. Only the rows that are seen exist, so that hundreds a second cost no more than a screenful. */
export function FrameList({ rows, chosen, choose }: Props) {
  const list = useRef<HTMLDivElement>(null);
  const following = useRef(true);
  const lastTop = useRef(0);
  const [view, setView] = useState({ top: 0, height: 600 });
  useEffect(() => {
    const element = list.current;
    if (element !== null && following.current) element.scrollTop = element.scrollHeight;
  }, [rows]);
  const look = (): void => {
    const element = list.current;
    if (element === null) return;
    // Rows that came meanwhile are no reason to stop; only who scrolls up does.
    if (element.scrollHeight - element.scrollTop - element.clientHeight < AT_END) following.current = true;
    else if (element.scrollTop < lastTop.current) following.current = false;
    lastTop.current = element.scrollTop;
    setView({ top: element.scrollTop, height: element.clientHeight });
  };
  useEffect(() => {
    const element = list.current;
    if (element === null) return;
    const observer = new ResizeObserver(look);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  const first = Math.max(0, Math.floor(view.top / ROW) - SPARE);
  const shown = rows.slice(first, first + Math.ceil(view.height / ROW) + 2 * SPARE);
  const onKeyDown = (event: KeyboardEvent): void => {
    const at = rows.findIndex(({ entry }) => entry.n === chosen);
    const next = rows[target(event.key, at, rows.length)];
    if (next === undefined) return;
    event.preventDefault();
    following.current = false;
    choose(next);
    reveal(list.current, rows.indexOf(next));
  };
  return (
    <div
      class="frame-list"
      data-testid="lab-list"
      role="listbox"
      tabIndex={0}
      aria-label="Frames and events, newest last"
      aria-activedescendant={chosen === undefined ? undefined : `lab-row-${chosen}`}
      ref={list}
      onScroll={look}
      onKeyDown={onKeyDown}
    >
      <div class="frame-rows" style={{ height: rows.length * ROW }}>
        <div class="frame-window" style={{ transform: `translateY(${first * ROW}px)` }}>
          {shown.map((row) => (
            <FrameRow key={row.entry.n} row={row} chosen={row.entry.n === chosen} choose={choose} />
          ))}
        </div>
      </div>
    </div>
  );
}

function target(key: string, at: number, length: number): number {
  switch (key) {
    case 'ArrowDown':
      return at < 0 ? length - 1 : Math.min(length - 1, at + 1);
    case 'ArrowUp':
      return at < 0 ? length - 1 : Math.max(0, at - 1);
    case 'Home':
      return 0;
    case 'End':
      return length - 1;
    default:
      return -1;
  }
}

function reveal(list: HTMLElement | null, index: number): void {
  if (list === null) return;
  const top = index * ROW;
  if (top < list.scrollTop) list.scrollTop = top;
  else if (top + ROW > list.scrollTop + list.clientHeight) list.scrollTop = top + ROW - list.clientHeight;
}

const ARROW = { client: '↑', server: '↓', page: '·' } as const;
const SPOKEN = { client: 'sent', server: 'received', page: 'note' } as const;

const FrameRow = memo(({ row, chosen, choose }: { row: Row; chosen: boolean; choose(row: Row): void }) => {
  const { entry, summary } = row;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are the list's, as those of a listbox are.
    // biome-ignore lint/a11y/useFocusableInteractive: the focus stays on the list, which names this row as active.
    <div
      id={`lab-row-${entry.n}`}
      class="frame-row"
      role="option"
      data-testid="lab-row"
      data-kind={summary.kind}
      data-from={entry.from}
      aria-selected={chosen}
      onClick={() => choose(row)}
    >
      <span class="frame-time">{new Date(entry.at).toISOString().slice(14, 23)}</span>
      <span class="frame-arrow">
        <span aria-hidden="true">{ARROW[entry.from]}</span>
        <span class="visually-hidden">{SPOKEN[entry.from]}</span>
      </span>
      <span class="frame-connection">{entry.connection.name}</span>
      <span class="frame-kind">{summary.kind}</span>
      <span class="frame-text">{summary.text}</span>
      <span class="frame-size">{summary.size}</span>
    </div>
  );
});
