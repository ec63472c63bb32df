import type { Overflow, Page } from './overflow.ts';

/** Events in a page. */
const PAGE_EVENTS = 200;
const CONCURRENT_READS = 4;
const KEPT_PAGES = 16;

/**
 * Reads of a store for cursors that the log has left behind. Pages lie at round positions, so that all who are behind read
 * the same ones: a page is read once for everyone who waits for it, full pages are kept for a while, and only a few reads
 * are under way at a time.
 */
export class PageReader<E> {
  readonly #overflow: Overflow<E>;
  readonly #pages = new Map<number, Promise<Page<E>>>();
  readonly #waiting: (() => void)[] = [];
  #reading = 0;

  constructor(overflow: Overflow<E>) {
    this.#overflow = overflow;
  }

  /** The page that holds `position`. Rejects as the store does. */
  read(position: number): Promise<Page<E>> {
    const from = position - (position % PAGE_EVENTS);
    const known = this.#pages.get(from);
    if (known !== undefined) return known;
    const page = this.#fetch(from);
    this.#pages.set(from, page);
    page.then(
      (read) => this.#settled(from, page, read.events.length === PAGE_EVENTS),
      () => this.#settled(from, page, false),
    );
    return page;
  }

  /** What the store has is not what was read: pages are read anew. One that is on its way serves those who wait for it. */
  forget(): void {
    this.#pages.clear();
  }

  /** A page that is not full may still grow: it served those who waited for it, and goes. */
  #settled(from: number, page: Promise<Page<E>>, keep: boolean): void {
    if (!keep && this.#pages.get(from) === page) this.#pages.delete(from);
    if (this.#pages.size <= KEPT_PAGES) return;
    const oldest = this.#pages.keys().next();
    if (!oldest.done) this.#pages.delete(oldest.value);
  }

  async #fetch(from: number): Promise<Page<E>> {
    if (this.#overflow.policy !== 'complete') throw new Error('only complete streams are read by pages');
    if (this.#reading >= CONCURRENT_READS) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#reading++;
    try {
      return await this.#overflow.read(from, PAGE_EVENTS);
    } finally {
      this.#reading--;
      this.#waiting.shift()?.();
    }
  }
}
