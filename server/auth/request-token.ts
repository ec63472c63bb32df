import type { IncomingMessage } from 'node:http';
import { Refusal } from '../errors.ts';
import { originIsAllowed } from '../limits/origin.ts';

/** A token that came with a request, not checked yet. */
export interface RequestToken {
  readonly value: string;
  /** It came in a cookie, which a browser adds by itself: it counts only where no other token came. */
  readonly ambient: boolean;
}

export interface TokenPlaces {
  /** The name of a cookie that may hold a token; empty for none. */
  readonly cookie: string;
  readonly allowedOrigins: readonly string[];
}

/** What a token looks like in a header (RFC 6750 section 2.1). */
const BEARER = /^Bearer +([\w.~+/-]+=*) *$/i;

/**
 * The token of a request: of the header `Authorization`, of the query parameter `access_token` where `query` says that it
 * may be there, or of the cookie. Throws `token-invalid` for two different ones.
 */
export function tokenOfRequest(
  request: Pick<IncomingMessage, 'headers' | 'url'>,
  places: TokenPlaces,
  query: boolean,
): RequestToken | undefined {
  const explicit = onlyOne([bearerIn(request.headers.authorization), ...(query ? inQuery(request.url) : [])]);
  if (explicit !== undefined) return { value: explicit, ambient: false };
  const value = mayUseCookie(request, places) ? inCookie(request.headers.cookie, places.cookie) : undefined;
  return value === undefined ? undefined : { value, ambient: true };
}

/** The token that counts: of CONNECT's `passcode` or `Authorization`, else of the request that the connection began with. */
export function tokenOfConnect(
  passcode: string | undefined,
  authorization: string | undefined,
  request: RequestToken | undefined,
): string | undefined {
  const explicit = request?.ambient === false ? request.value : undefined;
  // Some clients send an empty passcode where they have none.
  return onlyOne([passcode || undefined, bearerIn(authorization), explicit]) ?? request?.value;
}

/** Other schemes than Bearer are not for us: a proxy may ask for a password of its own. */
function bearerIn(header: string | undefined): string | undefined {
  if (header === undefined || !/^Bearer\b/i.test(header)) return undefined;
  const token = BEARER.exec(header)?.[1];
  if (token === undefined) throw new Refusal('token-invalid', 'The header Authorization is not "Bearer" and a token.');
  return token;
}

function inQuery(url = ''): string[] {
  const at = url.indexOf('?');
  return at === -1 || !url.includes('access_token')
    ? []
    : new URLSearchParams(url.slice(at)).getAll('access_token').filter((token) => token !== '');
}

/** Two different ones are a mistake, and guessing which of them counts would be one more. */
function onlyOne(tokens: readonly (string | undefined)[]): string | undefined {
  const [first, second] = new Set(tokens.filter((token) => token !== undefined));
  if (second !== undefined) throw new Refusal('token-invalid', 'Two different tokens came at once.');
  return first;
}

/**
 * A browser sends cookies along with what any site makes it ask for, also by `<script src>`, which names no origin. So a
 * cookie counts only where the browser says that the page is ours or one of those allowed.
 */
function mayUseCookie({ headers }: Pick<IncomingMessage, 'headers'>, { cookie, allowedOrigins }: TokenPlaces): boolean {
  if (cookie === '' || headers.cookie === undefined) return false;
  const { origin, host } = headers;
  if (origin === undefined) return headers['sec-fetch-site'] === 'same-origin';
  return originIsAllowed(origin, host, allowedOrigins);
}

/** RFC 6265 section 4.2.1. The first of several of the same name is that of the longest path (section 5.4). */
function inCookie(header: string | undefined, name: string): string | undefined {
  for (const pair of header?.split(';') ?? []) {
    const at = pair.indexOf('=');
    if (at !== -1 && pair.slice(0, at).trim() === name) {
      const value = pair.slice(at + 1).trim();
      return value.replace(/^"(.*)"$/, '$1') || undefined;
    }
  }
  return undefined;
}
