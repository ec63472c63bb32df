import type { Setting } from './settings.ts';

/** The settings of SockJS over HTTP; see docs/decisions/0009-sockjs.md. */
export const sockjsSettings = {
  SOCKJS_WEBSOCKET: {
    type: 'choice',
    default: 'on',
    choices: ['off', 'on'],
    text: 'Whether SockJS clients may use a WebSocket; off where a proxy lets none pass, so that they need not find out.',
  },
  SOCKJS_COOKIE: {
    type: 'choice',
    default: 'off',
    choices: ['off', 'on'],
    text: 'Whether SockJS requests set the cookie JSESSIONID, for load balancers that tell instances by it.',
  },
  SOCKJS_CLIENT_URL: {
    type: 'text',
    default: '/ws-endpoint/sockjs.min.js',
    pattern: /^(?:https?:\/)?\/[^\s"<>]+$/,
    patternText: 'a path that begins with /, or a URL that begins with http',
    text: 'Where pages of other sites, in the frame that they use us by, get the SockJS client of their version; ours is 1.6.1.',
  },
  SOCKJS_RESPONSE_LIMIT: {
    type: 'integer',
    default: 131_072,
    min: 4_096,
    max: 16_777_216,
    unit: 'bytes',
    text: 'After so much a streaming SockJS answer ends, so that the browser can let go of it; the client asks for the next.',
  },
  SOCKJS_RATE_LIMIT: {
    type: 'integer',
    default: 5_000,
    min: 0,
    max: 1_000_000,
    unit: 'requests/s',
    text: 'Requests of an address below /ws-endpoint, with a burst of 4 s: a poll is one, and a send is one; 0 is no limit.',
  },
  SOCKJS_MAX_SESSIONS: {
    type: 'integer',
    default: 20_000,
    min: 0,
    max: 10_000_000,
    text: 'SockJS sessions over HTTP that a process may have; 0 is no limit.',
  },
  SOCKJS_MAX_SESSIONS_PER_ADDRESS: {
    type: 'integer',
    default: 2_000,
    min: 0,
    max: 10_000_000,
    text: 'SockJS sessions over HTTP that one address may have in a process; 0 is no limit.',
  },
} as const satisfies Record<string, Setting>;
