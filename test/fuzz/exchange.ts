import { connect } from 'node:net';

/** A connection that says nothing for so long is told that there is no more, in milliseconds. */
const QUIET = 150;
/** So is one that goes on saying something for so long: it is a stream. */
const LONG = 1_000;
/** One that is still there after so long hangs, in milliseconds. */
const HANG = 40_000;

export interface ExchangeOptions {
  /** One of this machine's: each has ports of its own, so that they do not run out. */
  readonly localAddress?: string;
  /** Says that there is no more at once, and not only when the other side is quiet. */
  readonly half?: boolean;
}

/** Sends bytes on a new connection and resolves to all that comes until its end. Rejects where it does not end. */
export function exchange(
  port: number,
  bytes: Uint8Array,
  { localAddress, half }: ExchangeOptions = {},
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const socket = connect({ port, host: '127.0.0.1', ...(localAddress !== undefined && { localAddress }) });
    const end = (): void => void socket.end();
    let quiet = setTimeout(end, QUIET);
    const long = setTimeout(end, LONG);
    const hang = setTimeout(() => socket.destroy(new Error('the connection hangs')), HANG);
    let failed: Error | undefined;
    socket.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      clearTimeout(quiet);
      quiet = setTimeout(end, QUIET);
    });
    socket.on('error', (error: Error & { readonly code?: string }) => {
      // The server may have ended what it need not read.
      if (error.code !== 'ECONNRESET' && error.code !== 'EPIPE') failed = error;
    });
    socket.on('close', () => {
      for (const timer of [quiet, long, hang]) clearTimeout(timer);
      if (failed === undefined) resolve(Buffer.concat(chunks));
      else reject(failed);
    });
    socket.write(bytes);
    if (half) socket.end();
  });
}

/** Sources of connections: each of these addresses in turn. */
export function localAddress(turn: number): string {
  return `127.0.${1 + (turn % 8)}.${1 + (turn % 250)}`;
}

/** Runs `task` for each item, so many at a time; rejects with the first error, when those under way have ended. */
export async function eachOf<T>(
  items: AsyncIterable<T>,
  lanes: number,
  task: (item: T) => Promise<void>,
): Promise<void> {
  const iterator = items[Symbol.asyncIterator]();
  let failed = false;
  const lane = async (): Promise<void> => {
    for (let next = await iterator.next(); !next.done && !failed; next = await iterator.next()) {
      try {
        await task(next.value);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  const results = await Promise.allSettled(Array.from({ length: lanes }, lane));
  for (const result of results) if (result.status === 'rejected') throw result.reason;
}
