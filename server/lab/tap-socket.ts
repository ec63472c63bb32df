import type { Duplex } from 'node:stream';

/** Told of what a socket does. */
export interface Tapped {
  sent(bytes: Buffer): void;
  /** Once. */
  closed(): void;
}

type Write = (chunk: unknown, ...rest: unknown[]) => boolean;
type End = (chunk?: unknown, ...rest: unknown[]) => Duplex;

/**
 * Looks at what is written to this one socket, by methods of its own over those that all sockets share: no other socket is
 * slower for it. Listeners are no way, for a stream's socket loses them when it is taken from HTTP. Returns what ends it.
 */
export function tapSocket(socket: Duplex, told: Tapped): () => void {
  // The three have overloads, which only pass on what they are given.
  const write = socket.write.bind(socket) as Write;
  const end = socket.end.bind(socket) as End;
  const destroy = socket.destroy.bind(socket);
  let open = true;
  const look = (chunk: unknown, encoding: unknown): void => {
    if (!open) return;
    const bytes = bytesOf(chunk, encoding);
    if (bytes.length > 0) told.sent(bytes);
  };
  const closed = (): void => {
    if (open) told.closed();
    open = false;
  };
  const own = {
    write(chunk: unknown, ...rest: unknown[]): boolean {
      look(chunk, rest[0]);
      return write(chunk, ...rest);
    },
    end(chunk?: unknown, ...rest: unknown[]): Duplex {
      look(chunk, rest[0]);
      return end(chunk, ...rest);
    },
    destroy(error?: Error): Duplex {
      closed();
      return destroy(error);
    },
  };
  Object.assign(socket, own);
  return closed;
}

function bytesOf(chunk: unknown, encoding: unknown): Buffer {
  if (typeof chunk === 'string') {
    return Buffer.from(chunk, typeof encoding === 'string' && Buffer.isEncoding(encoding) ? encoding : 'utf8');
  }
  return chunk instanceof Uint8Array ? Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length) : Buffer.alloc(0);
}
