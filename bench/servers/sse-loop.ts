// The peer that most tutorials build: each event goes to each response by one write().
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { announce, servePublish } from './publisher.ts';

const responses = new Set<ServerResponse>();
const http = createServer((request, response) => {
  if (request.method === 'POST') {
    servePublish(request, response, (message, seq) => {
      for (const client of responses) client.write(`id: ${seq}\nevent: market-tick\ndata: ${message}\n\n`);
    });
    return;
  }
  response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-cache' });
  response.write(': open\n\n');
  responses.add(response);
  response.on('close', () => responses.delete(response));
});
http.listen(0, '127.0.0.1', () => announce((http.address() as AddressInfo).port)); // an address, because it listens on TCP
