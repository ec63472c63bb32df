import MiniSearch from 'minisearch';
import { searchOptions } from '../../src/docs/search-options.ts';
import { addressOf } from './links.ts';
import type { Rendered } from './render.ts';
import type { Source } from './source.ts';

/** The index over all sections of all pages, as JSON for the browser. */
export function searchIndex(pages: readonly { readonly source: Source; readonly rendered: Rendered }[]): string {
  const index = new MiniSearch(searchOptions);
  const sections = pages.flatMap(({ source, rendered }) =>
    rendered.sections.map(({ heading, text }) => ({
      id: `${addressOf(source.path)}${heading.level === 1 ? '' : `#${heading.anchor}`}`,
      title: heading.text,
      page: source.title,
      text,
    })),
  );
  // Two headings of one name in a page share an anchor: the first has it.
  index.addAll([...new Map(sections.toReversed().map((section) => [section.id, section])).values()].toReversed());
  return JSON.stringify(index);
}
