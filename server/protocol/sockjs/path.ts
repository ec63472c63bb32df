/** What a path below the base names. */
export type Place =
  | { readonly kind: 'greeting' | 'info' | 'iframe' | 'script' | 'raw-websocket' }
  | { readonly kind: 'session'; readonly session: string; readonly transport: string };

/** Neither part may be empty or have a dot in it (sockjs-protocol 0.3.3, `SessionURLs`); so long no client makes them. */
const SESSION = /^\/[^./]{1,128}\/(?<session>[^./]{1,128})\/(?<transport>[a-z_]{1,32})$/;
const IFRAME = /^\/iframe[0-9a-z._-]*\.html$/;
/** Where the client library is. */
export const SCRIPT = '/sockjs.min.js';

/** Reads a path, as it stands in the request, without the base and the query. */
export function parsePath(path: string): Place | undefined {
  if (path === '' || path === '/') return { kind: 'greeting' };
  if (path === '/info') return { kind: 'info' };
  if (path === '/websocket') return { kind: 'raw-websocket' };
  if (path === SCRIPT) return { kind: 'script' };
  if (IFRAME.test(path)) return { kind: 'iframe' };
  const { session, transport } = SESSION.exec(path)?.groups ?? {};
  if (session === undefined || transport === undefined) return undefined;
  // The id is kept, and as a part of the URL it would keep all of that: up to 16 KB.
  return { kind: 'session', session: Buffer.from(session).toString(), transport };
}

/**
 * The name of a function in a page: `undefined` where there is none, `false` where it could be something else
 * (sockjs-protocol 0.3.3, `JsonPolling.test_invalid_callback`, has these characters, `-` among them).
 */
export function parseCallback(query: URLSearchParams): string | false | undefined {
  const name = query.get('c') ?? query.get('callback');
  if (name === null || name === '') return undefined;
  return /^[a-zA-Z0-9_.-]{1,128}$/.test(name) ? name : false;
}
