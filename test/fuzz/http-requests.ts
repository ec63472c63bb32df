import fc from 'fast-check';

/** Requests as text, each with all that Node's parser, the handlers and the routes look at. */

const method = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('GET', 'POST') },
  { weight: 1, arbitrary: fc.constantFrom('HEAD', 'OPTIONS', 'PUT', 'DELETE', 'PATCH', 'TRACE', 'BREW', 'get') },
);
const word = fc.oneof(
  fc.nat().map(String),
  fc.constantFrom('-1', '0', '200', '201', '1e3', '9007199254740993', 'true', '', 'global', 'BTC-USD', '1m', '1s'),
  fc.string({ unit: 'binary', maxLength: 20 }).map(encode),
  fc.constantFrom('%', '%zz', '%00', '%ff', '%ud800', '+', '..%2f..%2f'),
);
const position = fc
  .tuple(fc.constantFrom('', 'epoch', '0'), fc.array(fc.nat(), { maxLength: 4 }))
  .map(([epoch, vector]) => `${epoch}:${vector.join()}`);

function query(names: readonly string[]): fc.Arbitrary<string> {
  const pair = fc.tuple(fc.constantFrom(...names), fc.oneof(word, position)).map((both) => both.join('='));
  return fc.array(pair, { maxLength: 5 }).map((pairs) => (pairs.length > 0 ? `?${pairs.join('&')}` : ''));
}

/** Few, so that requests meet in the same session. */
const session = fc.nat(40).map((number) => `s${number}`);
const transport = fc.constantFrom(
  'websocket',
  'xhr',
  'xhr_send',
  'xhr_streaming',
  'eventsource',
  'htmlfile',
  'jsonp',
  'jsonp_send',
);
const target = fc.oneof(
  query(['symbols', 'interval', 'lastEventId', 'access_token', '']).map((text) => `/stream${text}`),
  query(['room', 'before', 'after', 'limit', '__proto__']).map((text) => `/api/chat/messages${text}`),
  query(['symbol', 'interval', 'limit']).map((text) => `/api/market/candles${text}`),
  fc.constantFrom('/api/market/symbols', '/api/chat/presence', '/api/info', '/api/openapi.json', '/', '/index.html'),
  fc
    .tuple(session, transport, query(['c', 'callback', 'access_token', 't']))
    .map(([id, kind, text]) => `/ws-endpoint/000/${id}/${kind}${text}`),
  fc.constantFrom(
    '/ws-endpoint',
    '/ws-endpoint/',
    '/ws-endpoint/info',
    '/ws-endpoint/iframe.html',
    '/ws-endpoint/websocket',
  ),
  fc.constantFrom(
    '/assets/a.js',
    '/assets/',
    '/assets/../../package.json',
    '/%2e%2e/%2e%2e/etc/passwd',
    '//x',
    '*',
    'http://x/api/info',
  ),
  fc.string({ unit: 'binary', maxLength: 40 }).map((text) => `/${encode(text)}`),
);

const header = fc.oneof(
  fc.oneof(position, word).map((text) => `Last-Event-ID: ${text}`),
  fc.constantFrom('http://localhost', 'https://a.example', 'null', 'x').map((text) => `Origin: ${text}`),
  fc
    .constantFrom('application/json', 'text/plain', 'application/x-www-form-urlencoded', 'a;b', '')
    .map((text) => `Content-Type: ${text}`),
  fc.constantFrom('gzip', 'br;q=0', '*;q=x', 'identity').map((text) => `Accept-Encoding: ${text}`),
  fc.constantFrom('bytes=0-', 'bytes=9-1', 'bytes=-0', 'x', 'bytes=0-0,2-3').map((text) => `Range: ${text}`),
  fc.constantFrom('"x"', '*', 'W/"', 'Thu, 01 Jan 1970 00:00:00 GMT').map((text) => `If-None-Match: ${text}`),
  fc.constantFrom(
    'Upgrade: websocket\r\nConnection: Upgrade',
    'Upgrade: h2c\r\nConnection: Upgrade',
    'Connection: close',
  ),
  fc.constantFrom('Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==', 'Sec-WebSocket-Key: x'),
  fc.constantFrom(
    'Expect: 100-continue',
    'Transfer-Encoding: chunked',
    'Content-Length: 1',
    'Trailer: x',
    'TE: trailers',
  ),
  fc
    .constantFrom('Bearer a.b.c', 'Bearer', 'Basic eDp5', 'Bearer eyJhbGciOiJub25lIn0.e30.')
    .map((text) => `Authorization: ${text}`),
  fc.string({ maxLength: 30 }).map((text) => `Cookie: JSESSIONID=${text.replaceAll(/[^ -~]/g, '')}`),
  fc.string({ maxLength: 30 }).map((text) => `X-Forwarded-For: ${text.replaceAll(/[^ -~]/g, '')}`),
  fc.constantFrom(
    'Access-Control-Request-Method: POST',
    'Access-Control-Request-Headers: a, b',
    'Sec-Fetch-Site: cross-site',
  ),
);

const body = fc.oneof(
  fc
    .record({ id: fc.uuid(), sender: fc.string({ maxLength: 60 }), content: fc.string({ unit: 'grapheme' }) })
    .map((value) => JSON.stringify(value)),
  fc
    .array(
      fc.constantFrom(
        'CONNECT\naccept-version:1.2\nhost:x\n\n\0',
        '\n',
        'SUBSCRIBE\nid:0\ndestination:/topic/chat\n\n\0',
        'DISCONNECT\n\n\0',
        'x',
      ),
    )
    .map((all) => JSON.stringify(all)),
  fc.json().map((text) => `d=${encodeURIComponent(text)}`),
  fc.json(),
  fc.string({ unit: 'binary', maxLength: 100 }),
  fc.constant(''),
);

/** One request, well formed but for what its parts bring; it may be followed by others. */
export const requests: fc.Arbitrary<string> = fc
  .tuple(method, target, fc.array(header, { maxLength: 5 }), body)
  .map(([verb, path, headers, content]) => {
    const withBody = verb !== 'GET' && verb !== 'HEAD' && content !== '';
    const length = withBody ? [`Content-Length: ${Buffer.byteLength(content)}`] : [];
    const lines = [`${verb} ${path} HTTP/1.1`, 'Host: localhost', ...headers, ...length];
    return `${lines.join('\r\n')}\r\n\r\n${withBody ? content : ''}`;
  });

function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}
