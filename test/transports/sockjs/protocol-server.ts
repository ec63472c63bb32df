/**
 * The services that the protocol's own test program wants, at the port named (8081): `node test/transports/sockjs/protocol-server.ts`.
 * That program is sockjs-protocol.py of github.com/sockjs/sockjs-protocol, for Python 2.7.
 */
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import { systemClock } from '../../../server/clock.ts';
import type { Host } from '../../../server/session/conversation.ts';
import { SockJsEndpoint } from '../../../server/transports/sockjs/endpoint.ts';
import { WebSocketEndpoint } from '../../../server/transports/websocket.ts';
import { FakeLog } from '../../session/stage.ts';
import { closingHost, EchoHost } from './services.ts';

const echo = new EchoHost(systemClock);
const none = { cookie: false, websocket: true };
const services: readonly (readonly [name: string, host: Host, options: typeof none])[] = [
  ['echo', echo, none],
  ['cookie_needed_echo', echo, { ...none, cookie: true }],
  ['disabled_websocket_echo', echo, { ...none, websocket: false }],
  ['close', closingHost(systemClock), none],
];

function endpointOf(base: string, host: Host, options: typeof none): SockJsEndpoint {
  const websocket = new WebSocketEndpoint({ sessions: host, allowedOrigins: ['*'] });
  return new SockJsEndpoint({
    host,
    base,
    ...options,
    log: new FakeLog(),
    allowedOrigins: ['*'],
    newId: randomUUID,
    script: { url: `${base}/sockjs.min.js`, body: Buffer.of() },
    upgrade: websocket.upgrade.bind(websocket),
    limits: { sessions: 0, sessionsPerAddress: 0, responseBytes: 4_096 },
  });
}

const endpoints = new Map(services.map(([name, host, options]) => [name, endpointOf(`/${name}`, host, options)]));
const endpointFor = ({ url = '' }: IncomingMessage): SockJsEndpoint | undefined =>
  endpoints.get(/^\/(\w+)/.exec(url)?.[1] ?? '');

createServer((request, response) => {
  const endpoint = endpointFor(request);
  if (endpoint === undefined) response.writeHead(404).end();
  else endpoint.handle(request, response);
})
  .on('upgrade', (request, socket, head) => {
    const endpoint = endpointFor(request);
    if (endpoint === undefined) socket.destroy();
    else endpoint.upgrade(request, socket, head);
  })
  .listen(Number(process.argv[2] ?? 8081), '127.0.0.1');
