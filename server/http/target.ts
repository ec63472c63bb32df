import type { IncomingMessage } from 'node:http';

const ABSOLUTE = /^https?:\/\/[^/?#]*/i;

/**
 * The path of a request, without the query. A target in absolute form, which is how proxies are asked, names the same (RFC 9112
 * section 3.2.2, RFC 6455 section 4.1): it is put into the usual form, for all that look at it later.
 */
export function pathOf(request: IncomingMessage): string {
  const { url = '/' } = request;
  const target = ABSOLUTE.test(url) ? url.replace(ABSOLUTE, '').replace(/^(?!\/)/, '/') : url;
  request.url = target;
  const query = target.indexOf('?');
  return query === -1 ? target : target.slice(0, query);
}
