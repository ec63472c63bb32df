// Clients that ask for large answers and do not read them.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { after, before, type TestContext, test } from 'node:test';
import { cutUntaken } from '../../server/http/take-time.ts';
import { eventually } from '../support/eventually.ts';
import { json, TestApp } from '../support/test-app.ts';

const HISTORY = '/api/chat/messages?limit=200';

let app: TestApp;

before(async () => {
  app = await TestApp.start();
  // Six bytes of JSON each: such a page of history has 2.4 MB.
  const content = '\u0001'.repeat(2_000);
  for (let i = 0; i < 200; i++) assert.equal((await app.post('/api/chat/messages', { content })).status, 201);
});
after(() => app.close());

/** Asks so often that what the system takes on both sides is full, and reads nothing. */
function deaf(t: TestContext): Socket {
  const socket = connect(app.app.port, '127.0.0.1')
    .on('error', () => undefined)
    .pause();
  t.after(() => socket.destroy());
  socket.write(`GET ${HISTORY} HTTP/1.1\r\nHost: x\r\n\r\n`.repeat(8));
  return socket;
}

async function refusals(code: string): Promise<number> {
  const text = await (await fetch(`${app.adminUrl}/metrics`)).text();
  return Number(new RegExp(`^towncrier_refusals_total\\{code="${code}"\\} (\\d+)$`, 'm').exec(text)?.[1]);
}

test('an address that does not take its answers gets no more large ones until it does', async (t) => {
  const before = await refusals('too-fast');
  const sockets: Socket[] = [];
  await eventually(async () => {
    sockets.push(deaf(t));
    const { status, headers } = await app.get(HISTORY);
    assert.deepEqual([status, headers.get('retry-after')], [429, '1']);
  });
  const refused = await json(app.get(HISTORY));
  assert.equal(refused.code, 'too-fast');
  assert.match(refused.message, /wait until your address takes them/);
  assert.ok((await refusals('too-fast')) >= before + 2);
  // Each holds one answer above what the system took, so it is about seven of them, and not seventy.
  assert.ok(sockets.length < 40, `${sockets.length}`);
  const few = await app.get('/api/chat/messages?limit=1');
  assert.deepEqual([few.status, (await json(few)).messages.length], [200, 1]);
  for (const socket of sockets) socket.destroy();
  await eventually(async () => assert.equal((await app.get(HISTORY)).status, 200));
});

test('who takes no byte of an answer is cut off in the end, and counted', async (t) => {
  const before = await refusals('too-slow');
  deaf(t);
  await eventually(async () => assert.equal(await refusals('too-slow'), before + 1));
});

const TIME = 300;

/** A server whose answers wait for `TIME`, and what it made of those that it was asked for. */
async function listen(t: TestContext, answer: (response: ServerResponse) => void) {
  let cut = 0;
  const server = createServer((_, response) => {
    cutUntaken(response, TIME, () => cut++);
    answer(response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo; // It listens on a port.
  const socket = connect(port, '127.0.0.1').on('error', () => undefined);
  socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  return { socket, cut: () => cut };
}

test('an answer that is not there yet is waited for, and then has its time', async (t) => {
  const { socket, cut } = await listen(t, (response) => void setTimeout(() => response.end('late'), 3 * TIME));
  const [answer] = await once(socket, 'data');
  assert.match(`${answer}`, /late/);
  assert.equal(cut(), 0);
});

test('a large answer that is taken slowly is taken whole', async (t) => {
  const size = 64_000_000;
  const { socket, cut } = await listen(t, (response) => response.end(Buffer.alloc(size)));
  let taken = 0;
  socket.on('data', (chunk) => {
    taken += chunk.length;
    socket.pause();
    setTimeout(() => socket.resume(), 2);
  });
  await eventually(async () => assert.ok(taken > size));
  assert.equal(cut(), 0);
});
