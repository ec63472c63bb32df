import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Clock } from '../clock.ts';

/** What the errors of `listen` mean for who starts the server. */
const reasons: Readonly<Record<string, string>> = {
  EADDRINUSE: 'the port is in use by another process',
  EACCES: 'this user may not listen at this port',
  EADDRNOTAVAIL: 'this machine has no such address',
  ENOTFOUND: 'there is no such host',
};

/**
 * Connections that the kernel holds until they are accepted; its own bound (`net.core.somaxconn`, 4,096 by default) holds too. Of more
 * it drops the first packet, and their clients try again after 1, 2, 4 s and so on: after a restart all come at once.
 */
const BACKLOG = 4_096;

/**
 * Listens, and resolves to the port. Rejects with a sentence that names the setting.
 * @param setting - the name of the setting that the port comes from
 */
export async function listen(server: Server, host: string, port: number, setting: string): Promise<number> {
  try {
    server.listen({ host, port, backlog: BACKLOG });
    await once(server, 'listening');
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException; // what `listen` emits
    throw new Error(`cannot listen at ${host}, ${setting}=${port}: ${reasons[code] ?? message}`, { cause: error });
  }
  return (server.address() as AddressInfo).port; // an address, because it listens on TCP
}

/** How often connections are looked for that have become idle, in milliseconds. */
const IDLE_CHECK = 50;

/** Stops to accept, and closes connections that carry no request now. What is returned resolves when all others are gone. */
export function stopAccepting(server: Server): Promise<void> {
  // The only error there is says that it does not listen, so it is closed already.
  return new Promise((resolve) => void server.close(() => resolve()));
}

/**
 * Stops to accept, and closes connections that carry no request, at once or when theirs is answered. What is returned
 * resolves when all are gone; they have `grace` milliseconds.
 * @param gone - what `stopAccepting` returned, where that was called before
 */
export function stopListening(
  server: Server,
  clock: Clock,
  grace: number,
  gone: Promise<void> = stopAccepting(server),
): Promise<void> {
  const idle = clock.every(IDLE_CHECK, () => server.closeIdleConnections());
  const deadline = clock.after(grace, () => server.closeAllConnections());
  return gone.finally(() => {
    idle.cancel();
    deadline.cancel();
  });
}
