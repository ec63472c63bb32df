import type { SearchResult } from 'minisearch';
import { searchOptions } from './search-options.ts';

const MOST = 12;

type Search = (text: string) => readonly SearchResult[];

/** Has the field search the documents. The index and what reads it are loaded when the field is first used. */
export function addSearch(page: Document): void {
  const input = page.querySelector<HTMLInputElement>('.docs-search input');
  const results = page.querySelector<HTMLElement>('.docs-results');
  if (input === null || results === null) return;
  let loading: Promise<Search> | undefined;
  const look = async (): Promise<void> => {
    loading ??= loadSearch();
    const text = input.value.trim();
    if (text === '') {
      results.hidden = true;
      return;
    }
    try {
      const search = await loading;
      // Another letter may have come meanwhile.
      if (input.value.trim() === text) show(results, search(text).slice(0, MOST));
    } catch {
      loading = undefined;
      results.hidden = false;
      results.textContent = 'The search could not be loaded.';
    }
  };
  input.addEventListener('focus', () => void look());
  input.addEventListener('input', () => void look());
  input.form?.addEventListener('submit', (event) => {
    event.preventDefault();
    results.querySelector('a')?.click();
  });
  page.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') results.hidden = true;
    else if (event.key === '/' && !(event.target instanceof HTMLInputElement)) {
      event.preventDefault();
      input.focus();
    }
  });
  page.addEventListener('click', ({ target }) => {
    if (target instanceof Node && !input.form?.contains(target)) results.hidden = true;
  });
}

async function loadSearch(): Promise<Search> {
  const [{ default: MiniSearch }, response] = await Promise.all([import('minisearch'), fetch('/docs/search.json')]);
  const index = MiniSearch.loadJSON(await response.text(), searchOptions);
  return (text) => index.search(text);
}

function show(place: HTMLElement, found: readonly SearchResult[]): void {
  place.hidden = false;
  if (found.length === 0) {
    place.textContent = 'Nothing found.';
    return;
  }
  place.replaceChildren(
    ...found.map(({ id, title, page }) => {
      const link = document.createElement('a');
      link.href = `${id}`;
      const where = document.createElement('span');
      where.textContent = `${page}`;
      link.append(`${title}`, where);
      return link;
    }),
  );
}
