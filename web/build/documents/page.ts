import { addressOf } from './links.ts';
import type { Rendered } from './render.ts';
import type { Source } from './source.ts';

/** Script and styles that each page loads. */
export interface Assets {
  readonly scripts: readonly string[];
  readonly styles: readonly string[];
}

/** The whole page: navigation by folder at its side, what comes before and next at its end. No script or style is inline. */
export function pageHtml(source: Source, rendered: Rendered, sources: readonly Source[], assets: Assets): string {
  const at = sources.indexOf(source);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escaped(source.title)} – Towncrier</title>
<link rel="icon" href="/favicon.svg" type="image/svg+xml">
${assets.styles.map((path) => `<link rel="stylesheet" href="/${path}">`).join('\n')}
${assets.scripts.map((path) => `<script type="module" src="/${path}"></script>`).join('\n')}
</head>
<body class="docs">
<a class="skip" href="#text">Skip to the text</a>
<header class="docs-header">
<a class="docs-brand" href="/"><img src="/favicon.svg" width="26" height="26" alt=""><span>Towncrier</span></a>
<nav class="docs-places" aria-label="Views"><a href="/">Live</a><a href="/lab">Lab</a><a href="/docs/" aria-current="page">Docs</a></nav>
<form class="docs-search" role="search" action="/docs/"><input type="search" name="q" placeholder="Search the documents" aria-label="Search the documents" aria-controls="results" data-testid="docs-search" autocomplete="off"><div id="results" class="docs-results" data-testid="docs-results" role="status" hidden></div></form>
</header>
<div class="docs-columns">
<nav class="docs-side" aria-label="Documents"><details class="docs-menu"><summary>All documents</summary></details><div class="docs-tree">${navigation(source, sources)}</div></nav>
<main class="docs-text" id="text" tabindex="-1">
<article>
${rendered.html}</article>
<nav class="docs-neighbours" aria-label="Before and next">${neighbour('Before', sources[at - 1])}${neighbour('Next', sources[at + 1])}</nav>
</main>
<nav class="docs-contents" aria-label="On this page">${contents(rendered)}</nav>
</div>
</body>
</html>
`;
}

function navigation(current: Source, sources: readonly Source[]): string {
  const groups = Map.groupBy(sources, ({ group }) => group);
  return [...groups]
    .map(([group, pages]) => {
      const items = pages.map((page) => {
        const here = page === current ? ' aria-current="page"' : '';
        return `<li><a href="${addressOf(page.path)}"${here}>${escaped(page.title)}</a></li>`;
      });
      return `<h2>${escaped(group)}</h2><ul>${items.join('')}</ul>`;
    })
    .join('');
}

function contents({ headings }: Rendered): string {
  const items = headings.filter(({ level }) => level === 2 || level === 3);
  if (items.length < 2) return '';
  const list = items.map(
    ({ level, text, anchor }) => `<li class="level-${level}"><a href="#${anchor}">${escaped(text)}</a></li>`,
  );
  return `<h2>On this page</h2><ul>${list.join('')}</ul>`;
}

function neighbour(word: string, source: Source | undefined): string {
  if (source === undefined) return '<span></span>';
  return `<a href="${addressOf(source.path)}"><span>${word}</span>${escaped(source.title)}</a>`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
