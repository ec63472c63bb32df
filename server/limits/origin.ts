/**
 * Whether a page of this origin may use the server from a browser (RFC 6454; RFC 6455 section 10.2): it comes from the host
 * that it talks to, or from an allowed site. What sends no `Origin` is no page, or one of ours. The scheme is not compared:
 * TLS may end at a proxy.
 * @param origin - the header `Origin`
 * @param host - the header `Host`
 * @param allowed - origins of other sites; `*` is any, also `null`, as sandboxed pages and files have
 */
export function originIsAllowed(
  origin: string | undefined,
  host: string | undefined,
  allowed: readonly string[],
): boolean {
  if (origin === undefined || allowed.includes('*')) return true;
  const page = URL.parse(origin);
  // `null` is no URL; other schemes than these two have no origin that could be told apart from others.
  if (page === null || page.host === '' || !/^https?:$/.test(page.protocol)) return false;
  if (allowed.some((site) => URL.parse(site)?.origin === page.origin)) return true;
  // Parsed with the page's scheme, so that a port that the scheme implies makes no difference, and case does not.
  return host !== undefined && URL.parse(`${page.protocol}//${host}`)?.host === page.host;
}

/**
 * Headers by which a browser lets a page of another origin read the answer (Fetch Standard, section 3.2): where its site is named,
 * also the answer to a request with cookies, for one of them may hold the token.
 */
export function corsHeaders(
  { origin, host }: { readonly origin?: string | undefined; readonly host?: string | undefined },
  allowed: readonly string[],
): Record<string, string> {
  const headers = { Vary: 'Origin' };
  if (origin === undefined || !originIsAllowed(origin, host, allowed)) return headers;
  if (allowed.includes('*')) return { ...headers, 'Access-Control-Allow-Origin': '*' };
  return { ...headers, 'Access-Control-Allow-Origin': origin, 'Access-Control-Allow-Credentials': 'true' };
}
