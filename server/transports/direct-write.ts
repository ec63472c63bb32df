import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/** What is written when the kernel did not take all at once. Node holds on to it until that is done. */
interface Request {
  oncomplete: () => void;
  buffer: unknown;
}

/** What Node keeps below a `net.Socket`. Both write at once what the kernel takes: 0 is all, a number below it an error. */
interface Handle {
  writeBuffer(request: null, bytes: Uint8Array): number | Request;
  writev(request: null, parts: readonly Uint8Array[], allBytes: true): number | Request;
}

/**
 * The versions of Node whose handles are known to behave so: they are no public interface. On every other version sockets
 * are written to as streams, which costs a twentieth of a delivery more; a test says when the version that we pin is missing
 * here. How it was found, and what it is worth: docs/decisions/0020-delivery-cost.md.
 */
const KNOWN: ReadonlySet<string> = new Set(['v26.10.0']);

/** Hands bytes to sockets. Both return whether the kernel has taken everything, these bytes and all before them. */
export interface SocketWriter {
  write(socket: Duplex, bytes: Uint8Array): boolean;
  /** As one system call. The list is the caller's again afterwards. */
  writeAll(socket: Duplex, parts: readonly Uint8Array[]): boolean;
}

/** The way through the stream, with all its states. */
const asStream: SocketWriter = {
  write(socket, bytes) {
    socket.write(bytes);
    return socket.writableLength === 0;
  },
  writeAll(socket, parts) {
    socket.cork();
    for (const part of parts) socket.write(part);
    socket.uncork();
    return socket.writableLength === 0;
  },
};

/** The way past the stream, where it holds nothing back. What is written through the stream later waits for this in libuv's queue. */
const direct: SocketWriter = {
  write(socket, bytes) {
    const handle = handleOf(socket);
    if (handle === undefined) return asStream.write(socket, bytes);
    const result = handle.writeBuffer(null, bytes);
    if (result === 0) return true;
    if (typeof result !== 'number') return wait(result, bytes);
    // The stream meets the same error, and does with it what belongs to it.
    return asStream.write(socket, bytes);
  },
  writeAll(socket, parts) {
    const handle = handleOf(socket);
    if (handle === undefined) return asStream.writeAll(socket, parts);
    const list = [...parts];
    const result = handle.writev(null, list, true);
    if (result === 0) return true;
    return typeof result === 'number' ? asStream.writeAll(socket, parts) : wait(result, list);
  },
};

/** How this version of Node is written to best. */
export function socketWriter(version: string): SocketWriter {
  return KNOWN.has(version) ? direct : asStream;
}

/** Not of a socket of another kind, nor of one whose writes somebody looks at. */
function handleOf(socket: Duplex): Handle | undefined {
  const { constructor: kind, write } = socket;
  if (kind !== Socket || write !== Socket.prototype.write) return undefined;
  if (socket.writableLength !== 0 || !socket.writable) return undefined;
  // Private, and typed nowhere; see `KNOWN`.
  return (socket as { readonly _handle?: Handle | null })._handle ?? undefined;
}

function wait(request: Request, bytes: unknown): false {
  request.oncomplete = ignore;
  request.buffer = bytes;
  return false;
}

/** An error ends the socket, as the stream finds by what is written or read next. */
function ignore(): void {}
