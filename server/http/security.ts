import type { IncomingMessage } from 'node:http';
import helmet from '@fastify/helmet';
import type { FastifyInstance } from 'fastify';

/** A host and port as a policy may name it; what else a client writes there is its own affair. */
const HOST = /^(?:[\w.-]+|\[[\da-f:.]+\])(?::\d+)?$/i;

/** Older browsers do not count a WebSocket to the same host as 'self', so it is named. */
function socketsOf({ headers: { host = '' } }: IncomingMessage): string {
  return HOST.test(host) ? `ws://${host} wss://${host}` : "'self'";
}

/** What the page may load: only what this server sends. */
const directives = {
  defaultSrc: ["'self'"],
  baseUri: ["'self'"],
  connectSrc: ["'self'", socketsOf],
  fontSrc: ["'self'"],
  formAction: ["'self'"],
  frameAncestors: ["'self'"],
  imgSrc: ["'self'", 'data:'],
  objectSrc: ["'none'"],
  scriptSrc: ["'self'"],
  scriptSrcAttr: ["'none'"],
  styleSrc: ["'self'"],
} as const;

/** Adds the security headers. TLS ends at a proxy, so what is said about HTTPS (HSTS, upgrading) is the proxy's to say. */
export async function addSecurityHeaders(app: FastifyInstance): Promise<void> {
  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      // Helmet's type wants lists that may be changed.
      directives: Object.fromEntries(Object.entries(directives).map(([name, sources]) => [name, [...sources]])),
    },
    strictTransportSecurity: false,
    // Browsers heed it on HTTPS alone, and complain elsewhere.
    crossOriginOpenerPolicy: false,
    // Other sites learn nothing. With Helmet's own choice, no-referrer, a form of the page (SockJS sends so by jsonp) would have
    // the origin `null`, even to this server (Fetch Standard, "append a request Origin header").
    referrerPolicy: { policy: 'same-origin' },
  });
}
