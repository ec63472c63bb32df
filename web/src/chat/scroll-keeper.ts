/** What a scroll keeper tells of its list. */
export interface ScrollEvents {
  /** Whether the end of the list is in sight; on each change. */
  atNewest(yes: boolean): void;
  /** The beginning of the list is near, or the list is too short to scroll. */
  nearOldest(): void;
}

const NEAR_END = 48;
const NEAR_START = 240;

/**
 * Keeps a list's place while rows come and go: at its end as long as the user is there, else on the rows the user reads.
 * It does so itself because not every browser does, and none at the very top.
 */
export class ScrollKeeper {
  readonly #element: HTMLElement;
  readonly #events: ScrollEvents;
  readonly #resized: ResizeObserver;
  readonly #scrolled = (): void => this.#look();
  #atNewest = true;
  #first: number | undefined;
  #height = 0;

  constructor(element: HTMLElement, events: ScrollEvents) {
    this.#element = element;
    this.#events = events;
    this.#resized = new ResizeObserver(() => this.keep(this.#first));
    this.#resized.observe(element);
    element.addEventListener('scroll', this.#scrolled, { passive: true });
  }

  /** The rows have changed; `first` names the first of them. */
  keep(first: number | undefined): void {
    const element = this.#element;
    const { scrollHeight } = element;
    if (this.#atNewest) element.scrollTop = scrollHeight;
    else if (first !== this.#first) element.scrollTop += scrollHeight - this.#height;
    this.#first = first;
    this.#height = scrollHeight;
    if (element.clientHeight > 0 && element.scrollTop < NEAR_START) this.#events.nearOldest();
  }

  toNewest(): void {
    this.#element.scrollTop = this.#element.scrollHeight;
    this.#look();
  }

  stop(): void {
    this.#resized.disconnect();
    this.#element.removeEventListener('scroll', this.#scrolled);
  }

  #look(): void {
    const { scrollTop, scrollHeight, clientHeight } = this.#element;
    this.#height = scrollHeight;
    const atNewest = scrollHeight - scrollTop - clientHeight <= NEAR_END;
    if (atNewest !== this.#atNewest) {
      this.#atNewest = atNewest;
      this.#events.atNewest(atNewest);
    }
    if (scrollTop < NEAR_START) this.#events.nearOldest();
  }
}
