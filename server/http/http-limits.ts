import type { IncomingMessage, ServerOptions } from 'node:http';
import { Refusal } from '../errors.ts';

/** Header lines of a request, at most; browsers send about 20. */
export const MOST_HEADERS = 100;
/** Bytes of all header lines together, at most. */
const HEADER_BYTES = 16_384;
/** Someone who connects and says nothing, or not all headers, is answered with 408 after so many milliseconds. */
const HEADERS_TIME = 10_000;
/** The whole request must be here within so many; how long its answer takes is another matter. */
const REQUEST_TIME = 30_000;
/** How often the two are looked for; Node's own 30 s would more than double them. */
const CHECK_TIME = 1_000;
/** Longer than the idle time of the usual proxies (60 s), so that it is they who close. */
const KEEP_ALIVE = 65_000;
/** A silent connection is probed after so many milliseconds. */
const PROBE_AFTER = 60_000;

/** As Node reads it. */
const CONTINUE = /(?:^|\W)100-continue(?:$|\W)/i;

/** What Node's HTTP server bounds by itself, said outright so that no default can change it. */
export const httpLimits: ServerOptions = {
  headersTimeout: HEADERS_TIME,
  requestTimeout: REQUEST_TIME,
  connectionsCheckingInterval: CHECK_TIME,
  keepAliveTimeout: KEEP_ALIVE,
  maxHeaderSize: HEADER_BYTES,
  insecureHTTPParser: false,
  // Looked at below: Node answers without saying why, and asks no upgrade for it.
  requireHostHeader: false,
  // TCP's own probes find a peer that has vanished, also one that promised no heart-beats and gets no events.
  keepAlive: true,
  keepAliveInitialDelay: PROBE_AFTER,
};

/** What is wrong with a request, whatever it asks for. */
export function requestRefusal(request: IncomingMessage): Refusal | undefined {
  const { headers, httpVersion, rawHeaders } = request;
  // RFC 6585 section 5. Node drops what is above its count without a word, and a dropped header may be the one that matters.
  if (rawHeaders.length > 2 * MOST_HEADERS)
    return new Refusal('headers-too-large', `A request has at most ${MOST_HEADERS} headers.`);
  // RFC 9112 section 3.2. Of two, a proxy may have looked at the other one.
  const hosts = rawHeaders.filter((name, at) => at % 2 === 0 && name.toLowerCase() === 'host').length;
  if (hosts > 1 || (hosts === 0 && httpVersion !== '1.0'))
    return new Refusal('invalid-request', 'A request has one header Host.');
  // Node would answer 417 with nothing that says why (RFC 9110 section 10.1.1 leaves that to the server).
  if (headers.expect !== undefined && httpVersion !== '1.0' && !CONTINUE.test(headers.expect))
    return new Refusal('invalid-request', 'Expect may only be 100-continue.');
  return undefined;
}
