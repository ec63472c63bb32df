import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';

/** Below the ports that kernels give to outgoing connections: none of those takes one in the meantime. */
const RANGE = { from: 12_000, to: 32_000 };

/**
 * A port that nothing listens at now, and that no test gets as long as this process lives: nor does any, in looking for one,
 * listen there for a moment. The sign for it is the UDP port of the same number, which nobody here uses otherwise.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(RANGE.from, RANGE.to);
    if ((await reserve(port)) && (await isFree(port))) return port;
  }
}

async function reserve(port: number): Promise<boolean> {
  const sign = createSocket('udp4');
  sign.bind({ port, address: '127.0.0.1', exclusive: true });
  try {
    await once(sign, 'listening');
  } catch {
    sign.close();
    return false;
  }
  sign.unref();
  return true;
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch {
    return false;
  }
  server.close();
  await once(server, 'close');
  return true;
}
