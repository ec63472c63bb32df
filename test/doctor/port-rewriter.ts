import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

const HOST = Buffer.from('127.0.0.1');

/** A way to a Kafka broker on which it names itself by another port: as one whose advertised.listeners is wrong. */
export async function portRewriter(target: number, shown: number): Promise<{ readonly port: number; close(): void }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    const upstream = connect(target, '127.0.0.1');
    for (const each of [socket, upstream]) {
      sockets.add(each);
      each.on('error', () => undefined);
    }
    socket.on('close', () => upstream.destroy());
    upstream.on('close', () => socket.destroy());
    socket.pipe(upstream);
    upstream.on('data', (bytes: Buffer) => socket.write(rewritten(bytes, target, shown)));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = (): void => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  // Of a server that listens by TCP it is an object.
  return { port: (server.address() as AddressInfo).port, close };
}

/** A broker in an answer about the cluster: its host, then its port in four bytes. */
function rewritten(bytes: Buffer, from: number, to: number): Buffer {
  const copy = Buffer.from(bytes);
  for (let at = copy.indexOf(HOST); at >= 0; at = copy.indexOf(HOST, at + 1)) {
    const port = at + HOST.length;
    if (port + 4 <= copy.length && copy.readInt32BE(port) === from) copy.writeInt32BE(to, port);
  }
  return copy;
}
