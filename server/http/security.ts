import helmet from '@fastify/helmet';
import type { FastifyInstance } from 'fastify';

/**
 * What the page may load: only what this server sends. `ws:` and `wss:` stand beside 'self' because older browsers do not
 * count a WebSocket to the same host as 'self'.
 */
const directives = {
  defaultSrc: ["'self'"],
  baseUri: ["'self'"],
  connectSrc: ["'self'", 'ws:', 'wss:'],
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
  });
}
