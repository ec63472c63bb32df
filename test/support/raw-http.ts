import { connect } from 'node:net';

/**
 * Sends bytes to a port of this machine and resolves to all that comes until the connection is closed, or until it is
 * `enough`.
 */
export async function rawRequest(port: number, text: string, enough?: RegExp): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.setEncoding('latin1');
  let answer = '';
  socket.on('data', (chunk) => {
    answer += chunk;
    if (enough?.test(answer)) socket.destroy();
  });
  // A server that has said enough need not read on.
  socket.on('error', () => undefined);
  socket.write(text.replaceAll(/\r?\n/g, '\r\n'));
  await new Promise<void>((resolve) => socket.once('close', () => resolve()));
  return answer;
}
