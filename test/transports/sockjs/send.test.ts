import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { WebSocket } from 'ws';
import { until } from './sockjs-client.ts';
import { SockJsServer } from './sockjs-server.ts';

setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');

/** Bytes of the heap that are in use. */
function heap(): number {
  collect();
  return process.memoryUsage().heapUsed;
}

/** These bytes, each in a chunk of its own. */
const chunked = (text: string): string => [...text].map((each) => `1\r\n${each}\r\n`).join('');

test('a body that comes byte by byte costs about its size, and is whole at its end', async () => {
  await using server = await SockJsServer.echo();
  const session = server.session();
  await server.client.post(`${session}/xhr`);
  const text = 'x'.repeat(100_000);
  const head = `POST /base${session}/xhr_send HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n`;
  const socket = connect(server.port, '127.0.0.1').setEncoding('latin1');
  let answer = '';
  socket.on('data', (came) => {
    answer += came;
  });
  socket.write(head);
  // That of the request before may still be there.
  const theOther = () => [...server.sockets].find(({ remotePort }) => remotePort === socket.localPort);
  await until(() => !socket.connecting && theOther() !== undefined);
  const other = theOther();
  const most = Buffer.from(chunked(`["${text}`));
  const before = heap();
  socket.write(most);
  await until(() => other?.bytesRead === head.length + most.length);
  const held = heap() - before;
  assert.ok(held < 3_000_000, `${held} bytes`);
  socket.end(`${chunked('"]')}0\r\n\r\n`);
  await until(() => answer.includes('\r\n\r\n'));
  assert.match(answer, /^HTTP\/1\.1 204 /);
  assert.equal((await server.client.post(`${session}/xhr`)).body, `a["${text}"]\n`);
});

test('sends that wait cost about their size, however many messages they are', async () => {
  await using server = await SockJsServer.echo();
  const session = server.session();
  await server.client.post(`${session}/xhr`);
  const { last } = server.host;
  let got = '';
  last.receive = (bytes) => {
    got += Buffer.from(bytes).toString();
  };
  last.pipe.pauseReading();
  const before = heap();
  const messages = Array.from({ length: 10_000 }, (_, at) => `${at}`.padStart(5, '0'));
  const { requests } = server;
  const sends = messages.slice(0, 8).map(() => server.client.post(`${session}/xhr_send`, JSON.stringify(messages)));
  await until(() => server.requests === requests + 8 && server.sockets.size === 8);
  await until(() => [...server.sockets].every(({ bytesRead }) => bytesRead > 60_000));
  await server.client.get('');
  const held = heap() - before;
  assert.ok(held < 1_500_000, `${held} bytes`);
  last.pipe.resumeReading();
  for (const { status } of await Promise.all(sends)) assert.equal(status, 204);
  assert.equal(got, messages.join('').repeat(8));
});

test('messages that the session does not read yet cost about their size, over a WebSocket too', async () => {
  await using server = await SockJsServer.echo();
  const socket = new WebSocket(`ws://127.0.0.1:${server.port}/base${server.session()}/websocket`);
  await once(socket, 'message');
  // As a session keeps what it gets while it does not read.
  const kept: Uint8Array[] = [];
  const length = (): number => kept.reduce((sum, bytes) => sum + bytes.length, 0);
  server.host.last.receive = (bytes) => void kept.push(bytes);
  const text = JSON.stringify(new Array(30_000).fill('a'));
  const before = heap();
  for (let i = 0; i < 4; i++) socket.send(text);
  await until(() => length() === 120_000);
  const held = heap() - before;
  assert.ok(held < 1_500_000, `${held} bytes`);
  socket.terminate();
});
