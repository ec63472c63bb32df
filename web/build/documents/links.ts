import { posix } from 'node:path';

/** Where a page is served. `README.md` is the first page of all. */
export function addressOf(path: string): string {
  if (path === 'README.md') return '/docs/';
  return `/docs/${path.replace(/^docs\//, '').replace(/\.md$/, '.html')}`;
}

/** The anchor of a heading, as GitHub makes it. */
export function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
}

/**
 * A link of a page as it is at `/docs`; `undefined` where it leads to a file of the source that is not served. Links to a folder
 * lead to its first page.
 * @param pages - paths of all pages
 */
export function servedLink(link: string, from: string, pages: readonly string[]): string | undefined {
  if (/^(?:https?:|mailto:|#)/.test(link)) return link;
  const [target = '', anchor] = link.split('#');
  const path = posix.join(posix.dirname(from), target).replace(/\/$/, '');
  const page = pages.includes(path) ? path : pages.find((each) => each.startsWith(`${path}/`));
  const hash = anchor === undefined ? '' : `#${anchor}`;
  if (page !== undefined) return addressOf(page) + hash;
  return /^docs\/.*\.(?:svg|png|json)$/.test(path) ? `/docs/${path.slice('docs/'.length)}` : undefined;
}
