import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Clock } from '../clock.ts';

/** A client that has its stream has nothing more to say; one that sends more than so many bytes is cut off. */
const MOST_BYTES = 65_536;

/**
 * Takes a socket from Node's HTTP server, once the head of the response has been written and the request read to its end, as
 * Node itself gives a socket away on an upgrade. The parser, request and response that HTTP keeps for each connection are
 * three quarters of its memory, and of no use to a stream that lasts until the connection ends. What the client still sends
 * is read and dropped. The socket may be destroyed already when this resolves.
 */
export async function takeSocket(request: IncomingMessage, response: ServerResponse, clock: Clock): Promise<Socket> {
  const { socket } = request;
  await readToEnd(request);
  // Not in the midst of the parser's own work.
  await new Promise<void>((go) => clock.soon(go));
  if (socket.destroyed) return socket;
  response.detachSocket(socket);
  // The server's own listener to this event is what gives the parser back; the socket itself lives on.
  socket.emit('close', false);
  socket.removeAllListeners();
  socket.setTimeout(0);
  socket.on('error', ignore).on('end', hangUp).on('data', limit);
  return socket;
}

function readToEnd(request: IncomingMessage): Promise<void> {
  return new Promise((done) => {
    if (request.closed) done();
    request.once('close', () => done());
    request.resume();
  });
}

/** What went wrong ends in `close`, to which the endpoint listens. */
function ignore(): void {}

function hangUp(this: Socket): void {
  this.destroy();
}

function limit(this: Socket): void {
  if (this.bytesRead > MOST_BYTES) this.destroy();
}
