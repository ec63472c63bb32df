import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Clock } from '../clock.ts';
import type { Limits } from '../limits/limits.ts';
import { rawRefusal } from './refusal.ts';

/** Refused connections that wait until the other side has read why; the others are just closed. */
const MOST_LINGERING = 256;
/** How long one waits, in milliseconds. */
const LINGER = 1_000;

/**
 * Lets the server have only those new connections that the limits admit. The others never reach its parser: they get a
 * prepared answer, whatever they were about to ask.
 */
export function guardConnections(server: Server, limits: Limits, clock: Clock): void {
  // Node documents that a server's connections may be given to it by this event, and so they may also be withheld.
  const own = server.listeners('connection');
  server.removeAllListeners('connection');
  let lingering = 0;
  const refuse = (socket: Socket, answer: string): void => {
    if (lingering >= MOST_LINGERING) {
      socket.destroy();
      return;
    }
    lingering++;
    const timer = clock.after(LINGER, () => socket.destroy());
    socket.once('close', () => {
      lingering--;
      timer.cancel();
    });
    socket.on('error', () => socket.destroy());
    // What it sends is read and dropped: closing with bytes unread would reset the connection, and the answer with it.
    socket.resume().end(answer);
  };
  server.on('connection', (socket: Socket) => {
    const refusal = limits.admit(socket);
    if (refusal === undefined) {
      for (const listener of own) listener.call(server, socket);
      return;
    }
    limits.refusals.count(refusal.code);
    refuse(socket, rawRefusal(refusal));
  });
}
