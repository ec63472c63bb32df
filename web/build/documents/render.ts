import MarkdownIt from 'markdown-it';
import { anchorOf, servedLink } from './links.ts';
import type { Source } from './source.ts';

/** A heading of a page. */
export interface Heading {
  readonly level: number;
  readonly text: string;
  readonly anchor: string;
}

/** A page rendered; `sections` are its texts, by heading, for the search. */
export interface Rendered {
  readonly html: string;
  readonly headings: readonly Heading[];
  readonly sections: readonly { readonly heading: Heading; readonly text: string }[];
}

/** Renders a page: headings have anchors, links lead to pages as they are served, tables and code can be scrolled. */
export function render(source: Source, pages: readonly string[]): Rendered {
  const markdown = new MarkdownIt({ html: false, linkify: false });
  const tokens = markdown.parse(source.text, {});
  const sections: { heading: Heading; words: string[] }[] = [];
  for (const [index, token] of tokens.entries()) {
    const inline = tokens[index + 1];
    if (token.type === 'heading_open' && inline !== undefined) {
      const text = plain(inline.children ?? []);
      const heading = { level: Number(token.tag.slice(1)), text, anchor: anchorOf(inline.content) };
      token.attrSet('id', heading.anchor);
      sections.push({ heading, words: [] });
    } else if (token.type === 'inline') {
      relink(token.children ?? [], source.path, pages);
      if (tokens[index - 1]?.type !== 'heading_open') sections.at(-1)?.words.push(plain(token.children ?? []));
    } else if (token.attrGet('style') === 'text-align:right') {
      // The page's policy allows no style in an attribute.
      token.attrs = [['class', 'number']];
    } else if (token.attrGet('style') !== null) token.attrs = null;
    else if (token.type === 'fence') sections.at(-1)?.words.push(token.content);
  }
  const table = { table_open: '<div class="scrolled" tabindex="0"><table>', table_close: '</table></div>' } as const;
  markdown.renderer.rules.table_open = () => table.table_open;
  markdown.renderer.rules.table_close = () => table.table_close;
  return {
    html: markdown.renderer.render(tokens, markdown.options, {}),
    headings: sections.map(({ heading }) => heading),
    sections: sections.map(({ heading, words }) => ({ heading, text: words.join(' ') })),
  };
}

type Token = ReturnType<InstanceType<typeof MarkdownIt>['parse']>[number];

function plain(tokens: readonly Token[]): string {
  return tokens.map(({ type, content }) => (type === 'softbreak' ? ' ' : content)).join('');
}

/** A link that leads to no page becomes its text. */
function relink(tokens: readonly Token[], from: string, pages: readonly string[]): void {
  let dropped = false;
  for (const token of tokens) {
    if (token.type === 'image') token.attrSet('src', servedLink(`${token.attrGet('src')}`, from, pages) ?? '');
    if (token.type === 'link_close' && dropped) {
      token.tag = 'span';
      dropped = false;
    }
    if (token.type !== 'link_open') continue;
    const link = servedLink(`${token.attrGet('href')}`, from, pages);
    if (link !== undefined) token.attrSet('href', link);
    else {
      token.tag = 'span';
      token.attrs = [
        ['class', 'source-file'],
        ['title', `In the source: ${token.attrGet('href')}`],
      ];
      dropped = true;
    }
  }
}
