import { signal } from '@preact/signals';
import { RowHeights, type Span } from './row-heights.ts';
import type { Row } from './rows.ts';

/** What a long list tells. */
export interface ListEvents {
  /** Whether the end of the list is in sight; on each change. */
  atNewest(yes: boolean): void;
  /** The beginning of the list is near, or the list is too short to scroll. */
  nearOldest(): void;
}

const NEAR_END = 48;
const NEAR_START = 600;
/** So far beyond what is seen rows are drawn, in pixels, so that scrolling shows no gap before the next frame. */
const MARGIN = 700;

/**
 * Draws of a list only what is near to where the user looks, and keeps the user's place while rows come, go and turn out to be
 * higher than they were thought: at the end as long as the user is there, else at the row at the top.
 */
export class LongList {
  /** The rows to draw. */
  readonly span = signal<Span>({ from: 0, to: 0, above: 0, below: 0 });
  readonly #heights = new RowHeights();
  readonly #events: ListEvents;
  #rows: readonly Row[] = [];
  #element: HTMLElement | undefined;
  /** The element that has a row's element for each row drawn. */
  #list: HTMLElement | undefined;
  #atNewest = true;
  /** Where the list was scrolled to when that was last known. */
  #lastTop = 0;
  /** The row at the top, and how far above the top it begins. */
  #anchor: { readonly key: string; readonly hidden: number } | undefined;
  readonly #resized: ResizeObserver;

  constructor(events: ListEvents) {
    this.#events = events;
    this.#resized = new ResizeObserver(() => this.drawn());
  }

  attach(element: HTMLElement, list: HTMLElement): void {
    this.#element = element;
    this.#list = list;
    this.#resized.observe(element);
    element.addEventListener('scroll', this.#scrolled, { passive: true });
    this.drawn();
  }

  detach(): void {
    this.#resized.disconnect();
    this.#element?.removeEventListener('scroll', this.#scrolled);
    this.#element = undefined;
  }

  /** The rows have changed. To be called while they are rendered; returns what to draw. */
  setRows(rows: readonly Row[]): void {
    if (rows === this.#rows) return;
    this.#rows = rows;
    this.#heights.setRows(rows);
    this.#look(this.#wantedTop());
  }

  /** The rows of the span are in the document: measures them, and puts the list to its place. */
  drawn(): void {
    const element = this.#element;
    if (element === undefined || this.#list === undefined || element.clientHeight === 0) return;
    if (this.#heights.measure(heightsOf(this.#list))) this.#look(this.#wantedTop());
    const top = this.#wantedTop();
    const wanted = this.#atNewest ? element.scrollHeight : top + this.#listTop();
    if (Math.abs(element.scrollTop - wanted) > 0.5) element.scrollTop = wanted;
    this.#lastTop = element.scrollTop;
    if (element.scrollTop < NEAR_START) this.#events.nearOldest();
  }

  toNewest(): void {
    this.#setAtNewest(true);
    this.#look(this.#wantedTop());
    this.drawn();
  }

  /** Another list: it is looked at from its end. */
  begin(): void {
    this.#setAtNewest(true);
    this.#anchor = undefined;
  }

  /** The height of what stands above the rows. */
  #listTop(): number {
    return this.#list?.offsetTop ?? 0;
  }

  readonly #scrolled = (): void => {
    const element = this.#element;
    if (element === undefined || element.clientHeight === 0) return;
    const { scrollTop, scrollHeight, clientHeight } = element;
    // Rows that came, and a list that has become smaller, are no reason to leave the end; only who scrolls up does.
    if (scrollHeight - scrollTop - clientHeight <= NEAR_END) this.#setAtNewest(true);
    else if (scrollTop < this.#lastTop) this.#setAtNewest(false);
    this.#lastTop = scrollTop;
    const top = Math.max(0, scrollTop - this.#listTop());
    const first = this.#heights.at(top);
    const row = this.#rows[first];
    this.#anchor = row && { key: row.key, hidden: top - this.#heights.topOf(first) };
    this.#look(top);
    if (scrollTop < NEAR_START) this.#events.nearOldest();
  };

  #setAtNewest(yes: boolean): void {
    if (yes === this.#atNewest) return;
    this.#atNewest = yes;
    this.#events.atNewest(yes);
  }

  /** Where the top of what is seen belongs, by the rows as they are now. */
  #wantedTop(): number {
    const height = this.#element?.clientHeight ?? 0;
    if (this.#atNewest || this.#anchor === undefined) return Math.max(0, this.#heights.total - height);
    const { key, hidden } = this.#anchor;
    const index = this.#rows.findIndex((row) => row.key === key);
    return index < 0 ? 0 : this.#heights.topOf(index) + hidden;
  }

  #look(top: number): void {
    const height = this.#element?.clientHeight ?? 800;
    const next = this.#heights.span(Math.max(0, top - MARGIN), top + height + MARGIN);
    const { from, to, above, below } = this.span.peek();
    const same = from === next.from && to === next.to && above === next.above && below === next.below;
    if (!same) this.span.value = next;
  }
}

function heightsOf(list: HTMLElement): Map<string, number> {
  const heights = new Map<string, number>();
  for (const row of list.children) {
    // What is drawn here are elements of HTML.
    const { dataset } = row as HTMLElement;
    if (dataset.key !== undefined) heights.set(dataset.key, row.getBoundingClientRect().height);
  }
  return heights;
}
