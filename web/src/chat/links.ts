/** A piece of a message: text, or text that leads somewhere. */
export interface TextPart {
  readonly text: string;
  /** An http or https URL. */
  readonly href?: string;
}

// No white space, quotes or angle brackets; no controls or bidirectional marks, which could show another address.
const URL_LIKE = /https?:\/\/[^\s<>"'`\p{Cc}\p{Cf}]+/giu;
const TRAILING = /[.,:;!?…»”’*_~]$/u;
const CLOSERS = new Map([
  [')', '('],
  [']', '['],
  ['}', '{'],
]);

/** A message's text cut into plain text and links. The parts' texts make up the whole text again. */
export function textParts(text: string): readonly TextPart[] {
  const parts: TextPart[] = [];
  let end = 0;
  for (const match of text.matchAll(URL_LIKE)) {
    const link = withoutTrailing(match[0]);
    const href = safeHref(link);
    if (href === undefined) continue;
    if (match.index > end) parts.push({ text: text.slice(end, match.index) });
    parts.push({ text: link, href });
    end = match.index + link.length;
  }
  if (end < text.length) parts.push({ text: text.slice(end) });
  return parts;
}

/** A sentence's own punctuation after a link is not part of it; a bracket is, if it was opened in the link. */
function withoutTrailing(link: string): string {
  const last = link.at(-1) ?? '';
  const opener = CLOSERS.get(last);
  const unopened = opener !== undefined && link.split(last).length > link.split(opener).length;
  return unopened || TRAILING.test(link) ? withoutTrailing(link.slice(0, -1)) : link;
}

/** User and password in a URL serve only to make it look like another one. */
function safeHref(link: string): string | undefined {
  if (!URL.canParse(link)) return undefined;
  const url = new URL(link);
  const web = url.protocol === 'http:' || url.protocol === 'https:';
  return web && url.username === '' && url.password === '' ? url.href : undefined;
}
