import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { Clock } from '../../clock.ts';
import { originIsAllowed } from '../../limits/origin.ts';

/** A request, and what answers it. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** What every answer to this request has. */
  readonly headers: OutgoingHttpHeaders;
}

const YEAR = 31_536_000;
/** Also POSTs: iOS 6 keeps their answers. */
export const neverCached = {
  'Cache-Control': 'no-store, no-cache, no-transform, must-revalidate, max-age=0',
} as const;
/** A list of header names, as a preflight asks for them. */
const HEADER_NAMES = /^[\w!#$%&'*+.^`|~-]+(?:\s*,\s*[\w!#$%&'*+.^`|~-]+)*$/;
/** What is echoed of a cookie; anything else is not ours. */
const COOKIE = /(?:^|;\s*)JSESSIONID=(?<value>[\w.~+/=-]{1,256})(?:;|$)/;

/** For the caches of browsers and proxies: to be kept for a year. */
export function longCached(clock: Clock): OutgoingHttpHeaders {
  const expires = new Date(clock.now() + YEAR * 1_000).toUTCString();
  return { 'Cache-Control': `public, max-age=${YEAR}`, Expires: expires };
}

/**
 * The origin of the page that asks. A script tag (jsonp) sends no `Origin`; where the browser says that it asks for a page
 * of another site, the `Referer` names it, and without one it is `null`, as for a page that has none.
 */
function originOf({ headers }: IncomingMessage): string | undefined {
  const site = headers['sec-fetch-site'];
  if (headers.origin !== undefined) return headers.origin;
  if (site !== 'cross-site' && site !== 'same-site') return undefined;
  return URL.parse(headers.referer ?? '')?.origin ?? 'null';
}

/** Headers by which a page of another origin may read the answer, cookies included; `undefined` where it may not. */
export function corsHeaders(request: IncomingMessage, allowed: readonly string[]): OutgoingHttpHeaders | undefined {
  const origin = originOf(request);
  if (!originIsAllowed(origin, request.headers.host, allowed)) return undefined;
  // Without an `Origin` there is no page that could read it.
  if (origin === undefined) return { Vary: 'Origin', 'Access-Control-Allow-Origin': '*' };
  return { Vary: 'Origin', 'Access-Control-Allow-Origin': origin, 'Access-Control-Allow-Credentials': 'true' };
}

/** Which sites may show our pages in a frame: those that may connect. */
export function frameAncestors(allowed: readonly string[]): OutgoingHttpHeaders {
  if (allowed.includes('*')) return {};
  return { 'Content-Security-Policy': `frame-ancestors ${["'self'", ...allowed].join(' ')}` };
}

/** By this cookie a load balancer finds the instance again; what it says is the balancer's. */
export function stickyCookie({ headers }: IncomingMessage): OutgoingHttpHeaders {
  const value = COOKIE.exec(headers.cookie ?? '')?.groups?.value ?? 'dummy';
  return { 'Set-Cookie': `JSESSIONID=${value}; path=/` };
}

/** Answers OPTIONS, which browsers ask before the request of another site. */
export function answerPreflight({ request, response, headers }: Exchange, methods: string, clock: Clock): void {
  const asked = request.headers['access-control-request-headers'] ?? '';
  response.writeHead(204, {
    ...headers,
    ...longCached(clock),
    'Access-Control-Allow-Methods': methods,
    'Access-Control-Max-Age': YEAR,
    ...(HEADER_NAMES.test(asked) && { 'Access-Control-Allow-Headers': asked }),
  });
  response.end();
}

export function answerMethodNotAllowed({ response }: Exchange, allow: string): void {
  response.writeHead(405, { Allow: allow, 'Content-Length': 0 }).end();
}

/** A short answer, whole. */
export function answerText({ request, response, headers }: Exchange, status: number, text: string): void {
  const type = { 'Content-Type': 'text/plain; charset=UTF-8' };
  const length = status === 204 ? {} : { 'Content-Length': Buffer.byteLength(text) };
  response.writeHead(status, { ...headers, ...type, ...length });
  response.end(request.method === 'HEAD' ? undefined : text);
}
