import { byteRange, type Explained, type Part, utf8 } from './part.ts';

const headerTexts: Readonly<Record<string, string>> = {
  host: 'The site that the client wants; HTTP/1.1 needs it.',
  upgrade: 'The protocol to speak from here on instead of HTTP.',
  connection: 'Upgrade: this header and Upgrade are for this hop. A proxy that forwards must repeat both.',
  'sec-websocket-key': '16 random bytes in base64, no secret: the server proves with them that it understood.',
  'sec-websocket-accept': 'The proof: SHA-1 of the key and a constant, in base64.',
  'sec-websocket-version': 'Always 13.',
  'sec-websocket-protocol': 'What is spoken inside of WebSocket; the client offers, the server picks one.',
  'sec-websocket-extensions': 'Extensions offered or agreed on, as permessage-deflate.',
  origin: 'The site whose page connects. CORS does not protect WebSockets: the server has to look at it.',
  'content-type': 'What the body is; text/event-stream for Server-Sent Events.',
  'transfer-encoding': 'chunked: the body comes in pieces, each with its length before it.',
  'content-length': 'Bytes of the body.',
  'cache-control': 'What caches may do: a stream must not be kept, nor changed on its way.',
  'x-accel-buffering': 'no: nginx must not gather this answer.',
  'last-event-id': 'The id of the last event that the client has seen.',
  accept: 'What the client would like to get.',
  'accept-encoding': 'Compressions that the client can read.',
  'accept-language': 'Languages that the user likes.',
  'content-encoding': 'How the body is compressed.',
  'user-agent': 'Which browser it is.',
  pragma: 'The same as Cache-Control, for caches of the nineties.',
  referer: 'The page that asks.',
  'keep-alive': 'How long the connection may rest before it is closed.',
  date: 'When the server answered.',
  'sec-fetch-dest': 'What the browser wants it for; set by the browser, and no page can change it.',
  'sec-fetch-mode': 'How it is asked for: cors, navigate, websocket; set by the browser.',
  'sec-fetch-site': 'Whether a page of the same site asks; set by the browser.',
  vary: 'The answer depends on these headers of the request.',
  'access-control-allow-origin': 'Pages of this site may read the answer.',
};

/** Takes apart the head of an HTTP/1 request or response, up to and with its empty line (RFC 9112). Never throws. */
export function explainHttpHead(bytes: Uint8Array): Explained {
  const parts: Part[] = [];
  let at = 0;
  for (;;) {
    const end = bytes.indexOf(10, at);
    if (end < 0) return { parts, length: at, missing: 1 };
    const raw = bytes.subarray(at, end);
    const bare = raw.at(-1) !== 13;
    const line = utf8(bare ? raw : raw.subarray(0, -1));
    const part = linePart(line, parts.length === 0);
    const problem = bare ? 'a line of HTTP ends with CR LF (RFC 9112, 2.2)' : part.problem;
    parts.push({ ...part, bits: byteRange(at, end + 1), ...(problem !== undefined && { problem }) });
    at = end + 1;
    if (line === '') return { parts, length: at, missing: 0 };
  }
}

type Line = Omit<Part, 'bits'>;

function linePart(line: string, first: boolean): Line {
  if (first) return startLine(line);
  if (line === '')
    return { name: 'empty line', value: '\\r\\n', text: 'Ends the head; what follows is something else.' };
  const colon = line.indexOf(':');
  if (colon <= 0 || /\s/.test(line.slice(0, colon))) {
    return {
      name: 'header',
      value: line,
      text: 'Not a header.',
      problem: 'a name, and a colon right behind it (RFC 9112, 5)',
    };
  }
  const name = line.slice(0, colon).toLowerCase();
  const known = Object.hasOwn(headerTexts, name) ? headerTexts[name] : undefined;
  return { name: 'header', value: line, text: known ?? 'A header.' };
}

function startLine(line: string): Line {
  const status = /^HTTP\/(\d\.\d) (\d{3}) ?(.*)$/.exec(line);
  if (status !== null) {
    const switches = status[2] === '101';
    const text = switches ? 'Behind the head no HTTP is spoken any more.' : `Status ${status[2]}.`;
    return { name: 'status line', value: line, text };
  }
  const request = /^([!#$%&'*+.^_`|~\w-]+) (\S+) HTTP\/(\d\.\d)$/.exec(line);
  if (request !== null) {
    return {
      name: 'request line',
      value: line,
      text: `Method ${request[1]}, target ${request[2]}, HTTP ${request[3]}.`,
    };
  }
  return {
    name: 'request line',
    value: line,
    text: 'Not HTTP.',
    problem: 'neither a request line nor a status line (RFC 9112, 3 and 4)',
  };
}
