import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type RequestListener, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { systemClock } from '../../server/clock.ts';
import { inTurn, MOST_WAITING } from '../../server/http/in-turn.ts';
import { eventually } from '../support/eventually.ts';

interface Served {
  /** Connects; what is answered is appended to the text. */
  open(): { readonly socket: Socket; readonly text: () => string };
  readonly flooded: () => number;
}

async function listen(t: TestContext, serve: RequestListener): Promise<Served> {
  let flooded = 0;
  const server = createServer(
    { keepAliveTimeout: 0 },
    inTurn(serve, systemClock, () => flooded++),
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo; // It listens on a port.
  const open: Served['open'] = () => {
    let text = '';
    const socket = connect(port, '127.0.0.1').setEncoding('latin1');
    socket.on('error', () => undefined).on('data', (more) => (text += more));
    return { socket, text: () => text };
  };
  return { open, flooded: () => flooded };
}

const until = (holds: () => boolean): Promise<void> => eventually(async () => assert.ok(holds()));
const ask = (...paths: readonly string[]): string =>
  paths.map((path) => `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`).join('');
const numbers = (count: number): string[] => Array.from({ length: count }, (_, number) => `/${number}`);
const pathsIn = (text: string): string[] => text.match(/(?<=<)\/\w+(?=>)/g) ?? [];

test('requests sent ahead are served one after the other, and answered in their order', async (t) => {
  const open: ServerResponse[] = [];
  const asked: string[] = [];
  const { open: connectTo } = await listen(t, ({ url = '' }, response) => {
    asked.push(url);
    open.push(response);
  });
  const { socket, text } = connectTo();
  socket.write(ask(...numbers(5)));
  for (const path of numbers(5)) {
    await until(() => asked.at(-1) === path);
    assert.equal(open.length, 1, 'no other is served meanwhile');
    open.shift()?.end(`<${path}>`);
  }
  await until(() => pathsIn(text()).length === 5);
  assert.deepEqual(pathsIn(text()), numbers(5));
});

test('others have their turn between two answers of a connection', async (t) => {
  const served: string[] = [];
  const { open } = await listen(t, ({ url = '' }, response) => {
    served.push(url);
    response.end(`<${url}>`);
  });
  const [greedy, other] = [open(), open()];
  await Promise.all([once(greedy.socket, 'connect'), once(other.socket, 'connect')]);
  greedy.socket.write(ask(...numbers(MOST_WAITING)));
  other.socket.write(ask('/other'));
  await until(() => served.length === MOST_WAITING + 1);
  assert.notEqual(served.at(-1), '/other');
});

test('what is sent after a wait is read again', async (t) => {
  const { open } = await listen(t, ({ url = '' }, response) => setImmediate(() => response.end(`<${url}>`)));
  const { socket, text } = open();
  for (let round = 1; round <= 3; round++) {
    socket.write(ask(...numbers(MOST_WAITING)));
    await until(() => pathsIn(text()).length === round * MOST_WAITING);
  }
});

test('a body that comes behind a waiting request is whole', async (t) => {
  const { open } = await listen(t, async (request, response) => {
    const body = await request.toArray();
    response.end(`</${Buffer.concat(body).length}>`);
  });
  const { socket, text } = open();
  const post = `POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 50000\r\n\r\n${'x'.repeat(50_000)}`;
  socket.write(ask('/') + post + post);
  await until(() => pathsIn(text()).length === 3);
  assert.deepEqual(pathsIn(text()), ['/0', '/50000', '/50000']);
});

test('a connection of which more would wait is cut, and only that one', async (t) => {
  const { open, flooded } = await listen(t, ({ url = '' }, response) => {
    if (url !== '/never') response.end(`<${url}>`);
  });
  const [greedy, other] = [open(), open()];
  const closed = once(greedy.socket, 'close');
  greedy.socket.write(ask('/never', ...numbers(MOST_WAITING + 3)));
  await closed;
  assert.deepEqual([greedy.text(), flooded()], ['', 1]);
  other.socket.write(ask('/other'));
  await until(() => other.text().includes('</other>'));
});

test('nothing more of a connection is read while many requests of it wait', async (t) => {
  const { open, flooded } = await listen(t, () => undefined);
  const { socket } = open();
  socket.write(ask('/never', ...numbers(MOST_WAITING / 2)));
  // Each in a piece of its own: read, they would be too many.
  for (let time = 0; time < MOST_WAITING + 3; time++) {
    socket.write(ask('/later'));
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  assert.deepEqual([flooded(), socket.destroyed], [0, false]);
});

test('the end of a connection is noticed while requests wait behind an answer without end', async (t) => {
  let closed = false;
  const { open } = await listen(t, (_, response) => {
    response.write('it begins');
    response.on('close', () => (closed = true));
  });
  const { socket, text } = open();
  socket.write(ask('/stream', '/behind'));
  await until(() => text().includes('it begins'));
  socket.end();
  await until(() => closed);
});
