import assert from 'node:assert/strict';
import test from 'node:test';
import { ManualClock } from '../support/manual-clock.ts';
import { RawWebSocket } from '../support/raw-websocket.ts';
import { TestServer } from './websocket-server.ts';

/** Time stands still until the test turns it, but what shall run soon does, as sockets need it. */
class SocketClock extends ManualClock {
  override soon(task: () => void): void {
    setImmediate(task);
  }
}

test('peers that never answer the close are cut after 2 s, so that a stop takes less than 3 s', async () => {
  const clock = new SocketClock();
  await using server = await new TestServer({ clock }).listen();
  const peers = await Promise.all(Array.from({ length: 150 }, () => RawWebSocket.open(server.port)));
  let stopped = false;
  const stop = server.endpoint.close().then(() => {
    stopped = true;
  });
  // All were told, and stay.
  for (const peer of peers) assert.equal((await peer.next())?.opcode, 1);
  assert.equal(stopped, false);
  assert.equal(server.endpoint.connections, 150);
  clock.advance(2_500);
  // At once: what they had sent may take long to be read, and is not waited for.
  assert.equal(server.endpoint.connections, 0);
  await stop;
  for (const peer of peers) peer.socket.destroy();
});
