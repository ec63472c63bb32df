// The peer that most tutorials build: each message goes to each WebSocket by one `ws` send().
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import { announce, servePublish } from './publisher.ts';

const http = createServer((request, response) => {
  servePublish(request, response, (message) => {
    for (const client of sockets.clients) client.send(message);
  });
});
const sockets = new WebSocketServer({ server: http, perMessageDeflate: false });
http.listen(0, '127.0.0.1', () => announce((http.address() as AddressInfo).port)); // an address, because it listens on TCP
