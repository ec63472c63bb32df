// Towncrier's own hub and transports, fed by the benchmark instead of a database and a tick log: the same code that serves
// /ws-endpoint and /stream, with what is published appended to its stream.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { systemClock } from '../../server/clock.ts';
import { Refusal } from '../../server/errors.ts';
import { Hub } from '../../server/hub/hub.ts';
import { encodeEvent } from '../../server/protocol/sse/event.ts';
import type { Destinations, Topic } from '../../server/session/destinations.ts';
import { Sessions } from '../../server/session/sessions.ts';
import { SseEndpoint } from '../../server/transports/sse.ts';
import { WebSocketEndpoint } from '../../server/transports/websocket.ts';
import { announce, servePublish } from './publisher.ts';

interface Published {
  readonly json: Buffer;
  readonly seq: number;
}

const quiet = { debug: () => undefined, info: () => undefined, warn: console.error, error: console.error };
const hub = new Hub({ clock: systemClock, latencyBudget: 250, stallTimeout: 30_000 });
const stream = hub.stream<Published>({
  name: 'bench',
  epoch: 'bench',
  bounds: { count: 10_000, bytes: 16_777_216, age: 3_600_000 },
  size: ({ json }) => json.length,
  overflow: { policy: 'latest', snapshot: () => undefined },
});

const topic: Topic<Published> = {
  stream,
  message: ({ json, seq }) => ({ id: `global-${seq}`, headers: [], body: json }),
  start: () => ({ next: stream.next }),
};
const destinations: Destinations = {
  topic: () => topic,
  handler: () => {
    throw new Refusal('not-writable');
  },
  begin: () => {
    throw new Refusal('not-writable');
  },
  joined: () => undefined,
  left: () => undefined,
};

const common = { hub, clock: systemClock, log: quiet, allowedOrigins: [] };
const sessions = new Sessions({ ...common, destinations, random: Math.random, epoch: 'bench', version: 'bench' });
const webSockets = new WebSocketEndpoint({ sessions, allowedOrigins: [] });
const events = new SseEndpoint<Published>({
  ...common,
  source: {
    parse: () => ({
      scope: 'market:read',
      open: () => ({
        stream,
        start: { next: stream.next },
        position: undefined,
        encoding: (framing) => ({
          key: framing.name,
          ...(framing.blocks && { blocks: framing.blocks }),
          encode: ({ json, seq }) => {
            const event = encodeEvent({ id: `bench:${seq}`, event: 'market-tick', data: json });
            return framing.blocks === undefined ? framing.frame(event) : event;
          },
        }),
      }),
    }),
  },
});

const http = createServer((request, response) => {
  if (request.method !== 'POST') events.handle(request, response);
  else servePublish(request, response, (message, seq) => void stream.append({ json: Buffer.from(message), seq }));
});
http.on('upgrade', (request, socket, head) => webSockets.upgrade(request, socket, head));
http.listen(0, '127.0.0.1', () => announce((http.address() as AddressInfo).port)); // an address, because it listens on TCP
