import { once } from 'node:events';
import { connect } from 'node:net';

/** Sends bytes to a port of this machine and resolves to all that comes until the connection is closed. */
export async function rawRequest(port: number, text: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.setEncoding('latin1');
  let answer = '';
  socket.on('data', (chunk) => {
    answer += chunk;
  });
  socket.write(text.replaceAll(/\r?\n/g, '\r\n'));
  await once(socket, 'close');
  return answer;
}
