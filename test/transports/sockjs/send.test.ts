import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
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
  await until(() => server.sockets.size === 1);
  const [other] = server.sockets;
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

test('messages of one send wait too, where the session stops to read between them', async () => {
  await using server = await SockJsServer.echo();
  const session = server.session();
  await server.client.post(`${session}/xhr`);
  const { last } = server.host;
  const got: string[] = [];
  last.receive = (bytes) => {
    got.push(String(bytes));
    last.pipe.pauseReading();
  };
  const send = (body: string) => server.client.post(`${session}/xhr_send`, body);
  const sends = [send('["a","b"]')];
  await until(() => got.length === 1);
  sends.push(send('"c"'));
  for (const all of ['a', 'ab', 'abc']) {
    await until(() => got.length === all.length);
    await server.client.get('');
    assert.equal(got.join(''), all);
    last.pipe.resumeReading();
  }
  for (const { status } of await Promise.all(sends)) assert.equal(status, 204);
});

test('sends that wait cost about their size, however many messages they are', async () => {
  await using server = await SockJsServer.echo();
  const session = server.session();
  await server.client.post(`${session}/xhr`);
  const { last } = server.host;
  let got = 0;
  last.receive = () => void got++;
  last.pipe.pauseReading();
  const before = heap();
  const sends = Array.from({ length: 8 }, (_, number) => {
    const messages = Array.from({ length: 10_000 }, (_, at) => `${number}${at}`);
    return server.client.post(`${session}/xhr_send`, JSON.stringify(messages));
  });
  await until(() => server.sockets.size === 8);
  await until(() => [...server.sockets].every(({ bytesRead }) => bytesRead > 60_000));
  await server.client.get('');
  const held = heap() - before;
  assert.ok(held < 1_500_000, `${held} bytes`);
  last.pipe.resumeReading();
  for (const { status } of await Promise.all(sends)) assert.equal(status, 204);
  assert.equal(got, 80_000);
});
