import { WebSocket } from 'ws';
import type { Clock } from '../clock.ts';
import type { Check } from './check.ts';
import type { Say } from './finding.ts';
import { TOKEN_NEEDED, unreachable } from './request.ts';

const what = 'WebSocket';
const SUBPROTOCOL = 'v12.stomp';
const CONNECT = 'CONNECT\naccept-version:1.2\nhost:doctor\nheart-beat:0,0\n';
const PROXY =
  'the proxy must pass it on: HTTP/1.1 to the server with the headers Upgrade and Connection (nginx: proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection "upgrade")';

/** How the attempt ended. */
type Outcome =
  | { readonly kind: 'connected' | 'unknown' | 'silent' | 'closed' }
  | { readonly kind: 'refused'; readonly status: number }
  | { readonly kind: 'unreachable'; readonly reason: string };

/** Whether a browser's WebSocket gets through to STOMP at `/ws-endpoint`. `patience` is in milliseconds. */
export function websocketCheck(base: URL, clock: Clock, patience = 4_000, token?: string): Check {
  return {
    what,
    async run(say, signal) {
      const url = new URL('/ws-endpoint', base);
      url.protocol = base.protocol === 'https:' ? 'wss:' : 'ws:';
      // A browser names the origin of its page, and the server compares it with the Host that the proxy passes on.
      const socket = new WebSocket(url, [SUBPROTOCOL], { origin: base.origin });
      signal.addEventListener('abort', () => socket.terminate());
      const late = Promise.withResolvers<Outcome>();
      const timer = clock.after(patience, () => late.resolve({ kind: 'silent' }));
      tell(say, base, await Promise.race([outcomeOf(socket, base, token), late.promise]));
      timer.cancel();
    },
  };
}

function outcomeOf(socket: WebSocket, base: URL, token: string | undefined): Promise<Outcome> {
  const passcode = token === undefined ? '' : `passcode:${token}\n`;
  return new Promise((resolve) => {
    socket.on('unexpected-response', (request, { statusCode = 0 }) => {
      request.destroy();
      resolve({ kind: 'refused', status: statusCode });
    });
    socket.on('open', () => socket.send(`${CONNECT}${passcode}\n\0`));
    socket.on('message', (data) => {
      const text = String(data);
      if (text.startsWith('CONNECTED')) resolve({ kind: 'connected' });
      else if (/^ERROR\n[\s\S]*?^code:(?:sign-in-needed|token-)/m.test(text)) resolve({ kind: 'unknown' });
    });
    socket.on('close', () => resolve({ kind: 'closed' }));
    socket.on('error', (error) => {
      // A proxy that does not know what to do with an upgrade may also hang up.
      if ('code' in error && error.code === 'ECONNRESET') resolve({ kind: 'closed' });
      else resolve({ kind: 'unreachable', reason: unreachable(base, error) });
    });
  });
}

function tell(say: Say, base: URL, outcome: Outcome): void {
  switch (outcome.kind) {
    case 'connected':
      say('ok', what, 'it upgrades, and STOMP answers');
      return;
    case 'unknown':
      say('warn', what, `it upgrades, and STOMP ${TOKEN_NEEDED}`);
      return;
    case 'refused':
      say(
        'fail',
        what,
        outcome.status === 403
          ? hostAdvice(base)
          : `/ws-endpoint does not upgrade (status ${outcome.status}): ${PROXY}`,
      );
      return;
    case 'silent':
      say('fail', what, `STOMP does not answer at /ws-endpoint: the proxy holds it back; ${PROXY}`);
      return;
    case 'closed':
      say('fail', what, `the connection to /ws-endpoint is closed before STOMP answers: ${PROXY}`);
      return;
    case 'unreachable':
      say('fail', what, outcome.reason);
  }
}

function hostAdvice({ origin }: URL): string {
  return `the server refuses pages of ${origin}: let the proxy pass the Host on as it came (nginx: proxy_set_header Host $host), or set ALLOWED_ORIGINS=${origin}`;
}
