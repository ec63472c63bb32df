import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { join } from 'node:path';
import { ownerOf } from '../../protocol/sockjs/owner.ts';
import { PEER_HEADER } from './forward.ts';

/** The processes that share a port, as one of them sees them: each has a part of the SockJS sessions. */
export interface Neighbours {
  /** The number of this process, from 0; one that replaces another has the same. */
  readonly index: number;
  readonly count: number;
  /** A folder that only we can enter, for a socket of each. */
  readonly folder: string;
}

/** The socket of the process that has a session; `undefined` when it is this one. */
export function socketOfOwner({ index, count, folder }: Neighbours, session: string): string | undefined {
  const owner = ownerOf(session, count);
  return owner === index ? undefined : socketOf(folder, owner);
}

/** Listens for requests that other processes pass on. */
export async function listenForNeighbours({ folder, index }: Neighbours, handle: RequestListener): Promise<Server> {
  const server = createServer((request, response) => {
    showPeer(request);
    handle(request, response);
  });
  const path = socketOf(folder, index);
  // A process that was killed left its socket behind.
  await rm(path, { force: true });
  // Exclusive: with `cluster` a socket is else the parent's, and shared by all.
  server.listen({ path, exclusive: true });
  await once(server, 'listening');
  return server;
}

/** The sockets of all processes but this one. */
export function socketsOfOthers({ index, count, folder }: Neighbours): string[] {
  return Array.from({ length: count }, (_, each) => each)
    .filter((each) => each !== index)
    .map((each) => socketOf(folder, each));
}

function socketOf(folder: string, index: number): string {
  return join(folder, `${index}.sock`);
}

/** Makes the request look as if its client had connected here. The connection is used for one client after another. */
function showPeer({ socket, headers }: IncomingMessage): void {
  Object.defineProperty(socket, 'remoteAddress', { value: headers[PEER_HEADER], configurable: true });
  delete headers[PEER_HEADER];
}
