import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { test } from 'node:test';
import { systemClock } from '../../server/clock.ts';
import { createPublicServer } from '../../server/http/public-server.ts';
import { Limits } from '../../server/limits/limits.ts';
import { testSettings } from '../support/test-app.ts';

test('of those who have gone before their turn, what only reads is left out, and what writes is done', async (t) => {
  const held: (() => void)[] = [];
  const clock = { ...systemClock, soon: (task: () => void) => void held.push(task) };
  const served: (string | undefined)[] = [];
  const fail = (): void => assert.fail();
  const handlers = { stream: fail, upgrade: fail, sockjs: fail, sockjsUpgrade: fail, stage: () => 'serving' as const };
  const limits = new Limits(testSettings(), clock);
  const server = createPublicServer({ ...handlers, limits, allowedOrigins: [], clock }, (request, response) => {
    served.push(request.method);
    response.end();
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo; // it listens on TCP
  /** Sends a request by a connection of its own. */
  const ask = async (method: string): Promise<{ readonly socket: Socket; readonly response: ServerResponse }> => {
    const asked: Promise<[IncomingMessage, ServerResponse]> = once(server, 'request') as never;
    const socket = connect(port, '127.0.0.1');
    t.after(() => socket.destroy());
    socket.write(`${method} /api/info HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n`);
    return { socket, response: (await asked)[1] };
  };
  // All that begin in one turn.
  for (let request = 0; request < 16; request++) await ask('GET');
  const waiting = [await ask('GET'), await ask('POST'), await ask('HEAD'), await ask('PUT')];
  assert.deepEqual(served, Array(16).fill('GET'));
  for (const { socket, response } of waiting.slice(0, 3)) {
    const closed = once(response, 'close');
    socket.destroy();
    await closed;
  }
  for (let task = held.shift(); task !== undefined; task = held.shift()) task();
  assert.deepEqual(served.slice(16), ['POST', 'PUT']);
});
