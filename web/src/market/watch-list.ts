import { computed, type ReadonlySignal, signal } from '@preact/signals';
import type { Preferences } from '../preferences.ts';
import type { Quote } from './market-state.ts';

/** What the watch list can be sorted by. */
export type SortKey = 'symbol' | 'price' | 'change';

export interface Sort {
  readonly key: SortKey;
  readonly descending: boolean;
}

const KEYS: readonly SortKey[] = ['symbol', 'price', 'change'];
const BY_NAME: Sort = { key: 'symbol', descending: false };
/** More favourites than this are not remembered. */
const MOST_FAVOURITES = 500;

/**
 * Which symbols the watch list shows, and in which order: those that the search finds, favourites first. Order and favourites are
 * remembered. Prices change all the time; the order follows them only when `resort` is called, so that no row runs away
 * from a pointer.
 */
export class WatchList {
  readonly query = signal('');
  readonly sort = signal<Sort>(BY_NAME);
  readonly favourites = signal<ReadonlySet<string>>(new Set());
  readonly rows: ReadonlySignal<readonly Quote[]>;
  /** The symbol that the keys are at, while the list has the focus. */
  readonly active = signal<string | undefined>(undefined);
  readonly #sorted = signal(0);
  readonly #preferences: Preferences;

  constructor(quotes: ReadonlySignal<readonly Quote[]>, preferences: Preferences) {
    this.#preferences = preferences;
    this.sort.value = readSort(preferences.get('sort'));
    this.favourites.value = readFavourites(preferences.get('favourites'));
    this.rows = computed(() => {
      void this.#sorted.value;
      const query = this.query.value.trim().toLowerCase();
      const found = quotes.value.filter(({ symbol }) => matches(symbol, query));
      const favourites = this.favourites.value;
      const before = order(this.sort.value);
      return found.toSorted((a, b) => {
        const first = Number(favourites.has(b.symbol)) - Number(favourites.has(a.symbol));
        return first === 0 ? before(a, b) : first;
      });
    });
  }

  /** Sorts by this; again: the other way round. Numbers begin with the highest. */
  sortBy(key: SortKey): void {
    const { key: before, descending } = this.sort.peek();
    const sort = { key, descending: before === key ? !descending : key !== 'symbol' };
    this.sort.value = sort;
    this.#preferences.set('sort', `${sort.key}${sort.descending ? ' descending' : ''}`);
  }

  /** Brings the order up to date with the prices. */
  resort(): void {
    if (this.sort.peek().key !== 'symbol') this.#sorted.value++;
  }

  star(symbol: string): void {
    const favourites = new Set(this.favourites.peek());
    if (!favourites.delete(symbol) && favourites.size < MOST_FAVOURITES) favourites.add(symbol);
    this.favourites.value = favourites;
    this.#preferences.set('favourites', [...favourites].join(' '));
  }
}

/** Whether the search finds a symbol: `eth`, `ethusd` and `eth-usd` find ETH-USD. */
function matches(symbol: string, query: string): boolean {
  const name = symbol.toLowerCase();
  return name.includes(query) || name.replaceAll('-', '').includes(query.replaceAll(/[-/\s]/g, ''));
}

function order({ key, descending }: Sort): (a: Quote, b: Quote) => number {
  const sign = descending ? -1 : 1;
  const byName = (a: Quote, b: Quote): number => (a.symbol < b.symbol ? -1 : 1);
  if (key === 'symbol') return (a, b) => sign * byName(a, b);
  // Not followed: see the class.
  return (a, b) => sign * (a.tick.peek()[key] - b.tick.peek()[key]) || byName(a, b);
}

/** What was remembered, where it makes sense. */
function readSort(text: string | undefined): Sort {
  const [name, way] = (text ?? '').split(' ');
  const key = KEYS.find((each) => each === name);
  return key === undefined ? BY_NAME : { key, descending: way === 'descending' };
}

function readFavourites(text: string | undefined): Set<string> {
  return new Set(
    (text ?? '')
      .split(' ')
      .filter((symbol) => /^[\w.-]{1,64}$/.test(symbol))
      .slice(0, MOST_FAVOURITES),
  );
}
